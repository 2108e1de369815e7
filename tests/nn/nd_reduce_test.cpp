// Reductions against sums, products and the like over all elements that share a place in what stays.
#include <hone/nn/nd/reduce.hpp>

#include <cmath>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;
using nd::reduce_fn;

namespace {

value apply(reduce_fn fn, value const& x, extents const& axes, bool keep = false) {
  return evaluate([&](auto& g, int a) { return nd::reduce(g, a, axes, keep, fn); }, x);
}

// Of small whole numbers.
double defined(reduce_fn fn, std::vector<double> const& xs) {
  double sum = 0, product = 1, most = -HUGE_VAL, least = HUGE_VAL, absolute = 0, square = 0, exponential = 0;
  for (double x : xs) {
    sum += x, product *= x, absolute += std::fabs(x), square += x * x, exponential += std::exp(x);
    most = std::fmax(most, x), least = std::fmin(least, x);
  }
  switch (fn) {
    case reduce_fn::sum: return sum;
    case reduce_fn::mean: return sum / static_cast<double>(xs.size());
    case reduce_fn::max: return most;
    case reduce_fn::min: return least;
    case reduce_fn::prod: return product;
    case reduce_fn::l1: return absolute;
    case reduce_fn::l2: return std::sqrt(square);
    case reduce_fn::log_sum: return std::log(sum);
    case reduce_fn::log_sum_exp: return std::log(exponential);
    case reduce_fn::sum_square: return square;
  }
  return 0;
}
constexpr int function_count = static_cast<int>(reduce_fn::sum_square) + 1;

bool close(double got, double want, dtype type) {
  if (!nd::is_float(type)) return got == std::trunc(want);
  double const near = type == dtype::f64 ? 1e-13 : type == dtype::f32 ? 1e-7 : type == dtype::f16 ? 5e-4 : 4e-3;
  return got == want || std::fabs(got - want) <= near * std::fabs(want) || (std::isnan(got) && std::isnan(want));
}

constexpr auto network = [] {
  graph<3, 0, 0, 3, 3> g;
  int const x = nd::input(g, "x", {2, 3, 4}, dtype::f32);
  nd::output(g, "y", nd::reduce(g, x, {-1, 0}, true, reduce_fn::mean));
  nd::output(g, "z", nd::reduce(g, x, {1}, false, reduce_fn::l2));
  return g;
}();
static_assert(network.issue.how == fix::none);
static_assert(dims_of(network, 1) == extents{1, 3, 1} && dims_of(network, 2) == extents{2, 4});

}  // namespace

TEST_CASE("reductions over any dimensions of any type are what they are defined as") {
  CHECK(rc::check([] {
    extents const dims = any_dims();
    dtype const type = any_number();
    auto const fn = static_cast<reduce_fn>(*rc::gen::inRange(0, function_count));
    bool const keep = *rc::gen::arbitrary<bool>();
    extents axes, kept = dims, left;
    for (int i = 0; i < dims.rank; ++i)
      if (*rc::gen::arbitrary<bool>())
        axes.push_back(*rc::gen::element(i, i - dims.rank)), kept[i] = 1;
      else
        left.push_back(dims[i]);
    value x = any_value(type, dims, 3);
    // So that integers keep the product, and have a mean, a norm and a logarithm.
    if (fn == reduce_fn::prod)
      for (std::size_t i = 0; i < x.size(); ++i) x.set(i, x.at(i) == 0 || i % 64 > 5 ? 1 : x.at(i) < 0 ? -1 : 1);
    if (fn == reduce_fn::log_sum)
      for (std::size_t i = 0; i < x.size(); ++i) x.set(i, 1);
    if (size_of(type) == 1 && x.size() > 12) return;  // sums would leave it
    value const y = apply(fn, x, axes, keep);
    RC_ASSERT(y.dims == (keep ? kept : left));
    RC_ASSERT(y.type == type);
    std::vector<std::vector<double>> groups(y.size());
    for (std::size_t i = 0; i < x.size(); ++i) groups[broadcast_index(kept, place_of(dims, i))].push_back(x.at(i));
    for (std::size_t i = 0; i < y.size(); ++i)
      if (!groups[i].empty()) RC_ASSERT(close(y.at(i), defined(fn, groups[i]), type));
  }));
}

TEST_CASE("long runs, inside and outside") {
  for (int n : {1, 7, 63, 64, 65, 128, 1000}) {
    value x(dtype::f32, {n, n == 1000 ? 3 : n});
    for (std::size_t i = 0; i < x.size(); ++i) x.set(i, static_cast<double>(i % 19) - 5);
    for (int f = 0; f < function_count; ++f)
      for (int axis : {0, 1}) {
        auto const fn = static_cast<reduce_fn>(f);
        value const y = apply(fn, x, {axis}, true);
        std::vector<std::vector<double>> groups(y.size());
        for (std::size_t i = 0; i < x.size(); ++i)
          groups[broadcast_index(y.dims, place_of(x.dims, i))].push_back(x.at(i));
        for (std::size_t i = 0; i < y.size(); ++i)
          CHECK(close(y.at(i), double(float(defined(fn, groups[i]))), dtype::f32));
      }
  }
}

TEST_CASE("reductions of nothing") {
  auto const nothing = [](reduce_fn fn, dtype type) { return apply(fn, value(type, {2, 0}), {1}).at(1); };
  for (dtype type : {dtype::f32, dtype::f16}) {
    for (reduce_fn fn : {reduce_fn::sum, reduce_fn::l1, reduce_fn::l2, reduce_fn::sum_square})
      CHECK(nothing(fn, type) == 0);
    CHECK(nothing(reduce_fn::prod, type) == 1);
    CHECK(nothing(reduce_fn::max, type) == -HUGE_VAL);
    CHECK(nothing(reduce_fn::min, type) == HUGE_VAL);
    CHECK(nothing(reduce_fn::log_sum, type) == -HUGE_VAL);
    CHECK(nothing(reduce_fn::log_sum_exp, type) == -HUGE_VAL);
    CHECK(std::isnan(nothing(reduce_fn::mean, type)));
  }
  CHECK(nothing(reduce_fn::max, dtype::i8) == -128);
  CHECK(nothing(reduce_fn::min, dtype::u16) == 65535);
  CHECK(nothing(reduce_fn::max, dtype::boolean) == 0);
  CHECK(nothing(reduce_fn::min, dtype::boolean) == 1);
  CHECK(nothing(reduce_fn::mean, dtype::i32) == 0);
  CHECK(apply(reduce_fn::sum, value(dtype::f32, {0, 3}), {1}).size() == 0);
}

TEST_CASE("corners of reductions") {
  CHECK(apply(reduce_fn::log_sum_exp, floats({2}, {1e30, 1e30}), {0}).at(0) == double(1e30f));
  CHECK(apply(reduce_fn::log_sum_exp, floats({2}, {-HUGE_VAL, -HUGE_VAL}), {0}).at(0) == -HUGE_VAL);
  CHECK(apply(reduce_fn::log_sum_exp, floats({2}, {HUGE_VAL, 0}), {0}).at(0) == HUGE_VAL);
  for (reduce_fn fn : {reduce_fn::max, reduce_fn::min, reduce_fn::sum, reduce_fn::log_sum_exp})
    for (double v : apply(fn, floats({2, 3}, {NAN, 1, 2, 1, NAN, 2}), {1}).all()) CHECK(std::isnan(v));
  CHECK(apply(reduce_fn::mean, make(dtype::i32, {2}, {-3, -4}), {0}).at(0) == -3);
  CHECK(apply(reduce_fn::sum, make(dtype::u8, {2}, {200, 100}), {0}).at(0) == 44);
  CHECK(apply(reduce_fn::max, make(dtype::boolean, {2, 2}, {0, 0, 1, 0}), {1}).all() == std::vector<double>{0, 1});
  CHECK(apply(reduce_fn::min, make(dtype::boolean, {2, 2}, {1, 1, 1, 0}), {1}).all() == std::vector<double>{1, 0});
  CHECK(apply(reduce_fn::l1, floats({2}, {-1, 2}), {}).all() == std::vector<double>{1, 2});
  value k(dtype::i64, {2});
  k.as<std::int64_t>()[0] = (std::int64_t{1} << 53) + 1, k.as<std::int64_t>()[1] = 2;
  CHECK(apply(reduce_fn::sum, k, {0}).as<std::int64_t>()[0] == (std::int64_t{1} << 53) + 3);
  CHECK(apply(reduce_fn::max, k, {0}).as<std::int64_t>()[0] == (std::int64_t{1} << 53) + 1);
}

TEST_CASE("sums of booleans and axes that are not there are refused") {
  auto const over = [](extents axes, reduce_fn fn) {
    return [=](auto& g, int a) { nd::reduce(g, a, axes, false, fn); };
  };
  CHECK(refused(over({0}, reduce_fn::sum), value(dtype::boolean, {2})) == fix::give_a_supported_type);
  CHECK(refused(over({1}, reduce_fn::sum), value(dtype::f32, {2})) == fix::give_an_axis_that_is_there);
  CHECK(refused(over({-2}, reduce_fn::sum), value(dtype::f32, {2})) == fix::give_an_axis_that_is_there);
}
