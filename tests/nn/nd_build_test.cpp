// What builders share: broadcasting, axes, and graphs that stay usable after a misfit.
#include <hone/nn/nd/build.hpp>

#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/reshape.hpp>

#include "catch2.hpp"

using namespace hone;

namespace {

constexpr bool gives(extents const& a, extents const& b, extents const& want) {
  extents r;
  return nd::broadcast(a, b, &r) && r == want && nd::broadcast(b, a, &r) && r == want;
}
static_assert(gives({}, {}, {}) && gives({}, {2, 3}, {2, 3}) && gives({3}, {2, 1}, {2, 3}));
static_assert(gives({1}, {0}, {0}) && gives({4, 1, 3}, {1, 2, 1}, {4, 2, 3}));
static_assert(!gives({2}, {3}, {3}) && !gives({0}, {2}, {2}));

}  // namespace

TEST_CASE("axes count from both ends, others are noted") {
  dynamic_graph g;
  op o{};
  o.kind = &nd::copy_kind;
  CHECK(nd::axis_of(g, o, 0, 3) == 0);
  CHECK(nd::axis_of(g, o, -1, 3) == 2);
  CHECK(g.issue.how == fix::none);
  CHECK(nd::axis_of(g, o, 3, 3) == -1);
  CHECK(g.issue.how == fix::give_an_axis_that_is_there);
  CHECK(g.issue.got.c == 3);
}

TEST_CASE("the first misfit is kept, and building goes on") {
  dynamic_graph g;
  int const x = nd::input(g, "x", {2, 3}, dtype::f32);
  int const wrong = nd::transpose(g, x, {0, 2});
  int const y = nd::tile(g, nd::expand(g, wrong, {5, 5}), {1, 1});
  CHECK(g.issue.kind == &nd::transpose_kind);
  CHECK(g.issue.how == fix::give_valid_attributes);
  CHECK(y == 3);
  CHECK(dims_of(g, y).rank == 2);
}

TEST_CASE("results that are too large are noted") {
  dynamic_graph g;
  int const x = nd::input(g, "x", {1, 3}, dtype::f32);
  nd::expand(g, x, {1 << 30, 1 << 30, 1, 1});
  CHECK(g.issue.how == fix::use_smaller_extents);
}
