#pragma once
#include <hone/nn/nd/recurrent.hpp>

namespace hone::inline HONE_ABI::nd {

// The plain recurrent layer: H' = f(W x + R H + Wb + Rb), see recurrent.hpp.
inline void evaluate_rnn(tensor_args const& a) {
  with_float(a.type, [&]<class T>(T) {
    recurrent_shape const all = recurrent_of(*a.form);
    int const n = all.how.hidden;
    T *const h = static_cast<T*>(a.scratch), *const last = static_cast<T*>(a.out) + all.results();
    run_recurrent<T>(
        a, 1, 1, h + n,
        [&](recurrent_shape const& s, int d, int b) {
          load_state(h, a, 5, s, d, b);
          return h;
        },
        [&](recurrent_cell<T> const& c, T* next, int d, T* state) {
          c.add_recurrent(next, state, 0, 1);
          activate_recurrent(c.math, all.how.activation[static_cast<std::size_t>(d)], all.how.clip, next, n);
          for (int k = 0; k < n; ++k) state[k] = next[k];
        },
        [&](recurrent_shape const& s, int d, int b) {
          for (int k = 0; k < n; ++k) last[s.state_at(d, b) + k] = h[k];
        });
  });
}
inline constexpr op_kind rnn_kind = tensor_kind("rnn", evaluate_rnn);

// Operands as in recurrent.hpp, of a float type; b, lens and h0 may be absent (-1). The result holds Y and then the
// last state.
template <class G>
constexpr int rnn(G& g, int x, int w, int r, int b, int lens, int h0, recurrent_options const& how, int layer = -1) {
  return recurrent(g, rnn_kind, {x, w, r, b, lens, h0, -1, -1}, how, 1, 1,
                   {recurrent_fn::tanh, recurrent_fn::standard, recurrent_fn::standard}, 1, 1, layer);
}
// Y, and the last state, of an rnn's result.
template <class G>
constexpr int rnn_y(G& g, int result, int layer = -1) {
  return recurrent_part(g, result, 0, recurrent_of_op(g, result).y(), layer);
}
template <class G>
constexpr int rnn_y_h(G& g, int result, int layer = -1) {
  recurrent_shape const s = recurrent_of_op(g, result);
  return recurrent_part(g, result, s.results(), s.last(), layer);
}

}  // namespace hone::inline HONE_ABI::nd
