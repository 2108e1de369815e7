// Functions of one number keep their relative accuracy for every float, on every instruction set.
#include <hone/nn/activation.hpp>
#include <hone/simd/entry.hpp>

#include <bit>
#include <cmath>
#include <limits>

#include "catch2.hpp"
#include "tests/simd/machine.hpp"

namespace {

using namespace hone;

constexpr int together = 4096;
constexpr float least = std::numeric_limits<float>::min();  // normal numbers are not below

template <pw What>
constexpr op only() {
  op o{};
  o.kind = &function_kind, o.in = o.out = {1, 1, together};
  o.act.unary(What, o.act.x());
  return o;
}
// What is wrong with `got`, which should be within `tolerance` of `wanted` relatively: 0 nothing, else how much.
double excess(double got, double wanted, double tolerance) {
  auto const rounded = static_cast<float>(wanted);
  if (std::isnan(wanted)) return std::isnan(got) ? 0 : 1;
  if (std::isinf(rounded)) return got == static_cast<double>(rounded) ? 0 : 1;
  if (std::fabs(wanted) < static_cast<double>(least))
    return std::fabs(got) <= 1.0001 * static_cast<double>(least) ? 0 : 1;
  double const e = std::fabs(got - wanted) / std::fabs(wanted);
  return e <= tolerance ? 0 : e < 1 ? e : 1;
}
// Numbers of every exponent and both signs, and those that are none; of arguments below `from` nothing is asked.
template <pw What, class F>
void check(F definition, double tolerance, double from = -std::numeric_limits<double>::infinity()) {
  tests::on_each_isa([&]<isa I>() {
    kernel_entry const kernel = simd::entry_of<only<What>(), tests::lanes_of(I), I>();
    alignas(64) static float x[together + 16], y[together + 16];
    double worst = 0;
    float at = 0;
    for (std::uint32_t bits = 0; bits <= 0x7f800000u;) {
      for (int i = 0; i < together; i += 2, bits += 20011) {
        x[i] = std::bit_cast<float>(bits < 0x7f800000u ? bits : 0x7f800000u);
        x[i + 1] = -x[i];
      }
      x[together - 1] = std::numeric_limits<float>::quiet_NaN();
      kernel_args a{};
      a.in[0] = x, a.out = y;
      kernel(a);
      for (int i = 0; i < together; ++i) {
        double const v = static_cast<double>(x[i]);
        if (v < from) continue;
        double const e = excess(static_cast<double>(y[i]), definition(v), tolerance);
        if (e > worst) worst = e, at = x[i];
      }
    }
    INFO(name(I) << ": " << worst << " at " << at);
    CHECK(worst == 0);
  });
}

TEST_CASE("sigmoid and tanh are relatively accurate everywhere") {
  check<pw::sigmoid>([](double x) { return 1 / (1 + std::exp(-x)); }, 2.5e-7);
  check<pw::tanh>([](double x) { return std::tanh(x); }, 3e-7);
}
TEST_CASE("exponentials are relatively accurate everywhere") {
  check<pw::exp>([](double x) { return std::exp(x); }, 2e-7);
  check<pw::elu>([](double x) { return x < 0 ? std::expm1(x) : x; }, 1.2e-7);
  check<pw::softplus>(
      [](double x) { return std::fmax(x, x < 0 ? 0 : x) + std::log1p(std::exp(-std::fabs(x))); }, 3.5e-7);
}
TEST_CASE("logarithms, error functions and roots are relatively accurate everywhere") {
  check<pw::log>([](double x) { return std::log(x); }, 1e-7, static_cast<double>(least));
  check<pw::erf>([](double x) { return std::erf(x); }, 4e-7);
  check<pw::sqrt>([](double x) { return std::sqrt(x); }, 6e-8);
}
TEST_CASE("logarithms of what is no positive normal number") {
  tests::on_each_isa([&]<isa I>() {
    kernel_entry const kernel = simd::entry_of<only<pw::log>(), tests::lanes_of(I), I>();
    alignas(64) static float x[together + 16], y[together + 16];
    x[0] = 0, x[1] = -0.0f, x[2] = -least, x[3] = -std::numeric_limits<float>::infinity();
    kernel_args a{};
    a.in[0] = x, a.out = y;
    kernel(a);
    INFO(name(I));
    CHECK((std::isinf(y[0]) && y[0] < 0 && std::isinf(y[1]) && y[1] < 0));
    CHECK((std::isnan(y[2]) && std::isnan(y[3])));
  });
}

}  // namespace
