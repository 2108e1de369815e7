#pragma once
#include <hone/nn/nd/resize_taps.hpp>
#include <hone/nn/nd/widened.hpp>

#include <bit>
#include <cstring>
#include <limits>

namespace hone::inline HONE_ABI::nd {

// Attributes: i = { bits of the scales [8], bits of the region [16], mode, coordinates, nearest, exclude_outside,
// antialias, taps of all elements }, f = { cubic_a, extrapolation }.
constexpr resize_options resize_options_of(tensor_form const& f) {
  resize_options o{};
  o.mode = static_cast<resize_mode>(f.i[24]), o.coordinates = static_cast<resize_coordinates>(f.i[25]);
  o.nearest = static_cast<resize_nearest>(f.i[26]), o.exclude_outside = f.i[27] != 0, o.antialias = f.i[28] != 0;
  o.cubic_a = f.f[0], o.extrapolation = f.f[1];
  for (std::size_t i = 0; i < o.roi.size(); ++i) o.roi[i] = std::bit_cast<float>(f.i[8 + i]);
  return o;
}
constexpr resize_axis resize_axis_of(tensor_form const& f, extents const& x, int d) {
  auto const i = static_cast<std::size_t>(d);
  float const scale = std::bit_cast<float>(f.i[i]);
  resize_axis a{.in = x[d], .out = f.dims[d]};
  a.scale = scale > 0 ? static_cast<double>(scale) : a.in > 0 ? static_cast<double>(a.out) / a.in : 1;
  a.from = std::bit_cast<float>(f.i[8 + i]), a.to = std::bit_cast<float>(f.i[16 + i]);
  return a;
}
// v as a T; integers are cut off, and saturate.
template <class T>
constexpr T resized_to(double v) {
  if constexpr (std::numeric_limits<T>::is_integer) {
    constexpr double lo = static_cast<double>(std::numeric_limits<T>::lowest()),
                     hi = static_cast<double>(std::numeric_limits<T>::max());
    return !(v > lo) ? std::numeric_limits<T>::lowest() : v >= hi ? std::numeric_limits<T>::max() : static_cast<T>(v);
  } else {
    return static_cast<T>(v);
  }
}
// v as a stored element.
template <class S>
S extrapolated(float v) {
  return stored<S>(resized_to<computed<S>>(static_cast<double>(v)));
}

template <class T>
void resize_to_nearest(tensor_args const& a, resize_options const& o) {
  extents const &dx = a.in[0].dims, &dy = a.form->dims, steps = strides_of(dx);
  int* const table = static_cast<int*>(a.scratch);  // offsets by dimension, -1: extrapolated
  int const last = dy.rank - 1;
  int* entry = table;
  for (int d = 0; d <= last; ++d) {
    resize_axis const axis = resize_axis_of(*a.form, dx, d);
    bool const moves = axis.moves(o);
    for (int i = 0; i < dy[d]; ++i) {
      int const at = moves ? axis.nearest_to(axis.place(i, o.coordinates), o) : i;
      *entry++ = at < 0 ? -1 : at * steps[d];
    }
  }
  int const* const columns = entry - dy[last];
  T const fill = extrapolated<T>(o.extrapolation);
  T* y = static_cast<T*>(a.out);
  for (std::ptrdiff_t row = 0, rows = dy.count(0, last); row < rows; ++row, y += dy[last]) {
    std::ptrdiff_t rest = row, from = 0;
    bool inside = true;
    int const* entries = columns;
    for (int d = last; d-- > 0; rest /= dy[d]) {
      entries -= dy[d];
      int const step = entries[rest % dy[d]];
      from += step, inside = inside && step >= 0;
    }
    T const* const x = a.in[0].as<T>() + from;
    for (int i = 0; i < dy[last]; ++i) y[i] = inside && columns[i] >= 0 ? x[columns[i]] : fill;
  }
}
// y [outer][axis.out][inner] from x [outer][axis.in][inner]. element and weight have room for all taps.
template <class T>
void resize_along(T* y, T const* x, resize_axis const& axis, resize_options const& o, std::ptrdiff_t outer,
                  std::ptrdiff_t inner, int* element, T* weight) {
  int const taps = resize_taps(axis, o);
  for (int i = 0; i < axis.out; ++i) {
    double const place = axis.place(i, o.coordinates);
    int* const own = element + std::ptrdiff_t{i} * taps;
    resize_mix(axis, o, place, taps, own, weight + std::ptrdiff_t{i} * taps);
    if (axis.outside(place, o)) own[0] = -1;
  }
  for (std::ptrdiff_t n = 0; n < outer; ++n, x += axis.in * inner)
    for (int i = 0; i < axis.out; ++i, y += inner) {
      int const* const own = element + std::ptrdiff_t{i} * taps;
      T const* const share = weight + std::ptrdiff_t{i} * taps;
      if (inner == 1 && own[0] >= 0) {
        T sum{};
        for (int t = 0; t < taps; ++t) sum += share[t] * x[own[t]];
        *y = sum;
        continue;
      }
      for (std::ptrdiff_t k = 0; k < inner; ++k) y[k] = own[0] < 0 ? static_cast<T>(o.extrapolation) : T{};
      for (int t = 0; t < taps && own[0] >= 0; ++t) {
        T const* const line = x + own[t] * inner;
        for (std::ptrdiff_t k = 0; k < inner; ++k) y[k] += share[t] * line[k];
      }
    }
}
// One dimension after the other; T computes numbers of type X.
template <class T, class X>
void resize_smoothly(tensor_args const& a, resize_options const& o) {
  extents const& dy = a.form->dims;
  extents dims = a.in[0].dims;
  std::int64_t most = dims.size();
  for (int d = 0; d < dy.rank; ++d) dims[d] = dy[d], most = dims.size() > most ? dims.size() : most;
  T *const first = static_cast<T*>(a.scratch), *const second = first + most, *const weight = second + most;
  int* const element = reinterpret_cast<int*>(weight + a.form->i[29]);
  dims = a.in[0].dims;
  X const* const x = a.in[0].as<X>();
  for (std::int64_t i = 0; i < dims.size(); ++i) first[i] = static_cast<T>(x[i]);
  T *from = first, *to = second;
  for (int d = 0; d < dy.rank; ++d) {
    resize_axis const axis = resize_axis_of(*a.form, a.in[0].dims, d);
    if (!axis.moves(o)) continue;
    resize_along(to, from, axis, o, dims.count(0, d), dims.count(d + 1, dims.rank), element, weight);
    dims[d] = axis.out;
    T* const other = from;
    from = to, to = other;
  }
  for (std::int64_t i = 0; i < dy.size(); ++i) static_cast<X*>(a.out)[i] = resized_to<X>(static_cast<double>(from[i]));
}
inline void evaluate_resize(tensor_args const& a) {
  resize_options const o = resize_options_of(*a.form);
  if (a.form->dims.size() == 0) return;
  if (o.mode == resize_mode::nearest) return with_stored(a.type, [&]<class T>(T) { resize_to_nearest<T>(a, o); });
  if (a.type == dtype::f64) return resize_smoothly<double, double>(a, o);
  if (a.type == dtype::f32) return resize_smoothly<float, float>(a, o);
  with_computed(a.type, [&]<class X>(X) { resize_smoothly<double, X>(a, o); });
}
inline constexpr op_kind resize_kind = tensor_kind("resize", evaluate_resize);

// x, resized to dims. scales are those of ONNX by dimension; one that is not positive, as in {}, is the quotient of the
// extents. Of any type. Works dimension by dimension.
template <class G>
constexpr int resize(G& g, int x, extents const& dims, std::array<float, max_rank> const& scales = {},
                     resize_options const& how = {}, int layer = -1) {
  if (is_short(g, x) && how.mode != resize_mode::nearest) {
    auto const in = widened(g, {x}, layer);
    int const y = resize(g, in[0], dims, scales, how, layer);
    return typed_as(g, y, x, layer);
  }
  op o = nn::reading(resize_kind, x, layer);
  o.type = op_at(g, x).type;
  extents const dx = dims_of(g, x);
  tensor_form f{.dims = dims};
  bool const near = how.mode == resize_mode::nearest;
  if (dims.rank != dx.rank || dims.rank < 1) {
    misfit(g, o, fix::give_a_supported_rank, dims, dx);
    return f.dims = {1}, emit_tensor(g, o, f);
  }
  if (near && how.antialias) misfit(g, o, fix::give_valid_attributes, dims, dx);
  for (std::size_t i = 0; i < max_rank; ++i) f.i[i] = std::bit_cast<std::int32_t>(scales[i]);
  for (std::size_t i = 0; i < how.roi.size(); ++i) f.i[8 + i] = std::bit_cast<std::int32_t>(how.roi[i]);
  f.i[24] = static_cast<int>(how.mode), f.i[25] = static_cast<int>(how.coordinates);
  f.i[26] = static_cast<int>(how.nearest), f.i[27] = how.exclude_outside ? 1 : 0, f.i[28] = how.antialias ? 1 : 0;
  f.f = {how.cubic_a, how.extrapolation};
  extents now = dx;
  double most = static_cast<double>(now.size()), sum = 0, macs = 0, taps = 0;
  for (int d = 0; d < dims.rank; ++d) {
    resize_axis const axis = resize_axis_of(f, dx, d);
    // a filter is at most as wide as 2^20 elements; a scale may differ from the extents, but not by much
    bool const fit = dims[d] >= 0 && (dx[d] > 0 || dims[d] == 0) && axis.scale > 0x1p-20 && axis.scale < 0x1p27;
    if (!fit) {
      misfit(g, o, fix::give_valid_attributes, dims, dx);
      return f.dims = {1}, emit_tensor(g, o, f);
    }
    double const own = near ? 0 : resize_taps(axis, how);
    now[d] = dims[d], taps = own * dims[d] > taps ? own * dims[d] : taps, sum += dims[d];
    double const size = static_cast<double>(now.size());
    most = size > most ? size : most;
    if (axis.moves(how)) macs += size * own;
  }
  f.i[29] = taps < most_elements ? static_cast<std::int32_t>(taps) : most_elements;
  double const bytes = o.type == dtype::f32 ? 4 : 8;
  if (taps > most_elements) misfit(g, o, fix::use_smaller_extents, {1, 1, most_elements}, dims);
  set_work(g, o, macs, near ? 4 * sum : (2 * most + taps) * bytes + 4 * taps);
  return emit_tensor(g, o, f);
}

}  // namespace hone::inline HONE_ABI::nd
