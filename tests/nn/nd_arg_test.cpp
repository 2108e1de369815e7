#include <hone/nn/nd/arg.hpp>

#include <cmath>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

value apply(bool most, value const& x, int axis, bool keep, bool last) {
  return evaluate(
      [&](auto& g, int a) { return most ? nd::arg_max(g, a, axis, keep, last) : nd::arg_min(g, a, axis, keep, last); },
      x);
}

constexpr auto network = [] {
  graph<3, 0, 0, 3, 3> g;
  int const x = nd::input(g, "x", {2, 3}, dtype::f32);
  nd::output(g, "y", nd::arg_max(g, x, -1, true, false));
  nd::output(g, "z", nd::arg_min(g, x, 0, false, false));
  return g;
}();
static_assert(network.issue.how == fix::none && op_at(network, 1).type == dtype::i64);
static_assert(dims_of(network, 1) == extents{2, 1} && dims_of(network, 2) == extents{3});

}  // namespace

TEST_CASE("the place of the largest or smallest element along any axis, the first or the last of equals") {
  CHECK(rc::check([] {
    extents dims = any_dims(5);
    if (dims.rank == 0) dims.push_back(4);
    int const axis = *rc::gen::inRange(0, dims.rank), given = *rc::gen::element(axis, axis - dims.rank);
    if (dims[axis] == 0) dims[axis] = 1;
    bool const most = *rc::gen::arbitrary<bool>(), keep = *rc::gen::arbitrary<bool>(),
               last = *rc::gen::arbitrary<bool>();
    value const x = any_value(any_number(), dims, 2), y = apply(most, x, given, keep, last);
    RC_ASSERT(y.type == dtype::i64);
    extents kept = dims;
    kept[axis] = 1;
    if (keep) RC_ASSERT(y.dims == kept);
    RC_ASSERT(y.dims.rank == dims.rank - (keep ? 0 : 1));
    RC_ASSERT(y.dims.size() == kept.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents at = place_of(kept, i);
      int found = 0;
      double best = most ? -1e9 : 1e9;
      for (at[axis] = 0; at[axis] < dims[axis]; ++at[axis]) {
        double const v = x.at(index_of(dims, at));
        if ((most ? v > best : v < best) || (last && v == best)) best = v, found = at[axis];
      }
      RC_ASSERT(y.at(i) == found);
    }
  }));
}

TEST_CASE("a NaN is found first, and all bits of integers count") {
  value const x = floats({4}, {1, NAN, 5, NAN});
  for (bool most : {false, true}) {
    CHECK(apply(most, x, 0, false, false).at(0) == 1);
    CHECK(apply(most, x, 0, false, true).at(0) == 3);
  }
  value k(dtype::u64, {3});
  k.as<std::uint64_t>()[0] = ~std::uint64_t{0} - 1, k.as<std::uint64_t>()[1] = ~std::uint64_t{0};
  CHECK(apply(true, k, 0, false, false).at(0) == 1);
  CHECK(apply(false, k, 0, false, false).at(0) == 2);
}

TEST_CASE("no place among no elements") {
  auto const arg = [](auto& g, int a) { nd::arg_max(g, a, 0, false, false); };
  CHECK(refused(arg, value(dtype::f32, {0, 2})) == fix::use_positive_extents);
  CHECK(refused(arg, value(dtype::f32, {})) == fix::give_an_axis_that_is_there);
  CHECK(refused(arg, value(dtype::boolean, {2})) == fix::give_a_supported_type);
}
