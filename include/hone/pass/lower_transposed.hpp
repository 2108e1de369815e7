#pragma once
#include <hone/nn/nd/conv_transpose.hpp>
#include <hone/pass/lower_linear.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// A transposed convolution as an ordinary one and a rearrangement: result u * stride + r sees only the taps k = r, r +
// stride, ..., so that each r is a convolution of its own, with stride 1. All of them together are one convolution with
// stride * stride times as many result channels, which are then spread over the plane. No multiplication more.

// One spatial dimension of it.
struct spread_line {
  int in{1}, kernel{1}, stride{1}, out{1};
  int taps{1}, before{0}, after{0}, runs{1}, crop{0};  // of the ordinary convolution; `runs`: its results

  // Fills in the second line of members; `cut` results are left out at the beginning. False: it has no such form.
  constexpr bool solve(int cut) {
    int const first = cut / stride;
    taps = ceil_div(kernel, stride), crop = cut % stride, before = taps - 1 - first;
    after = (out - 1 + cut) / stride + 1 - in;
    if (after < 0) after = 0;
    runs = in + before + after - taps + 1;
    return before >= 0 && before < taps && after < taps && runs > 0;
  }
};
struct spread_form {
  bool fits{};
  spread_line h{}, w{};
};
inline spread_form spread_form_of(tensor_form const& f, extents const& x) {
  spread_form s{};
  nd::window_nd const win = nd::window_of(f);
  if (x[0] != 1 || f.dims.size() == 0 || x.size() == 0) return s;
  int n = 0;
  for (int d = 0; d < win.kernel.rank; ++d) {
    spread_line l{x[d + 2], win.kernel[d], win.strides[d], f.dims[d + 2]};
    if (l.in == 1 && l.kernel == 1 && l.out == 1) continue;
    if (n == 2 || win.dilations[d] != 1 || win.before[d] < 0 || !l.solve(win.before[d])) return s;
    if (n++ == 1) s.h = s.w;
    s.w = l;
  }
  s.fits = true;
  return s;
}
// Weights [taps_h][taps_w][c][stride_h][stride_w][m] of weights [c][m / groups][kernel_h][kernel_w].
inline buffer spread_weights(spread_form const& s, float const* w, int channels, int own, int groups) {
  int const m = own * groups, phases = s.h.stride * s.w.stride;
  buffer b(static_cast<std::size_t>(s.h.taps * s.w.taps) * static_cast<std::size_t>(channels) *
           static_cast<std::size_t>(phases * m) * sizeof(float));
  for (int c = 0; c < channels; ++c)
    for (int j = 0; j < own; ++j)
      for (int u = 0; u < s.h.kernel; ++u)
        for (int v = 0; v < s.w.kernel; ++v) {
          int const tap_h = s.h.taps - 1 - u / s.h.stride, tap_w = s.w.taps - 1 - v / s.w.stride,
                    phase = u % s.h.stride * s.w.stride + v % s.w.stride, result = c / (channels / groups) * own + j;
          b.as<float>()[((tap_h * s.w.taps + tap_w) * channels + c) * phases * m + phase * m + result] = *w++;
        }
  return b;
}

inline bool lower_conv_transpose(context& c, int i) {
  op const& o = c.at(i);
  bool const known = is(o, nd::conv_transpose_kind) && o.type == dtype::f32 && c.is_known(o.input[1]);
  if (!known || (o.input[2] >= 0 && !c.is_known(o.input[2]))) return false;
  tensor_form const& f = c.form(o);
  extents const x = c.dims(o.input[0]), y = c.dims(i), dw = c.dims(o.input[1]);
  spread_form const s = spread_form_of(f, x);
  int const groups = f.i[nd::conv_transpose_groups], m = y[1], phases = s.h.stride * s.w.stride;
  double const made = double(s.h.taps) * s.w.taps * x[1] * phases * m;
  if (!s.fits || made > most_weights || made > double(most_zeros) * double(dw.size())) return false;

  dynamic_graph& g = c.graph();
  int const from = c.image(c.stored(o.input[0], stored_in(x, channels_last(x.rank))), {s.h.in, s.w.in, x[1]});
  op n = nn::reading(conv2d_kind, from, o.layer);
  n.out.c = phases * m;
  n.win = {s.h.taps, s.w.taps, 1, 1, s.h.before, s.w.before, s.h.after, s.w.after};
  n.param[slot::weight] = c.leaf(o.layer, role::weight, {s.h.taps, s.w.taps, x[1], phases * m}, dtype::f32,
                                 spread_weights(s, c.known(o.input[1]).as<float>(), x[1], dw[1], groups));
  std::vector<float> bias(static_cast<std::size_t>(phases * m), 0.f);
  tensor_view const b = c.known(o.input[2]);
  for (std::size_t k = 0; b.present() && k < bias.size(); ++k) bias[k] = b.as<float>()[k % static_cast<std::size_t>(m)];
  n.param[slot::bias] = c.vector_leaf(o.layer, role::bias, dtype::f32, bias);
  int at = emit(g, n);
  if (phases > 1) {
    at = c.shaped(at, {s.h.runs, s.w.runs, s.h.stride, s.w.stride, m});
    at = nd::transpose(g, at, {0, 2, 1, 3, 4}, o.layer);
  }
  extents const all{s.h.runs * s.h.stride, s.w.runs * s.w.stride, m}, wanted{s.h.out, s.w.out, m};
  if (!(all == wanted)) at = nd::slice(g, c.shaped(at, all), {s.h.crop, s.w.crop, 0}, {1, 1, 1}, wanted, o.layer);
  c.define(i, at, stored_in(y, channels_last(y.rank)));
  return true;
}

}  // namespace hone::inline HONE_ABI::pass::lowering
