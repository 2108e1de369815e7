#include <hone/nn/nd/softmax.hpp>

#include <cmath>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

value apply(value const& x, int axis, bool log) {
  return evaluate([&](auto& g, int a) { return nd::softmax(g, a, axis, log); }, x);
}

constexpr auto network = [] {
  graph<2, 0, 0, 2, 2> g;
  nd::output(g, "y", nd::softmax(g, nd::input(g, "x", {2, 3}, dtype::f32), -1, true));
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 1) == extents{2, 3});

}  // namespace

TEST_CASE("softmax divides exponentials by their sum along any axis") {
  CHECK(rc::check([] {
    extents dims = any_dims(5);
    if (dims.rank == 0) dims.push_back(4);
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64, dtype::f16, dtype::bf16);
    int const axis = *rc::gen::inRange(0, dims.rank), given = *rc::gen::element(axis, axis - dims.rank);
    bool const log = *rc::gen::arbitrary<bool>();
    value const x = any_value(type, dims), y = apply(x, given, log);
    RC_ASSERT(y.dims == dims);
    RC_ASSERT(y.type == type);
    double const near = type == dtype::f64 ? 1e-14 : type == dtype::f32 ? 2e-7 : type == dtype::f16 ? 5e-4 : 4e-3;
    for (std::size_t i = 0; i < y.size(); ++i) {
      extents at = place_of(dims, i);
      double sum = 0;
      for (at[axis] = 0; at[axis] < dims[axis]; ++at[axis]) sum += std::exp(x.at(index_of(dims, at)));
      double const want = log ? x.at(i) - std::log(sum) : std::exp(x.at(i)) / sum;
      RC_ASSERT(std::fabs(y.at(i) - want) <= near * (std::fabs(want) + (log ? (type == dtype::f64 ? 1 : 1e-3)
                                                                        : type == dtype::f16 ? 1e-4
                                                                                             : 0)));
    }
  }));
}

TEST_CASE("large numbers do not overflow, and infinities are what mathematics says") {
  CHECK(apply(floats({3}, {1e30, 1e30, -1e30}), 0, false).all() == std::vector<double>{0.5, 0.5, 0});
  CHECK(apply(floats({2}, {-HUGE_VAL, 0}), 0, false).all() == std::vector<double>{0, 1});
  CHECK(apply(floats({2}, {-3e38, 0}), 0, true).all() == std::vector<double>{-3e38f, 0});
  for (double v : apply(floats({2}, {NAN, 0}), 0, false).all()) CHECK(std::isnan(v));
}

TEST_CASE("softmax refuses integers and axes that are not there") {
  auto const along = [](int axis) { return [=](auto& g, int a) { nd::softmax(g, a, axis, false); }; };
  CHECK(refused(along(0), value(dtype::i32, {2})) == fix::give_a_supported_type);
  CHECK(refused(along(1), value(dtype::f32, {2})) == fix::give_an_axis_that_is_there);
  CHECK(refused(along(0), value(dtype::f32, {})) == fix::give_an_axis_that_is_there);
}
