// Functions of one operand against the C++ library's in long double, and where they have corners.
#include <hone/nn/nd/unary.hpp>

#include <cmath>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;
using nd::unary_fn;

namespace {

using real = long double;

value apply(unary_fn fn, value const& x, float p = 0, float q = 0) {
  return evaluate([&](auto& g, int a) { return nd::unary(g, a, fn, p, q); }, x);
}

// The definition, by its formula.
real defined(unary_fn fn, real x, real p, real q) {
  auto const unit = [](real v) { return std::fmin(std::fmax(v, real(0)), real(1)); };
  switch (fn) {
    case unary_fn::identity: return x;
    case unary_fn::relu: return std::fmax(x, real(0));
    case unary_fn::abs: return std::fabs(x);
    case unary_fn::neg: return -x;
    case unary_fn::sqrt: return std::sqrt(x);
    case unary_fn::reciprocal: return 1 / x;
    case unary_fn::exp: return std::exp(x);
    case unary_fn::log: return std::log(x);
    case unary_fn::sin: return std::sin(x);
    case unary_fn::cos: return std::cos(x);
    case unary_fn::tan: return std::tan(x);
    case unary_fn::asin: return std::asin(x);
    case unary_fn::acos: return std::acos(x);
    case unary_fn::atan: return std::atan(x);
    case unary_fn::sinh: return std::sinh(x);
    case unary_fn::cosh: return std::cosh(x);
    case unary_fn::asinh: return std::asinh(x);
    case unary_fn::acosh: return std::acosh(x);
    case unary_fn::atanh: return std::atanh(x);
    case unary_fn::erf: return std::erf(x);
    case unary_fn::floor: return std::floor(x);
    case unary_fn::ceil: return std::ceil(x);
    case unary_fn::round: return std::nearbyint(x);
    case unary_fn::sign: return static_cast<real>((x > 0) - (x < 0));
    case unary_fn::sigmoid: return 1 / (1 + std::exp(-x));
    case unary_fn::tanh: return std::tanh(x);
    case unary_fn::elu: return x < 0 ? p * (std::exp(x) - 1) : x;
    case unary_fn::leaky_relu: return x < 0 ? p * x : x;
    case unary_fn::hard_sigmoid: return unit(p * x + q);
    case unary_fn::hard_swish: return x * unit(x / 6 + real(0.5));
    case unary_fn::gelu: return x * std::erfc(-x / std::sqrt(real(2))) / 2;  // 1 + erf(x) cancels
    case unary_fn::gelu_tanh:
      return x / (1 + std::exp(-2 * std::sqrt(2 / std::acos(real(-1))) * (x + real(0.044715) * x * x * x)));
    case unary_fn::softplus: return std::log1p(std::exp(x));
    case unary_fn::softsign: return x / (1 + std::fabs(x));
    case unary_fn::selu: return q * (x > 0 ? x : p * (std::exp(x) - 1));
    case unary_fn::celu: return std::fmax(real(0), x) + std::fmin(real(0), p * (std::exp(x / p) - 1));
    case unary_fn::thresholded_relu: return x > p ? x : 0;
    case unary_fn::clip: return std::fmin(std::fmax(x, p), q);
    case unary_fn::mish: return x * std::tanh(std::log1p(std::exp(x)));
    case unary_fn::swish: return x / (1 + std::exp(-p * x));
    default: return 0;
  }
}
constexpr int function_count = static_cast<int>(unary_fn::swish) + 1;
bool of_truths(unary_fn fn) { return fn == unary_fn::is_nan || fn == unary_fn::is_inf; }

// Half of the last place of a number of that type beside v, and what double costs where it is rounded to less.
real tolerance(dtype t, real v) {
  int const bits = t == dtype::f64 ? 49 : t == dtype::f32 ? 24 : t == dtype::f16 ? 11 : 8;
  return std::fabs(v) * std::ldexp(real(1.001), -bits) +
         (t == dtype::f16   ? 0x1p-25L
          : t == dtype::f64 ? 3e-16L
                            : 1e-44L);
}

constexpr auto network = [] {
  graph<3, 0, 0, 3, 2> g;
  int const x = nd::input(g, "x", {5, 1}, dtype::f16);
  nd::output(g, "y", nd::unary(g, nd::unary(g, x, unary_fn::clip, -1, 1), unary_fn::is_nan));
  return g;
}();
static_assert(network.issue.how == fix::none && dims_of(network, 2) == extents{5, 1});
static_assert(op_at(network, 1).type == dtype::f16 && op_at(network, 2).type == dtype::boolean);

}  // namespace

TEST_CASE("functions of floats are the nearest number, but for the last place") {
  for (dtype type : {dtype::f32, dtype::f64, dtype::f16, dtype::bf16}) {
    value x(type, {3, 67});
    for (std::size_t i = 0; i < x.size(); ++i) x.set(i, (static_cast<double>(i) - 100) / 11.7);
    for (int f = 0; f < function_count; ++f) {
      auto const fn = static_cast<unary_fn>(f);
      if (!nd::supports(fn, type) || of_truths(fn)) continue;
      float const p = fn == unary_fn::clip ? -1.5f : 0.75f, q = 1.25f;
      value const y = apply(fn, x, p, q);
      REQUIRE(y.dims == x.dims);
      REQUIRE(y.type == type);
      for (std::size_t i = 0; i < x.size(); ++i) {
        real const want = defined(fn, static_cast<real>(x.at(i)), p, q), got = y.at(i);
        if (std::isnan(want) ? !std::isnan(got) : got != want && !(std::fabs(got - want) <= tolerance(type, want)))
          FAIL(name(type) << " function " << f << " of " << x.at(i) << ": " << double(got) << " not " << double(want));
      }
    }
  }
}

TEST_CASE("functions of integers and of booleans, and what is refused") {
  for (int t = 0; t < dtypes; ++t)
    for (int f = 1; f < function_count; ++f) {
      auto const type = static_cast<dtype>(t);
      auto const fn = static_cast<unary_fn>(f);
      auto const build = [&](auto& g, int a) { return nd::unary(g, a, fn, -2, 3); };
      if (!nd::supports(fn, type)) CHECK(refused(build, value(type, {2})) == fix::give_a_supported_type);
      if (!nd::supports(fn, type) || nd::is_float(type)) continue;
      value x(type, {40}), want(type, {40});
      for (std::size_t i = 0; i < x.size(); ++i) {
        double const v = type == dtype::boolean ? static_cast<double>(i % 2) : static_cast<double>(i) - 20;
        x.set(i, v);
        double const stored = x.at(i);
        if (fn == unary_fn::logical_not)
          want.set(i, 1 - v);
        else if (fn == unary_fn::bitwise_not)
          want.set(i, -v - 1);
        else if (fn == unary_fn::neg)
          want.set(i, -v);
        else if (fn == unary_fn::clip)
          want.set(i, stored > 3 ? 3 : stored < -2 ? -2 : stored);
        else
          want.set(i, nd::is_unsigned(type) && fn != unary_fn::sign
                          ? v
                          : static_cast<double>(defined(fn, static_cast<real>(stored), 0, 0)));
      }
      value const y = evaluate(build, x);
      CHECK(y.type == type);
      CHECK(y.all() == want.all());
    }
}

TEST_CASE("corners of functions: NaN, infinities, halves, extremes") {
  double const inf = HUGE_VAL, big = 3e38;
  value const x = floats({9}, {-inf, -big, -2.5, -0.5, 0.5, 1.5, 2.5, inf, NAN});
  CHECK(apply(unary_fn::is_nan, x).all() == std::vector<double>{0, 0, 0, 0, 0, 0, 0, 0, 1});
  CHECK(apply(unary_fn::is_inf, x, 1, 1).all() == std::vector<double>{1, 0, 0, 0, 0, 0, 0, 1, 0});
  CHECK(apply(unary_fn::is_inf, x, 1, 0).all() == std::vector<double>{1, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(apply(unary_fn::is_inf, x, 0, 1).all() == std::vector<double>{0, 0, 0, 0, 0, 0, 0, 1, 0});
  auto const but_last = [](std::vector<double> v) { return v.pop_back(), v; };
  CHECK(but_last(apply(unary_fn::round, x).all()) == std::vector<double>{-inf, -3e38f, -2, 0, 0, 2, 2, inf});
  CHECK(but_last(apply(unary_fn::sigmoid, x).all()).front() == 0);
  CHECK(but_last(apply(unary_fn::softplus, x).all()) ==
        std::vector<double>{
            0, 0, std::log1p(std::exp(-2.5f)), float(std::log1p(std::exp(-0.5))), float(std::log1p(std::exp(0.5))),
            float(std::log1p(std::exp(1.5))), float(std::log1p(std::exp(2.5))), inf});
  for (int f = 0; f < function_count; ++f)
    if (auto const fn = static_cast<unary_fn>(f); nd::supports(fn, dtype::f32) && !of_truths(fn)) {
      CAPTURE(f);
      CHECK((fn == unary_fn::thresholded_relu || std::isnan(apply(fn, x, 1, 2).at(8))));
    }
  value const low = make(dtype::i32, {2}, {-2147483648.0, 2147483647.0});
  CHECK(apply(unary_fn::abs, low).all() == std::vector<double>{-2147483648.0, 2147483647.0});
  CHECK(apply(unary_fn::clip, low, -3.4e38f, 3.4e38f).all() == low.all());
}

TEST_CASE("any extents, any number of elements") {
  CHECK(rc::check([] {
    value const x = any_value(*rc::gen::element(dtype::f32, dtype::f16, dtype::i64, dtype::i8), any_dims());
    value const y = apply(unary_fn::relu, x);
    RC_ASSERT(y.dims == x.dims);
    for (std::size_t i = 0; i < y.size(); ++i) RC_ASSERT(y.at(i) == (x.at(i) < 0 ? 0 : x.at(i)));
  }));
}
