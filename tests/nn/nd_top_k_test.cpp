#include <hone/nn/nd/top_k.hpp>

#include <cmath>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

value apply(value const& x, int k, int axis, bool largest) {
  return evaluate([&](auto& g, int a) { return nd::top_k(g, a, k, axis, largest); }, x);
}

constexpr auto network = [] {
  graph<2, 0, 0, 2, 2> g;
  nd::output(g, "y", nd::top_k(g, nd::input(g, "x", {2, 5}, dtype::f32), 3, -1));
  return g;
}();
static_assert(network.issue.how == fix::none && op_at(network, 1).type == dtype::i64);
static_assert(dims_of(network, 1) == extents{2, 3} && op_at(network, 1).scratch == 20);

}  // namespace

TEST_CASE("the places of the most wanted elements along any axis, in order, equal ones as they stand") {
  CHECK(rc::check([] {
    extents dims = any_dims(5);
    if (dims.rank == 0) dims.push_back(4);
    int const axis = *rc::gen::inRange(0, dims.rank), given = *rc::gen::element(axis, axis - dims.rank);
    int const k = *rc::gen::inRange(0, dims[axis] + 1);
    bool const most = *rc::gen::arbitrary<bool>();
    value const x = any_value(any_number(), dims, 2), y = apply(x, k, given, most);
    extents wanted = dims;
    wanted[axis] = k;
    RC_ASSERT(y.type == dtype::i64);
    RC_ASSERT(y.dims == wanted);
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents at = place_of(wanted, i);
      int const rank = at[axis], own = static_cast<int>(y.at(i));
      at[axis] = own;
      double const v = x.at(index_of(dims, at));
      int before = 0;  // elements that stand before this one
      for (at[axis] = 0; at[axis] < dims[axis]; ++at[axis]) {
        double const u = x.at(index_of(dims, at));
        before += (most ? u > v : u < v) || (u == v && at[axis] < own);
      }
      RC_ASSERT(before == rank);
    }
  }));
}

TEST_CASE("a NaN is the largest number") {
  value const x = floats({4}, {1, NAN, 5, NAN});
  CHECK(apply(x, 4, 0, true).all() == std::vector<double>{1, 3, 2, 0});
  CHECK(apply(x, 4, 0, false).all() == std::vector<double>{0, 2, 1, 3});
}

TEST_CASE("more elements than there are, and axes that are not there, are refused") {
  auto const top = [](int k, int axis) { return [=](auto& g, int a) { nd::top_k(g, a, k, axis); }; };
  CHECK(refused(top(4, 0), floats({3}, {1, 2, 3})) == fix::give_extents_that_match);
  CHECK(refused(top(-1, 0), floats({3}, {1, 2, 3})) == fix::give_extents_that_match);
  CHECK(refused(top(1, 1), floats({3}, {1, 2, 3})) == fix::give_an_axis_that_is_there);
}
