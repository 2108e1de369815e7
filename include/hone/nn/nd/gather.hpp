#pragma once
#include <hone/nn/nd/build.hpp>
#include <hone/nn/nd/walk.hpp>

#include <cstring>

// What takes elements from where integers say. Indices count from 0, negative ones from the end; those that are not there
// take the nearest that is (ONNX calls them an error; indices are values, and evaluation has nobody to tell).
namespace hone::inline HONE_ABI::nd {

namespace detail {
// Index `at` of a tensor of indices, i32 or i64, as one of 0..n-1; n > 0.
inline std::int64_t index_of(tensor_view const& v, std::int64_t at, std::int64_t n) {
  std::int64_t const i = v.type == dtype::i64 ? v.as<std::int64_t>()[at] : v.as<std::int32_t>()[at];
  if (i >= 0) return i < n ? i : n - 1;
  return i >= -n ? i + n : 0;
}
constexpr bool is_index(dtype t) { return t == dtype::i32 || t == dtype::i64; }
}  // namespace detail

inline void evaluate_gather(tensor_args const& t) {
  extents const& from = t.in[0].dims;
  int const axis = t.form->i[0];
  auto const row = static_cast<std::size_t>(from.count(axis + 1, from.rank) * size_of(t.type));
  std::int64_t const outer = from.count(0, axis), count = t.in[1].dims.size();
  if (t.form->dims.size() == 0) return;
  auto* out = static_cast<std::byte*>(t.out);
  for (std::int64_t o = 0; o < outer; ++o) {
    auto const* x = t.in[0].as<std::byte>() + static_cast<std::size_t>(o * from[axis]) * row;
    for (std::int64_t k = 0; k < count; ++k, out += row)
      std::memcpy(out, x + static_cast<std::size_t>(detail::index_of(t.in[1], k, from[axis])) * row, row);
  }
}

inline void evaluate_gather_elements(tensor_args const& t) {
  extents const &from = t.in[0].dims, &to = t.form->dims;
  if (to.size() == 0) return;
  int const axis = t.form->i[0];
  extents steps = strides_of(from);
  std::int32_t const step = steps[axis];
  walk w;  // over all dimensions, the axis with step 0: the index adds to it
  for (int i = 0; i < to.rank; ++i) w.push(to[i], i == axis ? 0 : steps[i]);
  w.close();
  with_bits(size_of(t.type), [&]<class U>(U) {
    auto* out = static_cast<U*>(t.out);
    U const* x = t.in[0].as<U>();
    std::int64_t at = 0;
    odometer o;
    do {
      for (std::int32_t j = 0; j < w.inner(); ++j, ++at)
        out[at] = x[o.offset + std::int64_t{j} * w.inner_step() + detail::index_of(t.in[1], at, from[axis]) * step];
    } while (o.next(w, w.rank - 1));
  });
}

// Attribute: how many leading dimensions are batches.
inline void evaluate_gather_nd(tensor_args const& t) {
  extents const &from = t.in[0].dims, &places = t.in[1].dims;
  int const batches = t.form->i[0], depth = places.rank > 0 ? places[places.rank - 1] : 1;
  std::int64_t const batch = from.count(0, batches), each = places.count(batches, places.rank - 1);
  std::int64_t const slice = from.count(batches + depth, from.rank), whole = from.count(batches, from.rank);
  if (t.form->dims.size() == 0) return;
  auto const size = static_cast<std::size_t>(size_of(t.type)), row = static_cast<std::size_t>(slice) * size;
  auto* out = static_cast<std::byte*>(t.out);
  std::int64_t at = 0;
  for (std::int64_t b = 0; b < batch; ++b)
    for (std::int64_t k = 0; k < each; ++k, out += row) {
      std::int64_t place = 0;
      for (int d = batches; d < batches + depth; ++d, ++at)
        place = place * from[d] + detail::index_of(t.in[1], at, from[d]);
      std::memcpy(out, t.in[0].as<std::byte>() + static_cast<std::size_t>(b * whole + place * slice) * size, row);
    }
}

inline constexpr op_kind gather_kind = tensor_kind("gather", evaluate_gather);
inline constexpr op_kind gather_elements_kind = tensor_kind("gather_elements", evaluate_gather_elements);
inline constexpr op_kind gather_nd_kind = tensor_kind("gather_nd", evaluate_gather_nd);

// x with dimension `axis` replaced by the dimensions of `indices`: numpy's take.
template <class G>
constexpr int gather(G& g, int x, int indices, int axis, int layer = -1) {
  op const o = reading(g, gather_kind, layer, {x, indices});
  extents const from = dims_of(g, x), places = dims_of(g, indices);
  int const along = axis_of(g, o, axis, from.rank);
  want_type(g, o, detail::is_index(op_at(g, indices).type));
  if (from.rank - 1 + places.rank > max_rank) misfit(g, o, fix::give_a_supported_rank, from, places);
  if (along < 0 || from.rank - 1 + places.rank > max_rank) return emit_tensor(g, o, {.dims = from});
  extents dims;
  for (int i = 0; i < along; ++i) dims.push_back(from[i]);
  for (std::int32_t d : places) dims.push_back(d);
  for (int i = along + 1; i < from.rank; ++i) dims.push_back(from[i]);
  if (from[along] == 0 && dims.size() != 0) misfit(g, o, fix::use_positive_extents, places, from);
  return emit_tensor(g, o, {.dims = dims, .i = {along}});
}

// y[i][j][k] = x[i][indices[i][j][k]][k] for axis 1, likewise for others; the extents are those of `indices`, which are
// at most x's in the other dimensions.
template <class G>
constexpr int gather_elements(G& g, int x, int indices, int axis, int layer = -1) {
  op const o = reading(g, gather_elements_kind, layer, {x, indices});
  extents const from = dims_of(g, x), places = dims_of(g, indices);
  int const along = axis_of(g, o, axis, from.rank);
  want_type(g, o, detail::is_index(op_at(g, indices).type));
  bool fits = from.rank == places.rank;
  for (int i = 0; fits && i < from.rank; ++i)
    fits = i == along ? from[i] > 0 || places.size() == 0 : places[i] <= from[i];
  if (!fits) misfit(g, o, fix::give_extents_that_match, from, places);
  return emit_tensor(g, o, {.dims = places, .i = {along}});
}

// The last dimension of `indices` (of at most x's rank less batch_dims) holds places in x's dimensions from batch_dims
// on; before it, batch_dims dimensions are paired with x's. Every place gives what lies there in x.
template <class G>
constexpr int gather_nd(G& g, int x, int indices, int batch_dims, int layer = -1) {
  op const o = reading(g, gather_nd_kind, layer, {x, indices});
  extents const from = dims_of(g, x), places = dims_of(g, indices);
  want_type(g, o, detail::is_index(op_at(g, indices).type));
  int const depth = places.rank > 0 ? places[places.rank - 1] : 0, first = batch_dims + depth;
  bool fits = batch_dims >= 0 && batch_dims < places.rank && depth <= from.rank && first <= from.rank &&
              places.rank - 1 + from.rank - first <= max_rank;
  for (int i = 0; fits && i < batch_dims; ++i) fits = places[i] == from[i];
  extents dims;
  for (int i = 0; fits && i < places.rank - 1; ++i) dims.push_back(places[i]);
  for (int i = first; fits && i < from.rank; ++i) dims.push_back(from[i]);
  for (int i = batch_dims; fits && i < first; ++i) fits = from[i] > 0 || dims.size() == 0;
  if (!fits) misfit(g, o, fix::give_extents_that_match, from, places);
  return emit_tensor(g, o, {.dims = fits ? dims : from, .i = {batch_dims}});
}

}  // namespace hone::inline HONE_ABI::nd
