#pragma once
#include <hone/nn/layer.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

// y[n,i,j,o] = act(bias[o] + sum over u,v,c of x[n, i*sh-top+u, j*sw-left+v, c] * w[u,v,c,o] (+ addend[n,i,j,o])).
// Weights [kh][kw][ci][co]. Padded taps contribute nothing. Loops keep output channels innermost, so that a compiler
// vectorises them without reordering sums.
template <class T>
constexpr void conv2d_reference(op const& o, args<T> const& a) {
  int const ci = o.in.c, co = o.out.c;
  T const* const bias = a.param[slot::bias];
  for (int n = 0; n < a.batch; ++n)
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j) {
        int const first = (i * o.out.w + j) * co;
        T* const y = a.out + n * o.out.size() + first;
        for (int k = 0; k < co; ++k) y[k] = bias != nullptr ? bias[k] : T(0);
        tap_range const rows = taps(i, o.win.sh, o.win.top, o.win.kh, o.in.h);
        tap_range const columns = taps(j, o.win.sw, o.win.left, o.win.kw, o.in.w);
        for (int u = rows.begin; u < rows.end; ++u)
          for (int v = columns.begin; v < columns.end; ++v) {
            T const* x = a.in[0] + n * o.in.size() + ((rows.from + u) * o.in.w + columns.from + v) * ci;
            T const* w = a.param[slot::weight] + (u * o.win.kw + v) * ci * co;
            for (int c = 0; c < ci; ++c, w += co)
              for (int k = 0; k < co; ++k) y[k] += x[c] * w[k];
          }
        add_residual(o, a, n, first, y, co);
        activate(o.act, y, co);
      }
}

// Multiply-accumulates without those on padding.
constexpr double conv2d_macs(op const& o) {
  return double(inside(o.out.h, o.win.sh, o.win.top, o.win.kh, o.in.h)) *
         inside(o.out.w, o.win.sw, o.win.left, o.win.kw, o.in.w) * o.in.c * o.out.c;
}

}  // namespace nn

// Convolution, the output channels of which all see all input channels.
inline constexpr op_kind conv2d_kind{
    .name = "conv2d",
    .infer = [](op const& o, shape const* in) { return nn::slide(o, in[0], o.out.c); },
    .count =
        [](op const& o, vector_shape const& v) {
          work w{};
          w.macs = nn::conv2d_macs(o);
          double const blocks = ceil_div(o.out.c, o.t.vectors * v.lanes), k = double(o.win.taps()) * o.in.c;
          double const tiles = blocks * o.out.h * ceil_div(o.out.w, o.t.cols), held = o.t.cols * o.t.vectors;
          w.mac_uops = tiles * k * held, w.load_uops = tiles * k * (o.t.vectors + o.t.cols);
          w.store_uops = tiles * held, w.chain = tiles * k, w.tiles = tiles;
          w.bytes_read = double(o.in.size()) * size_of(o.from), w.bytes_written = o.bytes_out();
          w.bytes_weights = k * o.out.c * size_of(o.weights);
          return w;
        },
    .reference_f32 = nn::conv2d_reference<float>,
    .reference_f64 = nn::conv2d_reference<double>,
    .reference_i32 = nn::conv2d_reference<std::int32_t>,
    .linear = true,
};

namespace nn {
// 2-D convolution with bias: Channels outputs, kernel, stride, padding. Parameters: weight [kh][kw][ci][co], bias [co].
template <int Channels, extent Kernel, extent Stride = 1, padding Padding = padding::same>
struct conv2d {
  static constexpr char const* name = "conv2d";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(conv2d_kind, x, at);
    shape const in = op_at(g, x).out;
    o.out.c = Channels, o.win = make_window(in, Kernel, Stride, Padding);
    o.param[slot::weight] = parameter(g, at, role::weight, {Kernel.h, Kernel.w, in.c, Channels});
    o.param[slot::bias] = parameter(g, at, role::bias, {1, 1, 1, Channels});
    return emit(g, o);
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
