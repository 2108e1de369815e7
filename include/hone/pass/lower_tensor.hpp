#pragma once
#include <hone/nn/nd/binary.hpp>
#include <hone/nn/nd/concat.hpp>
#include <hone/nn/nd/pad.hpp>
#include <hone/nn/nd/quantize.hpp>
#include <hone/nn/nd/reduce.hpp>
#include <hone/nn/nd/resize.hpp>
#include <hone/nn/nd/scan.hpp>
#include <hone/nn/nd/select.hpp>
#include <hone/nn/nd/softmax.hpp>
#include <hone/pass/lower_context.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Operations that stay operations on tensors: as they are, or on tensors whose dimensions are stored in another order,
// so that nothing is transposed.

// i as it is, on row-major operands.
inline void keep(context& c, int i) {
  op o = c.at(i);
  tensor_form const f = o.form >= 0 ? c.form(o) : tensor_form{.dims = c.dims(i)};
  for (std::int16_t& k : o.input)
    if (k >= 0) k = static_cast<std::int16_t>(c.plain(k));
  for (std::int16_t p : o.param)
    if (p >= 0)
      raise("cannot lower a network", message() << o.kind->name << " has parameters", o.kind->name,
            "give operations on tensors their weights as constants");
  c.define(i, emit_tensor(c.graph(), o, f), rows_of(o.out.size()));
}

// d with ones before it, so that it has `rank` dimensions.
constexpr extents padded(extents const& d, int rank) {
  extents out;
  for (int k = d.rank; k < rank; ++k) out.push_back(1);
  for (int v : d) out.push_back(v);
  return out;
}
// The order of i's dimensions in which its operands lie: of the largest of those that have as many dimensions, the
// first that is no row-major one.
inline extents order_for(context const& c, int i) {
  int const rank = c.dims(i).rank;
  extents best = as_written(c.dims(i));
  std::int32_t largest = 0;
  bool moved = false;
  for (std::int16_t k : c.at(i).input) {
    if (k < 0 || c.is_known(k) || c.dims(k).rank != rank || c.at(k).out.size() < largest) continue;
    extents const order = order_of(c.natural(k), c.dims(k));
    if (order.rank != rank || (c.at(k).out.size() == largest && moved)) continue;
    best = order, largest = c.at(k).out.size(), moved = !(c.natural(k) == rows_of(largest));
  }
  // dimensions of one element do not matter, but read better where they were
  return best;
}
// Operand k for an operation whose dimensions are stored in `order`. A scalar has none.
inline int ordered(context& c, int k, extents const& order, bool as_u8 = false) {
  bool const scalar = c.at(k).out.size() == 1 && c.dims(k).rank != order.rank;
  extents const d = scalar ? c.dims(k) : padded(c.dims(k), order.rank), own = scalar ? as_written(d) : order;
  layout const l = stored_in(d, own);
  return c.shaped(as_u8 ? c.stored_u8(k, l) : c.stored(k, l), permuted(d, own));
}
// i with its dimensions in `order`; f are its attributes for that order, without extents. as_u8: i8 operands and the
// result are stored 128 higher.
inline void emit_ordered(context& c, int i, extents const& order, tensor_form f, bool as_u8 = false) {
  op o = c.at(i);
  for (std::int16_t& k : o.input)
    if (k >= 0) k = static_cast<std::int16_t>(ordered(c, k, order, as_u8 && c.at(k).type == dtype::i8));
  if (as_u8) o.type = dtype::u8;
  f.dims = permuted(c.dims(i), order);
  c.define(i, emit_tensor(c.graph(), o, f), stored_in(c.dims(i), order), as_u8);
}

// Attributes that are lists of one number a dimension, `lists` of them max_rank apart.
inline void permute_lists(tensor_form& f, extents const& order, int lists) {
  tensor_form const old = f;
  for (int l = 0; l < lists; ++l)
    for (int k = 0; k < order.rank; ++k)
      f.i[static_cast<std::size_t>(l * max_rank + k)] = old.i[static_cast<std::size_t>(l * max_rank + order[k])];
}
constexpr int position_of(extents const& order, int dimension) { return inverse(order)[dimension]; }

// Whether an operand of i lies where int8 operations have it, 128 higher.
inline bool lies_flipped(context const& c, int i) {
  for (std::int16_t k : c.at(i).input)
    if (k >= 0 && c.defined(k) && c.places(k)[0].flipped) return true;
  return false;
}
// Lowers i if its meaning does not depend on how its dimensions are stored, once its attributes follow.
inline bool lower_ordered(context& c, int i) {
  op const& o = c.at(i);
  if (o.form < 0) return false;
  tensor_form f = c.form(o);
  auto const any_of = [&](auto const&... kinds) { return (is(o, kinds) || ...); };
  bool const elementwise = any_of(nd::unary_kind, nd::binary_kind, nd::where_kind, nd::cast_kind, nd::copy_kind,
                                  nd::expand_kind, nd::tile_kind, nd::dynamic_quantize_value_kind);
  bool const axis = any_of(nd::concat_kind, nd::softmax_kind, nd::cumsum_kind);
  bool const lists = any_of(nd::slice_kind, nd::pad_kind);
  if (!elementwise && !axis && !lists) return false;
  for (std::int16_t k : o.input)  // all dimensions line up
    if (k >= 0 && c.dims(k).rank > f.dims.rank) return false;
  extents const order = order_for(c, i);
  if (axis) f.i[0] = position_of(order, f.i[0]);
  if (lists) permute_lists(f, order, 2);
  bool const moves = any_of(nd::concat_kind, nd::copy_kind, nd::slice_kind) || (is(o, nd::pad_kind) && o.input[1] >= 0);
  emit_ordered(c, i, order, f, moves && o.type == dtype::i8 && lies_flipped(c, i));
  return true;
}

// The range of all elements, in whatever order they lie.
inline bool lower_range(context& c, int i) {
  op o = c.at(i);
  if (!is(o, nd::dynamic_quantize_scale_kind) && !is(o, nd::dynamic_quantize_zero_kind)) return false;
  int const x = o.input[0];
  o.input[0] = static_cast<std::int16_t>(c.shaped(c.stored(x, c.natural(x)), {c.at(x).out.size()}));
  c.define(i, emit_tensor(c.graph(), o, c.form(o)), rows_of(1));
  return true;
}

inline bool lower_resize(context& c, int i) {
  op const& o = c.at(i);
  if (!is(o, nd::resize_kind) || o.out.size() == 0) return false;
  extents const d = c.dims(i), order = order_for(c, i);
  nd::resize_options how = nd::resize_options_of(c.form(o));
  nd::resize_options const old = how;
  std::array<float, max_rank> scales{};
  for (int k = 0; k < order.rank; ++k) {
    auto const to = static_cast<std::size_t>(k), from = static_cast<std::size_t>(order[k]);
    scales[to] = std::bit_cast<float>(c.form(o).i[from]);
    how.roi[to] = old.roi[from], how.roi[max_rank + to] = old.roi[max_rank + from];
  }
  int const x = ordered(c, o.input[0], order);
  c.define(i, nd::resize(c.graph(), x, permuted(d, order), scales, how, o.layer), stored_in(d, order));
  return true;
}

// A transpose costs nothing: its result's elements lie where its operand's do. The layouts that those have are its own,
// too, unless they cut a dimension.
inline bool lower_transpose(context& c, int i) {
  op const& o = c.at(i);
  if (!is(o, nd::transpose_kind)) return false;
  extents const d = c.dims(o.input[0]);
  extents perm;
  for (int k = 0; k < d.rank; ++k) perm.push_back(c.form(o).i[static_cast<std::size_t>(k)]);
  auto const define = [&](context::place const& p) {
    layout const l = transposed(p.where, d, perm);
    if (l.rank >= 0) c.define(i, p.op, l, p.flipped);
    return l.rank >= 0;
  };
  int const x = o.input[0];
  if (c.is_known(x) && !c.defined(x)) c.stored(x, rows_of(o.out.size()));
  std::vector<context::place> const places = c.places(x);
  for (context::place const& p : places) define(p);
  if (!c.defined(i) && d.size() == 0) return keep(c, i), true;
  layout const rows = rows_of(o.out.size());
  if (!c.defined(i) && places[0].flipped) define({c.stored_u8(x, rows), rows, true});
  if (!c.defined(i)) define({c.stored(x, rows), rows, false});
  return true;
}

}  // namespace hone::inline HONE_ABI::pass::lowering
