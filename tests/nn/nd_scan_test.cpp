#include <hone/nn/nd/scan.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

value apply(value const& x, int axis, bool exclusive, bool reverse) {
  return evaluate([&](auto& g, int a) { return nd::cumsum(g, a, axis, exclusive, reverse); }, x);
}

constexpr auto network = [] {
  graph<2, 0, 0, 2, 2> g;
  nd::output(g, "y", nd::cumsum(g, nd::input(g, "x", {2, 3}, dtype::i64), -1, false, true));
  return g;
}();
static_assert(network.issue.how == fix::none && op_at(network, 1).type == dtype::i64);

}  // namespace

TEST_CASE("sums so far, along any axis, with and without the element itself, from both ends") {
  CHECK(rc::check([] {
    extents dims = any_dims(5);
    if (dims.rank == 0) dims.push_back(4);
    int const axis = *rc::gen::inRange(0, dims.rank), given = *rc::gen::element(axis, axis - dims.rank);
    bool const exclusive = *rc::gen::arbitrary<bool>(), reverse = *rc::gen::arbitrary<bool>();
    value const x = any_value(any_number(), dims, 2), y = apply(x, given, exclusive, reverse);
    RC_ASSERT(y.dims == dims);
    value want(x.type, dims);
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents const place = place_of(dims, i);
      double sum = 0;
      for (extents at = place; at[axis] >= 0 && at[axis] < dims[axis]; at[axis] += reverse ? 1 : -1)
        if (!exclusive || at[axis] != place[axis]) sum += x.at(index_of(dims, at));
      want.set(i, sum);
      RC_ASSERT(same(y, i, want, i));
    }
  }));
}

TEST_CASE("integers wrap, floats are summed in double") {
  CHECK(apply(make(dtype::u8, {3}, {200, 100, 1}), 0, false, false).all() == std::vector<double>{200, 44, 45});
  CHECK(apply(floats({4}, {16777216, 1, 1, -2}), 0, false, false).at(3) == 16777216);
}

TEST_CASE("sums of booleans are refused") {
  auto const sum = [](auto& g, int a) { nd::cumsum(g, a, 0, false, false); };
  CHECK(refused(sum, value(dtype::boolean, {2})) == fix::give_a_supported_type);
  CHECK(refused(sum, value(dtype::f32, {})) == fix::give_an_axis_that_is_there);
}
