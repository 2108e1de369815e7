#pragma once
#include <hone/core/extents.hpp>

#include <vector>

// How a tensor's elements lie in memory, independent of how its extents are written: what lets reshapes and transposes
// cost nothing (pass/lower.hpp).
namespace hone::inline HONE_ABI::pass::lowering {

// One digit of a place in memory: it counts to `extent`, and stands for a step of `stride` elements of the row-major
// tensor.
struct digit {
  std::int32_t extent{1}, stride{1};
  constexpr bool operator==(digit const&) const = default;
};

// The digits of a place in memory, the slowest first. A row-major tensor has one digit, an image [1][c][h][w] stored
// [h][w][c] two: {h * w, 1} and {c, h * w}. Layouts that store the same way are equal, for neighbours that could be one
// digit are, and digits of one value are left out. At most max_rank digits, as many as a tensor has dimensions.
struct layout {
  std::array<digit, max_rank> digits{};
  std::int32_t rank{};

  constexpr layout() = default;
  constexpr void push_back(digit d) {
    if (d.extent == 1) return;
    if (rank > 0 && last().stride == d.extent * d.stride)
      last() = {last().extent * d.extent, d.stride};
    else
      digits[static_cast<std::size_t>(rank++)] = d;
  }
  constexpr digit const* begin() const { return digits.data(); }
  constexpr digit const* end() const { return digits.data() + rank; }
  constexpr bool operator==(layout const&) const = default;

 private:
  constexpr digit& last() { return digits[static_cast<std::size_t>(rank - 1)]; }
};

constexpr layout rows_of(std::int64_t elements) {
  layout l;
  if (elements > 0) l.push_back({static_cast<std::int32_t>(elements), 1});
  return l;
}

// A tensor of these extents, its dimensions stored in this order, the slowest first.
constexpr layout stored_in(extents const& dims, extents const& order) {
  extents const stride = strides_of(dims);
  layout l;
  if (dims.size() == 0) return l;
  for (int d : order) l.push_back({dims[d], stride[d]});
  return l;
}
constexpr extents as_written(extents const& dims) {
  extents order;
  for (int d = 0; d < dims.rank; ++d) order.push_back(d);
  return order;
}
// The order in which l stores the dimensions of these extents: as they are written if that is one, else those of one
// element first. Rank -1: l cuts a dimension.
constexpr extents order_of(layout const& l, extents const& dims) {
  if (stored_in(dims, as_written(dims)) == l) return as_written(dims);
  extents const stride = strides_of(dims);
  extents order;
  for (int d = 0; d < dims.rank; ++d)
    if (dims[d] == 1) order.push_back(d);
  for (digit const& whole : l) {
    extents inner;  // dimensions of this digit, the fastest first
    for (digit rest = whole; rest.extent > 1;) {
      int d = 0;
      while (d < dims.rank && (dims[d] == 1 || stride[d] != rest.stride)) ++d;
      if (d == dims.rank || dims[d] == 0 || rest.extent % dims[d] != 0) return order.rank = -1, order;
      inner.push_back(d);
      rest = {rest.extent / dims[d], rest.stride * dims[d]};
    }
    for (int k = inner.rank; k-- > 0;) order.push_back(inner[k]);
  }
  if (order.rank != dims.rank) order.rank = -1;
  return order;
}
// dims in the order in which they are stored.
constexpr extents permuted(extents const& dims, extents const& order) {
  extents out;
  for (int d : order) out.push_back(dims[d]);
  return out;
}
// Where each dimension is in an order.
constexpr extents inverse(extents const& order) {
  extents at = order;
  for (int k = 0; k < order.rank; ++k) at[order[k]] = k;
  return at;
}

// The layout that a tensor stored by l has as its transpose: dimension k of that is dimension perm[k] of `dims`. Rank
// -1: it has none, for l cuts a dimension.
constexpr layout transposed(layout const& l, extents const& dims, extents const& perm) {
  extents order = order_of(l, dims);
  layout out;
  out.rank = -1;
  if (order.rank < 0) return out;
  extents const at = inverse(perm);
  for (int k = 0; k < order.rank; ++k) order[k] = at[order[k]];
  return stored_in(permuted(dims, perm), order);
}

// A transpose that turns memory laid out by one layout into another: extents of what is there, and which of them come
// first, second, ... Rank -1: there is none (the layouts cut the tensor at places that do not divide each other).
struct rearrangement {
  extents dims, perm;
};
constexpr rearrangement rearrange(layout const& from, layout const& to) {
  std::vector<std::int32_t> cuts;  // strides at which a digit of either begins, ascending
  auto const add = [&cuts](std::int32_t s) {
    std::size_t k = 0;
    while (k < cuts.size() && cuts[k] < s) ++k;
    if (k == cuts.size() || cuts[k] != s) cuts.insert(cuts.begin() + static_cast<std::ptrdiff_t>(k), s);
  };
  for (layout const* l : {&from, &to})
    for (digit const& d : *l) add(d.stride), add(d.stride * d.extent);
  rearrangement none, r;
  none.dims.rank = none.perm.rank = -1;
  if (cuts.size() > static_cast<std::size_t>(max_rank) + 1) return none;
  for (std::size_t k = 0; k + 1 < cuts.size(); ++k)
    if (cuts[k + 1] % cuts[k] != 0) return none;
  extents place, wanted;  // the cut at which each small digit begins, in memory's order
  auto const split = [&cuts](layout const& l, extents& list) {
    for (digit const& d : l)
      for (std::size_t k = cuts.size(); k-- > 0;)
        if (cuts[k] >= d.stride && cuts[k] < d.stride * d.extent) list.push_back(static_cast<std::int32_t>(k));
  };
  split(from, place), split(to, wanted);
  for (int k : place) {
    auto const c = static_cast<std::size_t>(k);
    r.dims.push_back(cuts[c + 1] / cuts[c]);
  }
  for (int k : wanted)
    for (int p = 0; p < place.rank; ++p)
      if (place[p] == k) r.perm.push_back(p);
  return r;
}

// The row-major index of each element, in memory's order.
inline std::vector<std::int32_t> indices_of(layout const& l) {
  std::vector<std::int32_t> index{0};
  for (digit const& d : l) {
    std::vector<std::int32_t> const before = static_cast<std::vector<std::int32_t>&&>(index);
    index.clear();
    index.reserve(before.size() * static_cast<std::size_t>(d.extent));
    for (std::int32_t b : before)
      for (std::int32_t k = 0; k < d.extent; ++k) index.push_back(b + k * d.stride);
  }
  return index;
}

}  // namespace hone::inline HONE_ABI::pass::lowering
