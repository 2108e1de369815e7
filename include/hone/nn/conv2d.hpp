#pragma once
#include <hone/nn/float_conv.hpp>
#include <hone/nn/gradient.hpp>
#include <hone/nn/int8_work.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

// y[n,i,j,o] = act(bias[o] + sum over u,v,c of x[n, i*sh-top+u, j*sw-left+v, c] * w[u,v,c,o] (+ addend[n,i,j,o])).
// Weights [kh][kw][ci][co]. Padded taps contribute nothing. Output channels are innermost, so that a compiler vectorises
// the loops without reordering sums.
template <class T>
constexpr void conv2d_reference(op const& o, args<T> const& a) {
  int const ci = o.in.c, co = o.out.c;
  T* y = a.out;
  for (int n = 0; n < a.batch; ++n)
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j, y += co) {
        for (int k = 0; k < co; ++k) y[k] = a.param[slot::bias] != nullptr ? a.param[slot::bias][k] : T(0);
        tap_range const rows = taps(i, o.win.sh, o.win.top, o.win.kh, o.in.h);
        tap_range const columns = taps(j, o.win.sw, o.win.left, o.win.kw, o.in.w);
        for (int u = rows.begin; u < rows.end; ++u) {
          int const v = columns.begin, seen = (columns.end - columns.begin) * ci;  // numbers of this window row
          T const* x = a.in[0] + n * o.in.size() + ((rows.from + u) * o.in.w + columns.from + v) * ci;
          T const* w = a.param[slot::weight] + (u * o.win.kw + v) * ci * co;
          accumulate(y, co, seen, x, 1, w, co);
        }
      }
  finish(o, a);
}

// dw[u,v,c,o] += sum over n,i,j of x[n, i*sh-top+u, j*sw-left+v, c] * d[n,i,j,o].
template <class T>
void conv2d_weight_gradient(op const& o, T const* x, T const* d, T* dw, int batch) {
  int const ci = o.in.c, co = o.out.c;
  for (int u = 0; u < o.win.kh; ++u)
    for (int v = 0; v < o.win.kw; ++v, dw += ci * co) {
      tap_range const rows = outputs_of_tap(u, o.win.sh, o.win.top, o.out.h, o.in.h);
      tap_range const columns = outputs_of_tap(v, o.win.sw, o.win.left, o.out.w, o.in.w);
      int const first = columns.begin, seen = columns.end - columns.begin;
      for (int n = 0; n < batch; ++n)
        for (int i = rows.begin; i < rows.end; ++i) {
          T const* from =
              x + n * o.in.size() + ((i * o.win.sh + rows.from) * o.in.w + first * o.win.sw + columns.from) * ci;
          T const* by = d + n * o.out.size() + (i * o.out.w + first) * co;
          for (int c = 0; c < ci; ++c) accumulate(dw + c * co, co, seen, from + c, o.win.sw * ci, by, co);
        }
    }
}
// dx[n,p,q,c] += sum over the u,v,o that see x[n,p,q,c] of w[u,v,c,o] * d[n,i,j,o].
template <class T>
void conv2d_input_gradient(op const& o, T const* w, T const* d, T* dx, int batch) {
  int const ci = o.in.c, co = o.out.c;
  transposed<T> const turned(w, o.win.taps(), ci, co);  // [kh][kw][co][ci]: input channels innermost
  for (int n = 0; n < batch; ++n, d += o.out.size())
    for (int p = 0; p < o.in.h; ++p)
      for (int q = 0; q < o.in.w; ++q, dx += ci)
        for (int u = (p + o.win.top) % o.win.sh; u < o.win.kh && u <= p + o.win.top; u += o.win.sh) {
          int const i = (p + o.win.top - u) / o.win.sh;
          for (int v = (q + o.win.left) % o.win.sw; v < o.win.kw && v <= q + o.win.left; v += o.win.sw) {
            int const j = (q + o.win.left - v) / o.win.sw;
            if (i >= o.out.h || j >= o.out.w) continue;
            accumulate(dx, ci, co, d + (i * o.out.w + j) * co, 1, turned.data() + (u * o.win.kw + v) * co * ci, ci);
          }
        }
}
template <class T>
void conv2d_gradient(op const& o, grad_args<T> const& a) {
  before_activation<T> const d(o, a, conv2d_reference<T>);
  d.add_sums_to(a.dparam[slot::bias], o.out.c);
  if (a.dparam[slot::weight] != nullptr) conv2d_weight_gradient(o, a.in[0], d.data(), a.dparam[slot::weight], a.batch);
  if (a.din[0] != nullptr) conv2d_input_gradient(o, a.param[slot::weight], d.data(), a.din[0], a.batch);
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
          if (o.from != dtype::u8) return nn::float_conv_work(o, v);
          return nn::int8_conv_work(o, nn::int8_form(o), nn::conv2d_macs(o), v);
        },
    .tiles =
        [](op const& o, vector_shape const& v, tile* list) {
          return o.from == dtype::u8 ? nn::int8_conv_tiles(o, v, list) : nn::float_conv_tiles(o, v, list);
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
