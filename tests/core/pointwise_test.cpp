#include <hone/core/pointwise.hpp>

#include "catch2.hpp"

#include <cmath>

using namespace hone;

TEST_CASE("the functions mean what their names say") {
  for (double x : {-7.0, -1.5, -0.0, 0.3, 2.0, 6.0, 9.0}) {
    CHECK(functions::relu()(x) == std::max(x, 0.0));
    CHECK(functions::relu6()(x) == std::min(std::max(x, 0.0), 6.0));
    CHECK(functions::leaky_relu()(x) == (x > 0 ? x : x * double(0.01f)));
    CHECK(functions::tanh()(x) == Approx(std::tanh(x)).margin(1e-15));
    CHECK(functions::sigmoid()(x) == Approx(1 / (1 + std::exp(-x))).margin(1e-15));
    CHECK(functions::silu()(x) == Approx(x / (1 + std::exp(-x))).margin(1e-15));
    CHECK(pointwise{}(x) == x);
  }
}

namespace {
pointwise only(pw what) {
  pointwise p;
  p.unary(what, p.x());
  return p;
}
}  // namespace

TEST_CASE("steps of one operand mean what their names say, tiny results, too") {
  for (double x : {-80.0, -7.0, -0.3, 1e-9, 0.8, 9.0, 80.0}) {
    CHECK(only(pw::sigmoid)(x) == Approx(1 / (1 + std::exp(-x))).epsilon(1e-12));
    CHECK(only(pw::exp)(x) == Approx(std::exp(x)).epsilon(1e-12));
    CHECK(only(pw::elu)(x) == Approx(x < 0 ? std::expm1(x) : x).epsilon(1e-12));
    CHECK(only(pw::softplus)(x) == Approx(x < 30 ? std::log1p(std::exp(x)) : x).epsilon(1e-12));
    CHECK(only(pw::erf)(x) == Approx(std::erf(x)).epsilon(1e-12));
    CHECK(only(pw::log)(x + 100) == Approx(std::log(x + 100)).epsilon(1e-12));
    CHECK(only(pw::sqrt)(x + 100) == Approx(std::sqrt(x + 100)).epsilon(1e-12));
    CHECK(only(pw::sigmoid)(static_cast<float>(x)) == Approx(1 / (1 + std::exp(-x))).epsilon(1e-5));
  }
}

TEST_CASE("derivatives agree with central differences away from kinks") {
  pointwise odd;  // (x - 2 / x) * min(x, 3)
  int const x = odd.x();
  int const inner = odd.sub(x, odd.div(odd.constant(2), x));
  odd.mul(inner, odd.min(x, odd.constant(3)));
  double const h = 1e-6;
  for (pointwise const& f :
       {functions::relu(), functions::relu6(), functions::leaky_relu(), functions::tanh(), functions::sigmoid(), odd})
    for (double v : {-2.7, -0.4, 0.6, 2.5, 7.3})
      CHECK(f.derivative(v) == Approx((f(v + h) - f(v - h)) / (2 * h)).margin(1e-7));
  for (pw what : {pw::tanh, pw::sigmoid, pw::exp, pw::log, pw::elu, pw::softplus, pw::erf, pw::sqrt})
    for (double v : {-2.7, -0.4, 0.6, 2.5, 7.3}) {
      pointwise const f = only(what);
      if (v > 0 || (what != pw::log && what != pw::sqrt))
        CHECK(f.derivative(v) == Approx((f(v + h) - f(v - h)) / (2 * h)).epsilon(1e-6).margin(1e-7));
    }
}

TEST_CASE("int8 sees which functions are clips") {
  CHECK(as_clip(pointwise{}).clips);
  CHECK_FALSE(as_clip(pointwise{}).from_zero);
  CHECK(as_clip(functions::relu()).from_zero);
  CHECK(as_clip(functions::relu()).high == 0);
  CHECK(as_clip(functions::relu6()).high == 6);
  CHECK(as_clip(functions::clipped_relu(2.5f)).high == 2.5f);
  CHECK_FALSE(as_clip(functions::tanh()).clips);
  CHECK_FALSE(as_clip(functions::clipped_relu(-1)).clips);
}
