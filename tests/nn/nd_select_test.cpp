#include <hone/nn/nd/select.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

auto const where = [](auto& g, int c, int a, int b) { return nd::where(g, c, a, b); };

constexpr auto network = [] {
  graph<4, 0, 0, 4, 4> g;
  int const c = nd::input(g, "c", {2, 1}, dtype::boolean), x = nd::input(g, "x", {3}, dtype::i64);
  nd::output(g, "y", nd::where(g, c, x, nd::input(g, "z", {}, dtype::i64)));
  return g;
}();
static_assert(network.issue.how == fix::none && op_at(network, 3).type == dtype::i64);
static_assert(dims_of(network, 3) == extents{2, 3});

}  // namespace

TEST_CASE("where takes one or the other of any type, and all three broadcast") {
  CHECK(rc::check([] {
    extents const dims = any_dims();
    dtype const type = any_type();
    value const c = any_value(dtype::boolean, any_broadcast_of(dims));
    value const a = any_value(type, any_broadcast_of(dims)), b = any_value(type, any_broadcast_of(dims));
    value const y = evaluate(where, c, a, b);
    extents both, all;
    RC_ASSERT(nd::broadcast(a.dims, b.dims, &both) && nd::broadcast(c.dims, both, &all));
    RC_ASSERT(y.dims == all);
    RC_ASSERT(y.type == type);
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents const at = place_of(all, i);
      bool const first = c.at(broadcast_index(c.dims, at)) != 0;
      RC_ASSERT(same(y, i, first ? a : b, broadcast_index((first ? a : b).dims, at)));
    }
  }));
}

TEST_CASE("where refuses numbers as conditions, and operands of two types") {
  value const c(dtype::boolean, {2}), x(dtype::f32, {2}), k(dtype::i32, {2}), z(dtype::f32, {3});
  CHECK(refused(where, x, x, x) == fix::give_a_supported_type);
  CHECK(refused(where, c, x, k) == fix::give_a_supported_type);
  CHECK(refused(where, c, x, z) == fix::give_extents_that_broadcast);
  CHECK(refused(where, c, z, z) == fix::give_extents_that_broadcast);
}
