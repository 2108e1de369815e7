#pragma once
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/nd/window.hpp>
#include <hone/pass/lower_context.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// A window over an ONNX tensor [1][c][spatial] as one over an image, whose channels are innermost.
struct plane {
  bool fits{};
  shape in{};
  window win{};  // dilated: the taps between those of the kernel count
  int dilation_h{1}, dilation_w{1};
  layout from{}, to{};  // of operand and result
};

// The dimensions of [n][c][spatial], channels last.
constexpr extents channels_last(int rank) {
  extents order{0};
  for (int d = 2; d < rank; ++d) order.push_back(d);
  order.push_back(1);
  return order;
}

// The window w from x to y, extents of an ONNX operation's operand and result. Where only one spatial dimension has
// more than one element, it becomes the columns, which kernels run along.
constexpr plane plane_of(nd::window_nd const& w, extents const& x, extents const& y) {
  plane p{};
  if (x.rank < 3 || y.rank != x.rank || x[0] != 1 || x.size() == 0 || y.size() == 0) return p;
  struct line {
    int in{1}, kernel{1}, stride{1}, before{0}, after{0}, dilation{1};
  };
  line lines[2]{};
  int n = 0;
  for (int d = 0; d < x.rank - 2; ++d) {
    line const l{
        x[d + 2], (w.kernel[d] - 1) * w.dilations[d] + 1, w.strides[d], w.before[d], w.after[d], w.dilations[d]};
    if (l.in == 1 && l.kernel == 1 && l.before == 0 && l.after == 0) continue;
    if (n == 2 || l.before < 0 || l.before >= l.kernel) return p;
    lines[n] = l;
    // padding that makes the image's rule (floor) give as many results; a pool that rounds up has more
    int const results = y[d + 2], floor = (l.in + l.before + l.after - l.kernel) / l.stride + 1;
    if (floor != results) lines[n].after = (results - 1) * l.stride + l.kernel - l.in - l.before;
    if (lines[n].after < 0 || lines[n].after >= l.kernel) return p;
    ++n;
  }
  line const rows = n == 2 ? lines[0] : line{}, columns = n == 2 ? lines[1] : lines[0];
  p.in = {rows.in, columns.in, x[1]};
  p.win = {
      rows.kernel, columns.kernel, rows.stride, columns.stride, rows.before, columns.before, rows.after, columns.after};
  p.dilation_h = rows.dilation, p.dilation_w = columns.dilation;
  p.from = stored_in(x, channels_last(x.rank)), p.to = stored_in(y, channels_last(y.rank));
  p.fits = true;
  return p;
}

// An ONNX convolution as a linear operation on an image: its kind, and how its weights [m][c / groups][kernel] become
// the operation's, [kh][kw][ci][co]. Dilation and a few groups become zeros among the weights.
struct linear_form {
  bool fits{};
  op_kind const* kind{};
  plane p{};
  std::array<int, 4> dims{};                                  // of the new weights
  int results{}, inputs{}, groups{}, kernel_h{}, kernel_w{};  // inputs: of one group
  int channels{};                                             // that a new weight's tap has

  // f(index of the old weight, index of the new one) for all weights.
  template <class F>
  void each_weight(F f) const {
    std::int32_t from = 0;
    for (int m = 0; m < results; ++m)
      for (int c = 0; c < inputs; ++c)
        for (int u = 0; u < kernel_h; ++u)
          for (int v = 0; v < kernel_w; ++v, ++from) {
            int const channel = channels == 1 ? 0 : m / (results / groups) * inputs + c;
            f(from, ((u * p.dilation_h * p.win.kw + v * p.dilation_w) * channels + channel) * results + m);
          }
  }
  template <class T>
  buffer weights(T const* w) const {
    buffer b(static_cast<std::size_t>(dims[0]) * static_cast<std::size_t>(dims[1]) * static_cast<std::size_t>(dims[2]) *
             static_cast<std::size_t>(dims[3]) * sizeof(T));
    each_weight([&](std::int32_t from, std::int32_t to) { b.as<T>()[to] = w[from]; });
    return b;
  }
};

// Zeros may make weights this many times as many, and this many in all: beyond, skipping them is worth more than a
// tuned kernel.
inline constexpr int most_zeros = 16, most_weights = 1 << 22;

inline linear_form linear_form_of(nd::window_nd const& win, int groups, extents const& x, extents const& w,
                                  extents const& y) {
  linear_form f{};
  f.p = plane_of(win, x, y);
  if (!f.p.fits || groups < 1 || w.size() == 0) return f;
  f.results = w[0], f.inputs = w[1], f.groups = groups;
  f.kernel_h = (f.p.win.kh - 1) / f.p.dilation_h + 1, f.kernel_w = (f.p.win.kw - 1) / f.p.dilation_w + 1;
  bool const depthwise = groups > 1 && f.inputs == 1 && f.results == groups;
  f.channels = depthwise ? 1 : f.inputs * groups;
  f.dims = {f.p.win.kh, f.p.win.kw, f.channels, f.results};
  std::int64_t const made = std::int64_t{f.dims[0]} * f.dims[1] * f.dims[2] * f.dims[3], had = w.size();
  if (made > had && (made > most_weights || made / had > most_zeros)) return f;
  bool const whole = f.p.in.h == f.p.win.kh && f.p.in.w == f.p.win.kw && !f.p.win.padded();
  f.kind = depthwise ? &depthwise_conv2d_kind : whole ? &dense_kind : &conv2d_kind;
  if (!depthwise && whole) f.dims = {1, 1, f.dims[0] * f.dims[1] * f.dims[2], f.dims[3]};
  f.fits = true;
  return f;
}

// Fills in what a linear operation on image x is: kind, extents, window.
inline op linear_op(context& c, linear_form const& f, int x, int layer) {
  bool const dense = f.kind == &dense_kind;
  op o = nn::reading(*f.kind, dense ? x : c.image(x, f.p.in), layer);
  o.out.c = f.results;
  if (!dense) o.win = f.p.win;
  return o;
}

}  // namespace hone::inline HONE_ABI::pass::lowering
