#pragma once
#include <hone/nn/nd/recurrent.hpp>

namespace hone::inline HONE_ABI::nd {

// Long short-term memory: gates i, o, f, c (see recurrent.hpp); with H, C the states, f, g, h the activations, and P
// the peepholes of i, o and f
//   i = f(Wi x + Ri H + Pi C + b),  f = f(Wf x + Rf H + Pf C + b),  C' = f C + i g(Wc x + Rc H + b)
//   o = f(Wo x + Ro H + Po C' + b),  H' = o h(C').
// The clip holds what goes into f and g, not C' (as ONNX Runtime has it).

// One step. i: what the gates have from the input; h: the state H, then C, then scratch of H's size. p: null, or the
// peepholes.
template <class T>
void lstm_step(recurrent_cell<T> const& c, recurrent_options const& how, int d, T const* p, T* i, T* h) {
  int const n = c.hidden;
  recurrent_activation const* const act = &how.activation[static_cast<std::size_t>(3 * d)];
  T *const cell = h + n, *const shown = cell + n, *const o = i + n, *const f = o + n, *const candidate = f + n;
  c.add_recurrent(i, h, 0, 4);
  for (int k = 0; p != nullptr && k < n; ++k) i[k] += p[k] * cell[k], f[k] += p[2 * n + k] * cell[k];
  activate_recurrent(c.math, act[0], how.clip, i, n);
  activate_recurrent(c.math, act[0], how.clip, f, n);
  activate_recurrent(c.math, act[1], how.clip, candidate, n);
  for (int k = 0; how.input_forget && k < n; ++k) f[k] = 1 - i[k];
  for (int k = 0; k < n; ++k) shown[k] = cell[k] = f[k] * cell[k] + i[k] * candidate[k];
  for (int k = 0; p != nullptr && k < n; ++k) o[k] += p[n + k] * cell[k];
  activate_recurrent(c.math, act[0], how.clip, o, n);
  activate_recurrent(c.math, act[2], 0, shown, n);
  for (int k = 0; k < n; ++k) h[k] = o[k] * shown[k];
}

inline void evaluate_lstm(tensor_args const& a) {
  with_float(a.type, [&]<class T>(T) {
    recurrent_shape const all = recurrent_of(*a.form);
    int const n = all.how.hidden;
    T *const h = static_cast<T*>(a.scratch), *const last = static_cast<T*>(a.out) + all.results();
    run_recurrent<T>(
        a, 4, 4, h + 3 * n,
        [&](recurrent_shape const& s, int d, int b) {
          load_state(h, a, 5, s, d, b), load_state(h + n, a, 6, s, d, b);
          return h;
        },
        [&](recurrent_cell<T> const& c, T* gate, int d, T* state) {
          T const* const p = a.in[7].present() ? a.in[7].as<T>() + std::ptrdiff_t{d} * 3 * n : nullptr;
          lstm_step(c, all.how, d, p, gate, state);
        },
        [&](recurrent_shape const& s, int d, int b) {
          T* const to = last + s.state_at(d, b);
          for (int k = 0; k < n; ++k) to[k] = h[k], to[s.state() + k] = h[n + k];
        });
  });
}
inline constexpr op_kind lstm_kind = tensor_kind("lstm", evaluate_lstm);

// Operands as in recurrent.hpp, of a float type; b, lens, h0, c0 and p ([directions][3 * hidden]) may be absent (-1).
// The result holds Y, the last H, and the last C.
template <class G>
constexpr int lstm(G& g, int x, int w, int r, int b, int lens, int h0, int c0, int p, recurrent_options const& how,
                   int layer = -1) {
  return recurrent(g, lstm_kind, {x, w, r, b, lens, h0, c0, p}, how, 4, 2,
                   {recurrent_fn::sigmoid, recurrent_fn::tanh, recurrent_fn::tanh}, 3, 3, layer);
}
// Y, the last H and the last C, of an lstm's result.
template <class G>
constexpr int lstm_y(G& g, int result, int layer = -1) {
  return recurrent_part(g, result, 0, recurrent_of_op(g, result).y(), layer);
}
template <class G>
constexpr int lstm_y_h(G& g, int result, int layer = -1) {
  recurrent_shape const s = recurrent_of_op(g, result);
  return recurrent_part(g, result, s.results(), s.last(), layer);
}
template <class G>
constexpr int lstm_y_c(G& g, int result, int layer = -1) {
  recurrent_shape const s = recurrent_of_op(g, result);
  return recurrent_part(g, result, s.results() + s.state(), s.last(), layer);
}

}  // namespace hone::inline HONE_ABI::nd
