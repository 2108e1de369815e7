// Numbers of any type as numbers of any other, rounded once.
#include <hone/nn/nd/cast.hpp>

#include <algorithm>
#include <cmath>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

value to(dtype type, value const& x) {
  return evaluate([&](auto& g, int a) { return nd::cast(g, a, type); }, x);
}
double least(dtype t) { return nd::is_unsigned(t) ? 0 : -std::ldexp(1.0, 8 * size_of(t) - 1); }
double beyond(dtype t) { return std::ldexp(1.0, 8 * size_of(t) - (nd::is_unsigned(t) ? 0 : 1)); }

// The f16 (10 bits, least exponent -14) or bf16 (7, -126) nearest to v, ties to even, by arithmetic of long doubles.
double nearest(long double v, int bits, int least_exponent) {
  int exponent = 0;
  std::frexp(v, &exponent);
  int const unit = std::max(exponent - 1, least_exponent) - bits;
  long double const r = std::ldexp(std::nearbyint(std::ldexp(v, -unit)), unit);
  long double const most = bits == 10 ? 65504.0L : std::ldexp(255.0L, 120);
  return static_cast<double>(std::fabs(r) > most ? std::copysign(HUGE_VALL, r) : r);
}
void check_halves(value const& x, auto const& exact) {
  value const f16 = to(dtype::f16, x), bf16 = to(dtype::bf16, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    CAPTURE(x.at(i));
    CHECK(f16.at(i) == nearest(exact(i), 10, -14));
    CHECK(bf16.at(i) == nearest(exact(i), 7, -126));
  }
}

constexpr auto network = [] {
  graph<2, 0, 0, 2, 2> g;
  nd::output(g, "y", nd::cast(g, nd::input(g, "x", {2, 3}, dtype::u8), dtype::f32));
  return g;
}();
static_assert(network.issue.how == fix::none && op_at(network, 1).type == dtype::f32 &&
              op_at(network, 1).from == dtype::u8 && dims_of(network, 1) == extents{2, 3});

}  // namespace

TEST_CASE("small numbers are the same in every type that has them") {
  CHECK(rc::check([] {
    dtype const a = any_type(), b = any_type();
    value const x = any_value(a, any_dims()), y = to(b, x);
    RC_ASSERT(y.type == b);
    RC_ASSERT(y.dims == x.dims);
    value want(b, x.dims);
    for (std::size_t i = 0; i < x.size(); ++i) {
      bool const clipped = nd::is_float(a) && nd::is_unsigned(b) && x.at(i) < 0;
      want.set(i, b == dtype::boolean ? x.at(i) != 0 : clipped ? 0 : x.at(i));
      RC_ASSERT(same(y, i, want, i));
    }
  }));
}

TEST_CASE("floats to integers go towards zero and stay in range") {
  std::vector<double> const samples{0,   -0.0,  0.5,  -0.5,  0.99, -0.99, 1.5,  -1.5,     127.5,     -128.9, 255.5,
                                    256, 32768, -4e4, 65535, 7e4,  3e9,   -3e9, HUGE_VAL, -HUGE_VAL, 1e19,   -1e19};
  auto const n = static_cast<std::int32_t>(samples.size());
  for (dtype from : {dtype::f32, dtype::f64, dtype::f16, dtype::bf16}) {
    value const x = make(from, {n}, samples);
    for (int t = 0; t < dtypes; ++t) {
      auto const type = static_cast<dtype>(t);
      if (!nd::is_integer(type)) continue;
      value const y = to(type, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        CAPTURE(name(from), name(type), x.at(i));
        double const v = std::trunc(x.at(i));
        if (v < least(type))
          CHECK(y.at(i) == least(type));
        else if (v >= beyond(type))  // as a double, the largest i64 and u64 are one more
          CHECK(y.at(i) == (size_of(type) == 8 ? beyond(type) : beyond(type) - 1));
        else
          CHECK(y.at(i) == v);
      }
      CHECK(to(type, make(from, {1}, {NAN})).at(0) == 0);
    }
  }
}

TEST_CASE("booleans are whether a number is not zero") {
  CHECK(to(dtype::boolean, floats({6}, {0, -0.0, 1e-40, NAN, -3, 1})).all() == std::vector<double>{0, 0, 1, 1, 1, 1});
  CHECK(to(dtype::boolean, make(dtype::u8, {2}, {0, 200})).all() == std::vector<double>{0, 1});
  CHECK(to(dtype::f16, make(dtype::boolean, {2}, {0, 1})).all() == std::vector<double>{0, 1});
}

TEST_CASE("integers keep their low bits") {
  value x(dtype::i64, {3});
  auto* const p = x.as<std::int64_t>();
  p[0] = 0x1122334455667788, p[1] = -1, p[2] = 200;
  CHECK(to(dtype::i8, x).all() == std::vector<double>{-120, -1, -56});
  CHECK(to(dtype::u16, x).all() == std::vector<double>{0x7788, 65535, 200});
  CHECK(to(dtype::i32, x).all() == std::vector<double>{0x55667788, -1, 200});
  CHECK(to(dtype::u64, x).as<std::uint64_t>()[1] == ~std::uint64_t{0});
  CHECK(to(dtype::i64, to(dtype::u64, x)).as<std::int64_t>()[0] == p[0]);
}

TEST_CASE("large integers become the nearest float") {
  value x(dtype::u64, {4});
  auto* const p = x.as<std::uint64_t>();
  // Beside halfway between two floats; by way of a double the second would be halfway.
  p[0] = (std::uint64_t{1} << 63) + (std::uint64_t{1} << 39), p[1] = p[0] + 1, p[2] = ~std::uint64_t{0},
  p[3] = 16777217;
  value const y = to(dtype::f32, x);
  for (std::size_t i = 0; i < 4; ++i) CHECK(y.at(i) == static_cast<double>(static_cast<float>(p[i])));
  check_halves(x, [&](std::size_t i) { return static_cast<long double>(p[i]); });
  value s(dtype::i64, {3});
  auto* const q = s.as<std::int64_t>();
  q[0] = -(std::int64_t{1} << 61) - (std::int64_t{1} << 53), q[1] = q[0] - 1, q[2] = 2049;
  check_halves(s, [&](std::size_t i) { return static_cast<long double>(q[i]); });
}

TEST_CASE("f64 becomes the nearest f16 and bf16, without rounding twice") {
  std::vector<double> v{1e-60, -1e-60, 1e60, 65519.999, 65520, 0x1p-25, 0x1.0000000001p-25, 0x1.ffp+127, 3.4e38};
  for (double near : {1.0 + 0x1p-11, 1.0 + 0x1p-8, 0x1.5p-16, 1000.5, 0x1.01p3})  // halfway, and beside
    for (double beside : {0.0, 0x1p-40, -0x1p-40}) v.push_back(near + beside), v.push_back(-near - beside);
  check_halves(make(dtype::f64, {static_cast<std::int32_t>(v.size())}, v),
               [&](std::size_t i) { return static_cast<long double>(v[i]); });
  CHECK(std::isnan(to(dtype::f16, make(dtype::f64, {1}, {NAN})).at(0)));
}

TEST_CASE("every f16 and every bf16 is itself again after f32 and f64") {
  for (dtype half : {dtype::f16, dtype::bf16}) {
    value x(half, {65536});
    for (std::size_t i = 0; i < x.size(); ++i) x.as<std::uint16_t>()[i] = static_cast<std::uint16_t>(i);
    for (dtype wide : {dtype::f32, dtype::f64}) {
      value const w = to(wide, x), y = to(half, w);
      std::size_t other = 0;
      for (std::size_t i = 0; i < x.size(); ++i)
        other += !same(y, i, x, i) && !(std::isnan(x.at(i)) && std::isnan(y.at(i)));
      CHECK(other == 0);
    }
  }
}
