#pragma once
#include <hone/nn/float_work.hpp>
#include <hone/nn/gradient.hpp>
#include <hone/nn/int8_work.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

// y = max over the taps inside the input.
template <class T>
constexpr void max_pool_reference(op const& o, args<T> const& a) {
  int const c = o.out.c;
  for (int n = 0; n < a.batch; ++n)
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j) {
        T* const y = a.out + n * o.out.size() + (i * o.out.w + j) * c;
        tap_range const rows = taps(i, o.win.sh, o.win.top, o.win.kh, o.in.h);
        tap_range const columns = taps(j, o.win.sw, o.win.left, o.win.kw, o.in.w);
        bool first = true;
        for (int u = rows.begin; u < rows.end; ++u)
          for (int v = columns.begin; v < columns.end; ++v, first = false) {
            T const* x = a.in[0] + n * o.in.size() + ((rows.from + u) * o.in.w + columns.from + v) * c;
            for (int k = 0; k < c; ++k) y[k] = first || x[k] > y[k] ? x[k] : y[k];
          }
      }
  activate(o.act, a.out, a.batch * o.out.size());
}
// The derivative goes to the first of the largest values.
template <class T>
void max_pool_gradient(op const& o, grad_args<T> const& a) {
  if (a.din[0] == nullptr) return;
  before_activation<T> const before(o, a, max_pool_reference<T>);
  int const c = o.out.c;
  T const* d = before.data();
  for (int n = 0; n < a.batch; ++n)
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j)
        for (int k = 0; k < c; ++k, ++d) {
          tap_range const rows = taps(i, o.win.sh, o.win.top, o.win.kh, o.in.h);
          tap_range const columns = taps(j, o.win.sw, o.win.left, o.win.kw, o.in.w);
          int best = -1;
          for (int u = rows.begin; u < rows.end; ++u)
            for (int v = columns.begin; v < columns.end; ++v) {
              int const x = n * o.in.size() + ((rows.from + u) * o.in.w + columns.from + v) * c + k;
              if (best < 0 || a.in[0][x] > a.in[0][best]) best = x;
            }
          if (best >= 0) a.din[0][best] += *d;
        }
}
// y = mean over the window (which has no padding). T = int32_t: the sum, the division is in the scale.
template <class T>
constexpr void avg_pool_reference(op const& o, args<T> const& a) {
  int const c = o.out.c;
  for (int n = 0; n < a.batch; ++n)
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j) {
        T* const y = a.out + n * o.out.size() + (i * o.out.w + j) * c;
        for (int k = 0; k < c; ++k) y[k] = T(0);
        for (int u = 0; u < o.win.kh; ++u)
          for (int v = 0; v < o.win.kw; ++v) {
            T const* x = a.in[0] + n * o.in.size() + ((i * o.win.sh + u) * o.in.w + j * o.win.sw + v) * c;
            for (int k = 0; k < c; ++k) y[k] += x[k];
          }
        if constexpr (static_cast<T>(0.5) != T(0))
          for (int k = 0; k < c; ++k) y[k] /= static_cast<T>(o.win.taps());
      }
  activate(o.act, a.out, a.batch * o.out.size());
}
template <class T>
void avg_pool_gradient(op const& o, grad_args<T> const& a) {
  if (a.din[0] == nullptr) return;
  before_activation<T> const before(o, a, avg_pool_reference<T>);
  int const c = o.out.c;
  T const* d = before.data();
  for (int n = 0; n < a.batch; ++n)
    for (int i = 0; i < o.out.h; ++i)
      for (int j = 0; j < o.out.w; ++j, d += c)
        for (int u = 0; u < o.win.kh; ++u)
          for (int v = 0; v < o.win.kw; ++v) {
            T* dx = a.din[0] + n * o.in.size() + ((i * o.win.sh + u) * o.in.w + j * o.win.sw + v) * c;
            for (int k = 0; k < c; ++k) dx[k] += d[k] / static_cast<T>(o.win.taps());
          }
}
constexpr inferred pool_infer(op const& o, shape const* in) { return slide(o, in[0], in[0].c); }
constexpr work pool_count(op const& o, vector_shape const& v) {
  if (o.from == dtype::u8) return int8_pool_work(o, v, !o.kind->moves);
  return float_pool_work(o, v, o.kind->moves ? 0 : 1);
}

}  // namespace nn

inline constexpr op_kind max_pool_kind{
    .name = "max_pool",
    .infer = nn::pool_infer,
    .count = nn::pool_count,
    .reference_f32 = nn::max_pool_reference<float>,
    .reference_f64 = nn::max_pool_reference<double>,
    .reference_i32 = nn::max_pool_reference<std::int32_t>,
    .moves = true,
};
// Average over windows, the whole plane included (global pooling).
inline constexpr op_kind avg_pool_kind{
    .name = "avg_pool",
    .infer = nn::pool_infer,
    .count = nn::pool_count,
    .reference_f32 = nn::avg_pool_reference<float>,
    .reference_f64 = nn::avg_pool_reference<double>,
    .reference_i32 = nn::avg_pool_reference<std::int32_t>,
};

namespace nn {
// Largest value of each window; padded taps are ignored. The stride defaults to the window.
template <extent Size, extent Stride = Size, padding Padding = padding::valid>
struct max_pool {
  static constexpr char const* name = "max_pool";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(max_pool_kind, x, at);
    o.win = make_window(op_at(g, x).out, Size, Stride, Padding);
    return emit(g, o);
  }
};
// Mean of each window, without padding. The stride defaults to the window.
template <extent Size, extent Stride = Size>
struct avg_pool {
  static constexpr char const* name = "avg_pool";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(avg_pool_kind, x, at);
    o.win = make_window(op_at(g, x).out, Size, Stride, padding::valid);
    return emit(g, o);
  }
};
// Mean of each channel over all rows and columns.
struct global_avg_pool {
  static constexpr char const* name = "global_avg_pool";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(avg_pool_kind, x, at);
    shape const in = op_at(g, x).out;
    o.win = make_window(in, {in.h, in.w}, {in.h, in.w}, padding::valid);
    return emit(g, o);
  }
};
// Largest value of each channel over all rows and columns.
struct global_max_pool {
  static constexpr char const* name = "global_max_pool";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(max_pool_kind, x, at);
    shape const in = op_at(g, x).out;
    o.win = make_window(in, {in.h, in.w}, {in.h, in.w}, padding::valid);
    return emit(g, o);
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
