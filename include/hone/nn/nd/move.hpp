#pragma once
#include <hone/nn/nd/build.hpp>
#include <hone/nn/nd/strided_copy.hpp>

// What only moves elements, of any type: copies, broadcasts, permutations, slices, repetitions.
namespace hone::inline HONE_ABI::nd {

inline void evaluate_copy(tensor_args const& t) {
  if (std::int64_t const n = t.form->dims.size(); n != 0)
    std::memcpy(t.out, t.in[0].data, static_cast<std::size_t>(n * size_of(t.type)));
}
inline void evaluate_expand(tensor_args const& t) { move(t, 0, broadcast_walk(t.in[0].dims, t.form->dims)); }
inline void evaluate_transpose(tensor_args const& t) {
  extents const& to = t.form->dims;
  extents const steps = strides_of(t.in[0].dims);
  walk w;
  for (int i = 0; i < to.rank; ++i) w.push(to[i], steps[t.form->i[static_cast<std::size_t>(i)]]);
  move(t, 0, w.close());
}
// Attributes: starts, then steps from max_rank on.
inline void evaluate_slice(tensor_args const& t) {
  extents const& to = t.form->dims;
  extents const steps = strides_of(t.in[0].dims);
  walk w;
  std::int32_t first = 0;
  for (int i = 0; i < to.rank; ++i) {
    auto const k = static_cast<std::size_t>(i);
    first += t.form->i[k] * steps[i];
    w.push(to[i], t.form->i[k + max_rank] * steps[i]);
  }
  move(t, first, w.close());
}
inline void evaluate_tile(tensor_args const& t) {
  extents const& from = t.in[0].dims;
  extents const steps = strides_of(from);
  walk w;
  for (int i = 0; i < from.rank; ++i) {
    if (from[i] == 0) return;
    w.push(t.form->dims[i] / from[i], 0);
    w.push(from[i], steps[i]);
  }
  move(t, 0, w.close());
}

inline constexpr op_kind copy_kind = tensor_kind("copy", evaluate_copy);
inline constexpr op_kind expand_kind = tensor_kind("expand", evaluate_expand);
inline constexpr op_kind transpose_kind = tensor_kind("transpose", evaluate_transpose);
inline constexpr op_kind slice_kind = tensor_kind("slice", evaluate_slice);
inline constexpr op_kind tile_kind = tensor_kind("tile", evaluate_tile);

// The same elements and extents.
template <class G>
constexpr int copy(G& g, int x, int layer = -1) {
  return emit_tensor(g, reading(g, copy_kind, layer, {x}), {.dims = dims_of(g, x)});
}

// x broadcast to what its extents and `dims` broadcast to (dims may have 1 where x has more).
template <class G>
constexpr int expand(G& g, int x, extents const& dims, int layer = -1) {
  op const o = reading(g, expand_kind, layer, {x});
  return emit_tensor(g, o, {.dims = broadcast_of(g, o, dims_of(g, x), dims)});
}

// Dimension i of the result is dimension perm[i] of x.
template <class G>
constexpr int transpose(G& g, int x, extents const& perm, int layer = -1) {
  op const o = reading(g, transpose_kind, layer, {x});
  extents const from = dims_of(g, x);
  tensor_form f{.dims = from};
  unsigned seen = 0;
  for (int p : perm) seen |= p >= 0 && p < from.rank ? 1u << p : 0u;
  if (perm.rank != from.rank || seen != (1u << from.rank) - 1) {
    misfit(g, o, fix::give_valid_attributes, from, perm);
  } else {
    for (int i = 0; i < perm.rank; ++i) f.dims[i] = from[perm[i]], f.i[static_cast<std::size_t>(i)] = perm[i];
  }
  return emit_tensor(g, o, f);
}

// Element [i][j]... of the result, whose extents are `dims`, is x[starts[0] + i * steps[0]][starts[1] + j * steps[1]]...
// Starts are normalised (0 <= start < extent wherever something is read); steps may be negative.
template <class G>
constexpr int slice(G& g, int x, extents const& starts, extents const& steps, extents const& dims, int layer = -1) {
  op const o = reading(g, slice_kind, layer, {x});
  extents const from = dims_of(g, x);
  tensor_form f{.dims = dims};
  bool fits = starts.rank == from.rank && steps.rank == from.rank && dims.rank == from.rank;
  for (int i = 0; fits && i < from.rank; ++i) {
    std::int64_t const last = starts[i] + std::int64_t{steps[i]} * (std::int64_t{dims[i]} - 1);
    fits = dims[i] == 0 || (dims[i] > 0 && starts[i] >= 0 && starts[i] < from[i] && last >= 0 && last < from[i]);
    auto const k = static_cast<std::size_t>(i);
    f.i[k] = starts[i], f.i[k + max_rank] = steps[i];
  }
  if (!fits) misfit(g, o, fix::give_valid_attributes, from, dims), f = {.dims = from};
  return emit_tensor(g, o, f);
}

// x, repeats[i] times along dimension i.
template <class G>
constexpr int tile(G& g, int x, extents const& repeats, int layer = -1) {
  op const o = reading(g, tile_kind, layer, {x});
  tensor_form f{.dims = dims_of(g, x)};
  bool fits = repeats.rank == f.dims.rank;
  for (int i = 0; fits && i < repeats.rank; ++i) {
    std::int64_t const n = std::int64_t{f.dims[i]} * repeats[i];
    fits = n >= 0 && n <= most_elements;
    if (fits) f.dims[i] = static_cast<std::int32_t>(n);
  }
  if (!fits) misfit(g, o, fix::give_valid_attributes, dims_of(g, x), repeats);
  return emit_tensor(g, o, f);
}

}  // namespace hone::inline HONE_ABI::nd
