#pragma once
#include <hone/nn/nd/widened.hpp>
#include <hone/nn/nd/window.hpp>

#include <limits>

namespace hone::inline HONE_ABI::nd {

// Pools over one to three spatial dimensions of x, [n][c][spatial]. With `ceil` a last window may reach past the
// padding's end, if it begins before it. Global pools are reductions.

// f(plane, position, taps) for every window: plane = index of (n, c), and the range of taps that lie inside x.
template <class F>
void each_window(window_3d const& w, std::ptrdiff_t planes, F f) {
  struct range {
    int from, begin, end;
  };
  auto const range_of = [&](std::size_t d, int at) {
    int const from = at * w.stride[d] - w.before[d], step = w.dilation[d], kernel = w.kernel[d];
    range r{from, from >= 0 ? 0 : ceil_div(-from, step), kernel};
    if (from + (kernel - 1) * step >= w.in[d]) r.end = from < w.in[d] ? ceil_div(w.in[d] - from, step) : 0;
    return r;
  };
  std::ptrdiff_t position = 0;
  for (std::ptrdiff_t plane = 0; plane < planes; ++plane)
    for (int l = 0; l < w.out[0]; ++l)
      for (int r = 0; r < w.out[1]; ++r) {
        range const layers = range_of(0, l), rows = range_of(1, r);
        for (int c = 0; c < w.out[2]; ++c) f(plane, position++, std::array<range, 3>{layers, rows, range_of(2, c)});
      }
}
// f(offset) for every tap inside, in order: offset within the plane of x.
template <class R, class F>
void each_tap(window_3d const& w, R const& r, F f) {
  for (int a = r[0].begin; a < r[0].end; ++a)
    for (int b = r[1].begin; b < r[1].end; ++b) {
      std::ptrdiff_t const line =
          (std::ptrdiff_t{r[0].from + a * w.dilation[0]} * w.in[1] + r[1].from + b * w.dilation[1]) * w.in[2];
      for (int c = r[2].begin; c < r[2].end; ++c) f(line + r[2].from + c * w.dilation[2]);
    }
}

// f(value, position, index within the plane or -1, plane) of the largest element of every window, the first of several.
// A window without elements has the least number of the type.
template <class T, class F>
void each_maximum(tensor_args const& a, F f) {
  extents const& dx = a.in[0].dims;
  window_3d const w = window_between(*a.form, dx, a.form->dims);
  constexpr T least =
      std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
  each_window(w, std::ptrdiff_t{dx[0]} * dx[1], [&](std::ptrdiff_t plane, std::ptrdiff_t position, auto const& taps) {
    T const* const x = a.in[0].as<T>() + plane * w.positions_in();
    T most = least;
    std::ptrdiff_t at = -1;
    each_tap(w, taps, [&](std::ptrdiff_t i) {
      if (at < 0 || x[i] > most) most = x[i], at = i;
    });
    f(most, position, at, plane);
  });
}
template <class F>
void on_pooled(dtype t, F f) {
  if (is_real(t))
    with_float(t, f);
  else if (t == dtype::u8)
    f(std::uint8_t{});
  else
    f(std::int8_t{});
}
inline void evaluate_max_pool(tensor_args const& a) {
  on_pooled(a.type, [&]<class T>(T) {
    each_maximum<T>(
        a, [&](T v, std::ptrdiff_t position, std::ptrdiff_t, std::ptrdiff_t) { static_cast<T*>(a.out)[position] = v; });
  });
}
inline void evaluate_max_pool_indices(tensor_args const& a) {
  window_3d const w = window_between(*a.form, a.in[0].dims, a.form->dims);
  bool const column_major = a.form->i[own_attribute] != 0;
  on_pooled(a.in[0].type, [&]<class T>(T) {
    each_maximum<T>(a, [&](T, std::ptrdiff_t position, std::ptrdiff_t at, std::ptrdiff_t plane) {
      if (column_major && at >= 0) {
        std::ptrdiff_t const c = at % w.in[2], r = at / w.in[2] % w.in[1], l = at / w.in[2] / w.in[1];
        at = (c * w.in[1] + r) * w.in[0] + l;
      }
      static_cast<std::int64_t*>(a.out)[position] = at < 0 ? -1 : plane * w.positions_in() + at;
    });
  });
}
inline void evaluate_average_pool(tensor_args const& a) {
  window_3d const w = window_between(*a.form, a.in[0].dims, a.form->dims);
  bool const pads_count = a.form->i[own_attribute] != 0;
  // Taps of one dimension that lie in x or its padding.
  auto const padded = [&](std::size_t d, int from) {
    int const room = ceil_div(w.in[d] + w.after[d] - from, w.dilation[d]);
    return room < w.kernel[d] ? room : w.kernel[d];
  };
  with_float(a.type, [&]<class T>(T) {
    each_window(w, std::ptrdiff_t{a.form->dims[0]} * a.form->dims[1],
                [&](std::ptrdiff_t plane, std::ptrdiff_t position, auto const& taps) {
                  T const* const x = a.in[0].as<T>() + plane * w.positions_in();
                  T sum{};
                  int n = 0;
                  each_tap(w, taps, [&](std::ptrdiff_t i) { sum += x[i], ++n; });
                  if (pads_count) n = padded(0, taps[0].from) * padded(1, taps[1].from) * padded(2, taps[2].from);
                  static_cast<T*>(a.out)[position] = n > 0 ? sum / static_cast<T>(n) : T{};
                });
  });
}
inline constexpr op_kind max_pool_kind = tensor_kind("max_pool_nd", evaluate_max_pool);
inline constexpr op_kind max_pool_indices_kind = tensor_kind("max_pool_indices", evaluate_max_pool_indices);
inline constexpr op_kind average_pool_kind = tensor_kind("average_pool_nd", evaluate_average_pool);

template <class G>
constexpr int pool(G& g, op_kind const& kind, int x, window_nd const& w, bool ceil, bool flag, int layer) {
  if (is_short(g, x)) {
    auto const in = widened(g, {x}, layer);
    int const y = pool(g, kind, in[0], w, ceil, flag, layer);
    return op_at(g, y).type == dtype::i64 ? y : typed_as(g, y, x, layer);
  }
  op o = nn::reading(kind, x, layer);
  o.type = kind.id == max_pool_indices_kind.id ? dtype::i64 : op_at(g, x).type;
  extents const dx = dims_of(g, x);
  tensor_form f{};
  bool const supported = is_real(op_at(g, x).type) || (is_byte(op_at(g, x).type) && kind.id != average_pool_kind.id);
  if (!supported) misfit(g, o, fix::give_a_supported_type, dx, dx);
  if (w.kernel.rank + 2 != dx.rank) {
    misfit(g, o, fix::give_a_supported_rank, w.kernel, dx);
  } else {
    f.dims = {dx[0], dx[1]};
    if (slide(g, o, f, dx, w, ceil)) f.i[own_attribute] = flag ? 1 : 0;
  }
  set_work(g, o, static_cast<double>(f.dims.size()) * static_cast<double>(w.kernel.size()), 0);
  return emit_tensor(g, o, f);
}

// The largest element of every window; a float type, u8 or i8.
template <class G>
constexpr int max_pool(G& g, int x, window_nd const& w, bool ceil = false, int layer = -1) {
  return pool(g, max_pool_kind, x, w, ceil, false, layer);
}
// Where it lies: its index in all of x (i64), the first of several. column_major: within its plane the first spatial
// dimension counts fastest (ONNX's storage_order 1).
template <class G>
constexpr int max_pool_indices(G& g, int x, window_nd const& w, bool ceil = false, bool column_major = false,
                               int layer = -1) {
  return pool(g, max_pool_indices_kind, x, w, ceil, column_major, layer);
}
// The mean of every window, over the taps inside x; with count_include_pad those in the padding count as zeros.
template <class G>
constexpr int average_pool(G& g, int x, window_nd const& w, bool ceil = false, bool count_include_pad = false,
                           int layer = -1) {
  return pool(g, average_pool_kind, x, w, ceil, count_include_pad, layer);
}

}  // namespace hone::inline HONE_ABI::nd
