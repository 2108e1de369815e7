#pragma once
#include <hone/nn/nd/recurrent.hpp>

namespace hone::inline HONE_ABI::nd {

// Gated recurrent units: gates z, r, h (see recurrent.hpp); with H the state and f, g the activations
//   z = f(Wz x + Rz H + Wbz + Rbz),  r = f(Wr x + Rr H + Wbr + Rbr),  H' = (1 - z) g(candidate) + z H
//   candidate = Wh x + Wbh + Rh (r H) + Rbh, or with linear_before_reset: Wh x + Wbh + r (Rh H + Rbh).

// One step. z: what the gates have from the input; h: the state; product: scratch of the state's size.
template <class T>
void gru_step(recurrent_cell<T> const& c, recurrent_options const& how, int d, T* z, T* h, T* product) {
  int const n = c.hidden;
  auto const& f = how.activation[static_cast<std::size_t>(2 * d)];
  auto const& candidate_fn = how.activation[static_cast<std::size_t>(2 * d + 1)];
  T *const r = z + n, *const candidate = z + 2 * n;
  c.add_recurrent(z, h, 0, 2);
  activate_recurrent(c.math, f, how.clip, z, 2 * n);
  if (how.linear_before_reset) {
    for (int i = 0; i < n; ++i) product[i] = c.b != nullptr ? c.b[5 * n + i] : T{};
    c.add_recurrent(product, h, 2, 1);
    for (int i = 0; i < n; ++i) candidate[i] += r[i] * product[i];
  } else {
    for (int i = 0; i < n; ++i) product[i] = r[i] * h[i];
    c.add_recurrent(candidate, product, 2, 1);
  }
  activate_recurrent(c.math, candidate_fn, how.clip, candidate, n);
  for (int i = 0; i < n; ++i) h[i] = (1 - z[i]) * candidate[i] + z[i] * h[i];
}

inline void evaluate_gru(tensor_args const& a) {
  with_float(a.type, [&]<class T>(T) {
    recurrent_shape const all = recurrent_of(*a.form);
    T *const h = static_cast<T*>(a.scratch), *const product = h + all.how.hidden,
             *const projected = product + all.how.hidden, *const last = static_cast<T*>(a.out) + all.results();
    run_recurrent<T>(
        a, 3, all.how.linear_before_reset ? 2 : 3, projected,
        [&](recurrent_shape const& s, int d, int b) {
          load_state(h, a, 5, s, d, b);
          return h;
        },
        [&](recurrent_cell<T> const& c, T* gate, int d, T* state) { gru_step(c, all.how, d, gate, state, product); },
        [&](recurrent_shape const& s, int d, int b) {
          for (int k = 0; k < s.how.hidden; ++k) last[s.state_at(d, b) + k] = h[k];
        });
  });
}
inline constexpr op_kind gru_kind = tensor_kind("gru", evaluate_gru);

// Operands as in recurrent.hpp, of a float type; b, lens and h0 may be absent (-1). The result holds Y and then the
// last state.
template <class G>
constexpr int gru(G& g, int x, int w, int r, int b, int lens, int h0, recurrent_options const& how, int layer = -1) {
  return recurrent(g, gru_kind, {x, w, r, b, lens, h0, -1, -1}, how, 3, 1,
                   {recurrent_fn::sigmoid, recurrent_fn::tanh, recurrent_fn::standard}, 2, 2, layer);
}
// Y, and the last state, of a gru's result.
template <class G>
constexpr int gru_y(G& g, int result, int layer = -1) {
  return recurrent_part(g, result, 0, recurrent_of_op(g, result).y(), layer);
}
template <class G>
constexpr int gru_y_h(G& g, int result, int layer = -1) {
  recurrent_shape const s = recurrent_of_op(g, result);
  return recurrent_part(g, result, s.results(), s.last(), layer);
}

}  // namespace hone::inline HONE_ABI::nd
