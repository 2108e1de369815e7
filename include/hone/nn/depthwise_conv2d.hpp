#pragma once
#include <hone/nn/float_depthwise.hpp>
#include <hone/nn/gradient.hpp>
#include <hone/nn/int8_work.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

// y[n,i,j,c] = act(bias[c] + sum over u,v of x[n, i*sh-top+u, j*sw-left+v, c] * w[u,v,c] (+ addend)).
template <class T>
constexpr void depthwise_reference(op const& o, args<T> const& a) {
  int const c = o.out.c;
  T const* const bias = a.param[slot::bias];
  for (int n = 0; n < a.batch; ++n)
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j) {
        T* const y = a.out + n * o.out.size() + (i * o.out.w + j) * c;
        for (int k = 0; k < c; ++k) y[k] = bias != nullptr ? bias[k] : T(0);
        tap_range const rows = taps(i, o.win.sh, o.win.top, o.win.kh, o.in.h);
        tap_range const columns = taps(j, o.win.sw, o.win.left, o.win.kw, o.in.w);
        for (int u = rows.begin; u < rows.end; ++u)
          for (int v = columns.begin; v < columns.end; ++v) {
            T const* x = a.in[0] + n * o.in.size() + ((rows.from + u) * o.in.w + columns.from + v) * c;
            T const* w = a.param[slot::weight] + (u * o.win.kw + v) * c;
            for (int k = 0; k < c; ++k) y[k] += x[k] * w[k];
          }
      }
  finish(o, a);
}

template <class T>
void depthwise_gradient(op const& o, grad_args<T> const& a) {
  int const c = o.out.c;
  before_activation<T> const before(o, a, depthwise_reference<T>);
  before.add_sums_to(a.dparam[slot::bias], c);
  T const* d = before.data();
  for (int n = 0; n < a.batch; ++n)
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j, d += c) {
        tap_range const rows = taps(i, o.win.sh, o.win.top, o.win.kh, o.in.h);
        tap_range const columns = taps(j, o.win.sw, o.win.left, o.win.kw, o.in.w);
        for (int u = rows.begin; u < rows.end; ++u)
          for (int v = columns.begin; v < columns.end; ++v) {
            int const x = n * o.in.size() + ((rows.from + u) * o.in.w + columns.from + v) * c;
            int const w = (u * o.win.kw + v) * c;
            if (a.dparam[slot::weight] != nullptr)
              for (int k = 0; k < c; ++k) a.dparam[slot::weight][w + k] += a.in[0][x + k] * d[k];
            if (a.din[0] != nullptr)
              for (int k = 0; k < c; ++k) a.din[0][x + k] += a.param[slot::weight][w + k] * d[k];
          }
      }
}

}  // namespace nn

// Convolution of each channel with a kernel of its own.
inline constexpr op_kind depthwise_conv2d_kind{
    .name = "depthwise_conv2d",
    .infer = [](op const& o, shape const* in) { return nn::slide(o, in[0], in[0].c); },
    .count =
        [](op const& o, vector_shape const& v) {
          return o.from == dtype::u8 ? nn::int8_depthwise_work(o, v) : nn::float_depthwise_work(o, v);
        },
    .tiles = [](op const& o, vector_shape const& v,
                tile* list) { return o.from == dtype::u8 ? 0 : nn::float_depthwise_tiles(o, v, list); },
    .reference_f32 = nn::depthwise_reference<float>,
    .reference_f64 = nn::depthwise_reference<double>,
    .reference_i32 = nn::depthwise_reference<std::int32_t>,
    .linear = true,
};

namespace nn {
// 2-D depthwise convolution with bias: as many outputs as inputs. Parameters: weight [kh][kw][1][c], bias [c].
template <extent Kernel, extent Stride = 1, padding Padding = padding::same>
struct depthwise_conv2d {
  static constexpr char const* name = "depthwise_conv2d";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(depthwise_conv2d_kind, x, at);
    shape const in = op_at(g, x).out;
    o.win = make_window(in, Kernel, Stride, Padding);
    o.param[slot::weight] = parameter(g, at, role::weight, {Kernel.h, Kernel.w, 1, in.c});
    o.param[slot::bias] = parameter(g, at, role::bias, {1, 1, 1, in.c});
    return emit(g, o);
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
