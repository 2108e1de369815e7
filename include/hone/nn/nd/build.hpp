#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/nn/nd/element.hpp>

#include <initializer_list>

// What the builders of tensor operations share. A builder that notes a misfit still appends an operation, with extents
// that any later builder can work on.
namespace hone::inline HONE_ABI::nd {

// An op of `kind` that reads `operands` (-1: absent); its result has the first one's type.
template <class G>
constexpr op reading(G const& g, op_kind const& kind, int layer, std::initializer_list<int> operands) {
  op o{};
  o.kind = &kind;
  o.layer = static_cast<std::int16_t>(layer);
  std::size_t n = 0;
  for (int x : operands) o.input[n++] = static_cast<std::int16_t>(x);
  if (o.input[0] >= 0) o.type = op_at(g, o.input[0]).type;
  return o;
}

template <class G>
constexpr void misfit(G& g, op const& o, fix how, extents const& wanted, extents const& got) {
  note(g, {o.kind, o.layer, how, as_reported(wanted), as_reported(got)});
}
// Notes a type that the operation does not support where `fits` is false.
template <class G>
constexpr void want_type(G& g, op const& o, bool fits) {
  if (!fits) note(g, {o.kind, o.layer, fix::give_a_supported_type, {}, {}});
}

// axis counted from 0, of a tensor of that rank; negative ones count from the end. Notes one that is not there, and
// gives -1.
template <class G>
constexpr int axis_of(G& g, op const& o, int axis, int rank) {
  int const a = axis < 0 ? axis + rank : axis;
  if (a >= 0 && a < rank) return a;
  note(g, {o.kind, o.layer, fix::give_an_axis_that_is_there, {1, 1, rank}, {1, 1, axis}});
  return -1;
}

// Whether extents a and b broadcast (numpy's rule: aligned at the end, equal or 1); *result is what they give.
constexpr bool broadcast(extents const& a, extents const& b, extents* result) {
  int const rank = a.rank > b.rank ? a.rank : b.rank;
  extents r;
  for (int i = 0; i < rank; ++i) {
    int const ia = i - rank + a.rank, ib = i - rank + b.rank;
    std::int32_t const da = ia < 0 ? 1 : a[ia], db = ib < 0 ? 1 : b[ib];
    if (da != db && da != 1 && db != 1) return false;
    r.push_back(da == 1 ? db : da);
  }
  *result = r;
  return true;
}
// What a and b broadcast to; notes a misfit, and gives a.
template <class G>
constexpr extents broadcast_of(G& g, op const& o, extents const& a, extents const& b) {
  extents r = a;
  if (!broadcast(a, b, &r)) misfit(g, o, fix::give_extents_that_broadcast, a, b);
  return r;
}

}  // namespace hone::inline HONE_ABI::nd
