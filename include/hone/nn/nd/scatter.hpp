#pragma once
#include <hone/nn/nd/binary_functions.hpp>
#include <hone/nn/nd/build.hpp>

#include <cstring>

// What puts elements where integers say, one after the other. Indices count from 0, negative ones from the end; an update
// whose place is not there is left out (ONNX calls it an error; indices are values, and evaluation has nobody to tell).
namespace hone::inline HONE_ABI::nd {

// What an update does to the element at its place.
enum class scatter_fn : std::uint8_t { replace, add, mul, max, min };

namespace detail {
// Index `at` of a tensor of indices, i32 or i64, as one of 0..n-1, or -1.
inline std::int64_t scatter_index(tensor_view const& v, std::int64_t at, std::int64_t n) {
  std::int64_t const i = v.type == dtype::i64 ? v.as<std::int64_t>()[at] : v.as<std::int32_t>()[at];
  return i >= 0 ? (i < n ? i : -1) : i >= -n ? i + n : -1;
}
template <class S>
S updated(S old, S by, scatter_fn fn) {
  switch (fn) {
    case scatter_fn::replace: return by;
    case scatter_fn::add: return stored<S>(functions::add{}(value_of(old), value_of(by)));
    case scatter_fn::mul: return stored<S>(functions::mul{}(value_of(old), value_of(by)));
    case scatter_fn::max: return stored<S>(functions::max{}(value_of(old), value_of(by)));
    case scatter_fn::min: return stored<S>(functions::min{}(value_of(old), value_of(by)));
  }
  return old;
}
inline void copy_data(tensor_args const& t) {
  std::memcpy(t.out, t.in[0].data, static_cast<std::size_t>(t.form->dims.size() * size_of(t.type)));
}
}  // namespace detail

// Attributes: the function, the axis.
inline void evaluate_scatter_elements(tensor_args const& t) {
  extents const &dims = t.form->dims, &places = t.in[1].dims;
  if (dims.size() == 0) return;
  detail::copy_data(t);
  int const axis = t.form->i[1];
  extents const steps = strides_of(dims);
  with_stored(t.type, [&]<class S>(S) {
    auto* out = static_cast<S*>(t.out);
    extents at;
    for (std::int64_t i = 0, n = places.size(); i < n; ++i) {
      std::int64_t const along = detail::scatter_index(t.in[1], i, dims[axis]);
      std::int64_t to = along * steps[axis];
      for (int d = 0; d < places.rank; ++d) to += d == axis ? 0 : std::int64_t{at[d]} * steps[d];
      if (along >= 0) out[to] = detail::updated(out[to], t.in[2].as<S>()[i], static_cast<scatter_fn>(t.form->i[0]));
      for (int d = places.rank; d-- > 0 && ++at[d] == places[d];) at[d] = 0;
    }
  });
}
// Attribute: the function.
inline void evaluate_scatter_nd(tensor_args const& t) {
  extents const &dims = t.form->dims, &places = t.in[1].dims;
  if (dims.size() == 0) return;
  detail::copy_data(t);
  int const depth = places[places.rank - 1];
  std::int64_t const updates = places.count(0, places.rank - 1), slice = dims.count(depth, dims.rank);
  with_stored(t.type, [&]<class S>(S) {
    for (std::int64_t k = 0; k < updates; ++k) {
      std::int64_t to = 0;
      bool there = true;
      for (int d = 0; d < depth; ++d) {
        std::int64_t const i = detail::scatter_index(t.in[1], k * depth + d, dims[d]);
        there = there && i >= 0, to = to * dims[d] + i;
      }
      if (!there) continue;
      S* const out = static_cast<S*>(t.out) + to * slice;
      S const* const by = t.in[2].as<S>() + k * slice;
      for (std::int64_t j = 0; j < slice; ++j)
        out[j] = detail::updated(out[j], by[j], static_cast<scatter_fn>(t.form->i[0]));
    }
  });
}

inline constexpr op_kind scatter_elements_kind = tensor_kind("scatter_elements", evaluate_scatter_elements);
inline constexpr op_kind scatter_nd_kind = tensor_kind("scatter_nd", evaluate_scatter_nd);

namespace detail {
template <class G>
constexpr op scattering(G& g, op_kind const& kind, int x, int indices, int updates, scatter_fn fn, int layer) {
  op const o = reading(g, kind, layer, {x, indices, updates});
  dtype const index = op_at(g, indices).type;
  want_type(g, o, index == dtype::i32 || index == dtype::i64);
  want_type(g, o, op_at(g, updates).type == o.type && (is_number(o.type) || fn == scatter_fn::replace));
  return o;
}
}  // namespace detail

// x with updates[i][j][k] put to [i][indices[i][j][k]][k] for axis 1, likewise for others. Updates and indices have the
// same extents, which are at most x's in the other dimensions.
template <class G>
constexpr int scatter_elements(G& g, int x, int indices, int updates, int axis, scatter_fn fn = scatter_fn::replace,
                               int layer = -1) {
  op const o = detail::scattering(g, scatter_elements_kind, x, indices, updates, fn, layer);
  extents const dims = dims_of(g, x), places = dims_of(g, indices), by = dims_of(g, updates);
  int const along = axis_of(g, o, axis, dims.rank);
  bool fits = dims.rank == places.rank;
  for (int i = 0; fits && i < dims.rank; ++i) fits = i == along || places[i] <= dims[i];
  if (!fits) misfit(g, o, fix::give_extents_that_match, dims, places);
  if (!(by == places)) misfit(g, o, fix::give_extents_that_match, places, by);
  return emit_tensor(g, o, {.dims = dims, .i = {static_cast<std::int32_t>(fn), along}});
}

// x with updates[i...] put to the place in x's leading dimensions that the last dimension of indices[i...] holds.
template <class G>
constexpr int scatter_nd(G& g, int x, int indices, int updates, scatter_fn fn = scatter_fn::replace, int layer = -1) {
  op const o = detail::scattering(g, scatter_nd_kind, x, indices, updates, fn, layer);
  extents const dims = dims_of(g, x), places = dims_of(g, indices), by = dims_of(g, updates);
  int const depth = places.rank > 0 ? places[places.rank - 1] : max_rank + 1;
  bool fits = depth <= dims.rank && by.rank == places.rank - 1 + dims.rank - depth;
  for (int i = 0; fits && i < by.rank; ++i)
    fits = by[i] == (i < places.rank - 1 ? places[i] : dims[i - places.rank + 1 + depth]);
  if (!fits) misfit(g, o, fix::give_extents_that_match, places, by);
  return emit_tensor(g, o, {.dims = dims, .i = {static_cast<std::int32_t>(fn)}});
}

}  // namespace hone::inline HONE_ABI::nd
