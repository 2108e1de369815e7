#include <hone/nn/nd/norm.hpp>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

constexpr auto network = [] {
  graph<5, 3, 1, 5, 1> g;
  g.layers.push_back({});
  int const x = nd::input(g, "x", {2, 6, 5}, dtype::f32);
  int const s = constant(g, 0, {5}, dtype::f32);
  int const y = nd::layer_norm(g, x, s, -1);
  nd::layer_norm_mean(g, y, 1);
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 2) == extents{2, 6, 5});
static_assert(dims_of(network, 3) == extents{2, 1, 1});

struct moments {
  double mean{}, deviation{};
};
moments moments_of(value const& x, std::size_t begin, std::size_t n, double epsilon) {
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < n; ++i) sum += x.at(begin + i), squares += x.at(begin + i) * x.at(begin + i);
  double const mean = sum / static_cast<double>(n);
  return {mean, std::sqrt(squares / static_cast<double>(n) - mean * mean + epsilon)};
}
bool near(double got, double want, dtype type) {
  return std::fabs(got - want) <=
         (type == dtype::f64   ? 1e-12
          : type == dtype::f32 ? 1e-5
                               : 1e-2) *
             (1 + std::fabs(want));
}
// [n][c][spatial], possibly without spatial dimensions.
extents any_planes(int channels) {
  extents e{*rc::gen::inRange(1, 4), channels};
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) e.push_back(*rc::gen::inRange(1, 8));
  return e;
}
constexpr float eps = 0.125f;

}  // namespace

TEST_CASE("batch normalisation: by channel, by given moments") {
  CHECK(rc::check([] {
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64, dtype::f16);
    int const c = *rc::gen::inRange(1, 6);
    value const x = any_value(type, any_planes(c)), scale = any_value(type, {c}), bias = any_value(type, {c}),
                mean = any_value(type, {c});
    value variance(type, {c});
    for (std::size_t i = 0; i < variance.size(); ++i) variance.set(i, static_cast<double>(i) * 0.5);
    value const y =
        evaluate([](auto& g, int a, int s, int b, int m, int v) { return nd::batch_norm(g, a, s, b, m, v, eps); }, x,
                 scale, bias, mean, variance);
    std::size_t const inner = static_cast<std::size_t>(x.dims.count(2, x.dims.rank));
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::size_t const k = i / inner % static_cast<std::size_t>(c);
      double const want = (x.at(i) - mean.at(k)) / std::sqrt(variance.at(k) + static_cast<double>(eps)) * scale.at(k);
      RC_ASSERT(near(y.at(i), want + bias.at(k), type));
    }
  }));
}

TEST_CASE("group and instance normalisation: by the moments of each run of channels") {
  CHECK(rc::check([] {
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64, dtype::bf16);
    int const groups = *rc::gen::inRange(1, 5), own = *rc::gen::inRange(1, 4), c = groups * own;
    bool const by_group = *rc::gen::arbitrary<bool>(), instance = own == 1 && *rc::gen::arbitrary<bool>();
    value const x = any_value(type, any_planes(c)), scale = any_value(type, {by_group ? groups : c}),
                bias = any_value(type, {by_group ? groups : c});
    value const y = evaluate(
        [&](auto& g, int a, int s, int b) {
          return instance ? nd::instance_norm(g, a, s, b, eps) : nd::group_norm(g, a, s, b, groups, eps);
        },
        x, scale, bias);
    std::size_t const inner = static_cast<std::size_t>(x.dims.count(2, x.dims.rank)),
                      run = inner * static_cast<std::size_t>(own);
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::size_t const k =
          by_group ? i / run % static_cast<std::size_t>(groups) : i / inner % static_cast<std::size_t>(c);
      auto const [mean, deviation] = moments_of(x, i / run * run, run, static_cast<double>(eps));
      double const want = (x.at(i) - mean) / deviation * scale.at(k) + bias.at(k);
      RC_ASSERT(std::fabs(y.at(i) - want) <= (type == dtype::f64 ? 1e-11 : type == dtype::f32 ? 1e-4 : 0.25));
    }
  }));
}

TEST_CASE("layer normalisation: by the moments of the last dimensions, which are results, too") {
  CHECK(rc::check([] {
    dtype const type = *rc::gen::element(dtype::f32, dtype::f64);
    extents dims;
    for (int i = *rc::gen::inRange(1, 5); i > 0; --i) dims.push_back(*rc::gen::inRange(1, 6));
    int const axis = *rc::gen::inRange(0, dims.rank), given = *rc::gen::arbitrary<bool>() ? axis : axis - dims.rank;
    extents last;
    for (int i = axis; i < dims.rank; ++i) last.push_back(dims[i]);
    value const x = any_value(type, dims), scale = any_value(type, last), bias = any_value(type, last);
    bool const biased = *rc::gen::arbitrary<bool>();
    value const y =
        evaluate([&](auto& g, int a, int s, int b) { return nd::layer_norm(g, a, s, biased ? b : -1, given, eps); }, x,
                 scale, bias);
    value const mean = evaluate([&](auto& g, int a) { return nd::layer_norm_mean(g, a, given); }, x);
    value const inverse =
        evaluate([&](auto& g, int a) { return nd::layer_norm_inverse_deviation(g, a, given, eps); }, x);
    std::size_t const n = static_cast<std::size_t>(last.size());
    RC_ASSERT(mean.size() * n == x.size());
    RC_ASSERT(mean.dims.rank == dims.rank);
    for (std::size_t i = 0; i < y.size(); ++i) {
      auto const [m, deviation] = moments_of(x, i / n * n, n, static_cast<double>(eps));
      RC_ASSERT(near(mean.at(i / n), m, type));
      RC_ASSERT(near(inverse.at(i / n), 1 / deviation, type));
      double const want = (x.at(i) - m) / deviation * scale.at(i % n) + (biased ? bias.at(i % n) : 0);
      RC_ASSERT(std::fabs(y.at(i) - want) <= (type == dtype::f64 ? 1e-11 : 1e-4));
    }
  }));
}

TEST_CASE("normalisations refuse what does not fit") {
  value const x(dtype::f32, {2, 6, 4}), six(dtype::f32, {6}), four(dtype::f32, {4}), wide(dtype::f64, {6});
  auto const how = [&](value const& scale, value const& bias, int groups) {
    return refused([&](auto& g, int a, int s, int b) { return nd::group_norm(g, a, s, b, groups); }, x, scale, bias);
  };
  CHECK(how(six, six, 3) == fix::none);
  CHECK(how(six, six, 4) == fix::give_extents_that_match);
  CHECK(how(six, six, 0) == fix::give_extents_that_match);
  CHECK(how(four, four, 3) == fix::give_extents_that_match);
  CHECK(how(six, wide, 3) == fix::give_a_supported_type);
  CHECK(refused([](auto& g, int a, int s) { return nd::layer_norm(g, a, s, -1); }, x, six) ==
        fix::give_extents_that_match);
  CHECK(refused([](auto& g, int a, int s) { return nd::layer_norm(g, a, s, -1, 3); }, x, six) != fix::none);
  CHECK(refused([](auto& g, int a, int s) { return nd::batch_norm(g, a, s, s, s, s); }, x, four) ==
        fix::give_extents_that_match);
}
