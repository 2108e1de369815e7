#include <hone/nn/nd/concat.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

constexpr auto network = [] {
  graph<10, 0, 0, 10, 2> g;
  int const x = nd::input(g, "x", {2, 3}, dtype::u8);
  int const many[]{x, x, x, x, x, x, x, x, x};  // two operations
  nd::output(g, "y", nd::concat(g, nd::concat(g, x, x, -1), nd::concat(g, many, 1), 1));
  return g;
}();
static_assert(network.issue.how == fix::none && network.ops.size() == 5);
static_assert(dims_of(network, 1) == extents{2, 6} && dims_of(network, 4) == extents{2, 33});

}  // namespace

TEST_CASE("concatenation puts operands behind each other along any axis, of any type") {
  CHECK(rc::check([] {
    extents dims = any_dims(5);
    if (dims.rank == 0) dims.push_back(3);
    int const axis = *rc::gen::inRange(0, dims.rank);
    dtype const type = any_type();
    std::vector<value> parts;
    std::vector<std::int32_t> begins{0};
    for (int i = 0; i < 3; ++i) {
      dims[axis] = *rc::gen::inRange(0, 4);
      parts.push_back(any_value(type, dims));
      begins.push_back(begins.back() + dims[axis]);
    }
    int const given = *rc::gen::arbitrary<bool>() ? axis : axis - dims.rank;
    value const y = evaluate(
        [&](auto& g, int a, int b, int c) {
          int const xs[]{a, b, c};
          return nd::concat(g, xs, given);
        },
        parts[0], parts[1], parts[2]);
    dims[axis] = begins[3];
    RC_ASSERT(y.dims == dims);
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents at = place_of(dims, i);
      std::size_t part = 0;
      while (at[axis] >= begins[part + 1]) ++part;
      at[axis] -= begins[part];
      RC_ASSERT(same(y, i, parts[part], index_of(parts[part].dims, at)));
    }
  }));
}

TEST_CASE("many operands are concatenated in order") {
  value const y = evaluate(
      [](auto& g, int a, int b) {
        std::vector<int> xs(17, a);
        xs[0] = xs[8] = xs[16] = b;
        return nd::concat(g, xs, 0);
      },
      floats({1}, {1}), floats({2}, {2, 3}));
  CHECK(y.all() == std::vector<double>{2, 3, 1, 1, 1, 1, 1, 1, 1, 2, 3, 1, 1, 1, 1, 1, 1, 1, 2, 3});
}

TEST_CASE("what does not fit is not concatenated") {
  auto const along = [](int axis) { return [=](auto& g, int a, int b) { nd::concat(g, a, b, axis); }; };
  value const x(dtype::f32, {2, 3});
  CHECK(refused(along(0), x, value(dtype::f32, {2, 4})) == fix::give_extents_that_match);
  CHECK(refused(along(0), x, value(dtype::f32, {3})) == fix::give_extents_that_match);
  CHECK(refused(along(0), x, value(dtype::i32, {2, 3})) == fix::give_a_supported_type);
  CHECK(refused(along(2), x, x) == fix::give_an_axis_that_is_there);
  CHECK(refused(along(-3), x, x) == fix::give_an_axis_that_is_there);
  CHECK(refused(along(0), value(dtype::f32, {}), value(dtype::f32, {})) == fix::give_an_axis_that_is_there);
}
