#include <hone/pass/lower_layout.hpp>

#include "catch2.hpp"

#include <rapidcheck.h>
#include <numeric>

using namespace hone;
using namespace hone::pass::lowering;

namespace {

extents any_extents() {
  extents d;
  int const rank = *rc::gen::inRange(0, 6);
  while (d.rank < rank) d.push_back(*rc::gen::inRange(1, 5));
  return d;
}
extents any_order(int rank) {
  extents order;
  for (int d = 0; d < rank; ++d) order.push_back(d);
  for (int d = 0; d < rank; ++d) std::swap(order[d], order[*rc::gen::inRange(d, rank)]);
  return order;
}
// Row-major indices of the elements of a tensor, its dimensions stored in this order: the definition.
std::vector<std::int32_t> stored(extents const& dims, extents const& order) {
  extents const stride = strides_of(dims);
  std::vector<std::int32_t> index{0};
  for (int d : order) {
    std::vector<std::int32_t> next;
    for (std::int32_t b : index)
      for (int k = 0; k < dims[d]; ++k) next.push_back(b + k * stride[d]);
    index = next;
  }
  return index;
}

}  // namespace

TEST_CASE("a layout tells where each element lies, and an order of dimensions that stores so") {
  CHECK(rc::check([] {
    extents const dims = any_extents(), order = any_order(dims.rank);
    layout const l = stored_in(dims, order);
    RC_ASSERT(indices_of(l) == stored(dims, order));
    extents const found = order_of(l, dims);
    RC_ASSERT(found.rank == dims.rank);
    RC_ASSERT(stored_in(dims, found) == l);
    RC_ASSERT(stored(dims, found) == stored(dims, order));
    RC_ASSERT((stored_in(dims, as_written(dims)) == rows_of(dims.size())));
  }));
}

TEST_CASE("a rearrangement is the transpose from one layout to another") {
  CHECK(rc::check([] {
    extents const dims = any_extents();
    layout const from = stored_in(dims, any_order(dims.rank)), to = stored_in(dims, any_order(dims.rank));
    rearrangement const r = rearrange(from, to);
    RC_ASSERT(r.dims.rank >= 0);
    std::vector<std::int32_t> const have = indices_of(from), want = indices_of(to), moved = stored(r.dims, r.perm);
    RC_ASSERT(moved.size() == want.size());
    for (std::size_t k = 0; k < want.size(); ++k) RC_ASSERT(have[static_cast<std::size_t>(moved[k])] == want[k]);
  }));
}

TEST_CASE("a transposed tensor lies where the tensor does") {
  CHECK(rc::check([] {
    extents const dims = any_extents(), perm = any_order(dims.rank);
    layout const l = stored_in(dims, any_order(dims.rank)), t = transposed(l, dims, perm);
    RC_ASSERT(t.rank >= 0);
    std::vector<std::int32_t> const rows = stored(dims, perm);  // of the transpose's elements, in its row-major order
    std::vector<std::int32_t> const before = indices_of(l), after = indices_of(t);
    RC_ASSERT(before.size() == after.size());
    for (std::size_t k = 0; k < after.size(); ++k) RC_ASSERT(rows[static_cast<std::size_t>(after[k])] == before[k]);
  }));
}

TEST_CASE("a layout that cuts a dimension has no order of dimensions") {
  layout const halves = stored_in({2, 3, 2}, {2, 0, 1});  // of [2][3][2]
  CHECK(order_of(halves, {2, 3, 2}).rank == 3);
  CHECK(order_of(halves, {2, 6}).rank == -1);
  CHECK(order_of(halves, {6, 2}).rank == 2);
  CHECK(transposed(halves, {2, 6}, {1, 0}).rank == -1);
  CHECK(rearrange(stored_in({2, 3}, {1, 0}), stored_in({3, 2}, {1, 0})).dims.rank == -1);
  CHECK(stored_in({1, 4, 1, 3}, {0, 2, 3, 1}) == stored_in({4, 3}, {1, 0}));
}
