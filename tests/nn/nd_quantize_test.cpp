#include <hone/nn/nd/quantize.hpp>

#include <cmath>

#include "catch2.hpp"
#include "nd_random.hpp"

using namespace hone;
using namespace nd_values;

namespace {

static_assert(nd::to_stored<std::uint8_t>(0.5f, 0) == 0 && nd::to_stored<std::uint8_t>(1.5f, 0) == 2);
static_assert(nd::to_stored<std::int8_t>(2.5f, 1) == 3);  // rounded before the zero point is added
static_assert(nd::to_stored<std::int16_t>(1e30f, 5) == 32767 && nd::to_stored<std::uint16_t>(-1e30f, 5) == 0);
static_assert(nd::to_stored<std::uint8_t>(2.5000000001, 0) == 3 && nd::to_stored<std::int8_t>(-1e300, 0) == -128);

double nearest_stored(double steps, double zero, dtype to) {
  double const least = nd::is_unsigned(to) ? 0
                       : size_of(to) == 1  ? -128
                                           : -32768,
               most = least + (size_of(to) == 1 ? 255 : 65535);
  return std::fmin(std::fmax(std::nearbyint(steps) + zero, least), most);
}
// Which scale serves element i of x.
std::size_t scale_of(extents const& x, extents const& scales, int axis, int block, std::size_t i) {
  if (scales.size() == 1 && block == 0) return 0;
  std::size_t const inner = static_cast<std::size_t>(x.count(axis + 1, x.rank)), n = static_cast<std::size_t>(x[axis]);
  if (block == 0) return i / inner % n;
  return (i / inner / n * static_cast<std::size_t>(scales[axis]) + i / inner % n / static_cast<std::size_t>(block)) *
             inner +
         i % inner;
}
struct scaled_case {
  extents dims{}, scales{};
  int axis{}, block{};
};
scaled_case any_scaled() {
  scaled_case c;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) c.dims.push_back(*rc::gen::inRange(1, 7));
  c.axis = *rc::gen::inRange(0, c.dims.rank);
  int const how = *rc::gen::inRange(0, 3);
  if (how == 1) c.scales = {c.dims[c.axis]};
  if (how == 2) {
    c.block = *rc::gen::inRange(1, 5), c.scales = c.dims;
    c.scales[c.axis] = (c.dims[c.axis] + c.block - 1) / c.block;
  }
  return c;
}
value powers_of_two(dtype t, extents const& dims) {
  value v = any_value(t, dims, 3);
  for (std::size_t i = 0; i < v.size(); ++i) v.set(i, std::ldexp(1.0, static_cast<int>(v.at(i))));
  return v;
}

}  // namespace

TEST_CASE("quantisation: the nearest stored number, ties to even, then the zero point, then the range") {
  CHECK(rc::check([] {
    scaled_case const c = any_scaled();
    dtype const to = *rc::gen::element(dtype::u8, dtype::i8, dtype::u16, dtype::i16),
                from = *rc::gen::element(dtype::f32, dtype::f64, dtype::f16, dtype::bf16, dtype::i32);
    dtype const of_scale = from == dtype::i32 ? dtype::f32 : from;
    value const x = any_value(from, c.dims, 100), scale = powers_of_two(of_scale, c.scales),
                zero = any_value(to, c.scales, 100);
    bool const zeroed = *rc::gen::arbitrary<bool>();
    int const axis = *rc::gen::arbitrary<bool>() ? c.axis : c.axis - c.dims.rank;
    value const y = evaluate(
        [&](auto& g, int a, int s, int z) { return nd::quantize_linear(g, a, s, zeroed ? z : -1, axis, to, c.block); },
        x, scale, zero);
    RC_ASSERT(y.type == to);
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::size_t const k = scale_of(c.dims, c.scales, c.axis, c.block, i);
      RC_ASSERT(y.at(i) == nearest_stored(x.at(i) / scale.at(k), zeroed ? zero.at(k) : 0, to));
    }
  }));
}

TEST_CASE("quantisation divides, and rounds the f32 quotient once") {
  value x(dtype::f32, {2001});
  value const scale = floats({}, {0.1});
  for (std::size_t i = 0; i < x.size(); ++i) x.set(i, static_cast<double>(static_cast<float>(i) * 0.05f - 50.f));
  value const y =
      evaluate([](auto& g, int a, int s) { return nd::quantize_linear(g, a, s, -1, 0, dtype::i16); }, x, scale);
  for (std::size_t i = 0; i < x.size(); ++i) {
    float const quotient = x.as<float>()[i] / 0.1f;
    CHECK(y.at(i) == std::nearbyint(static_cast<double>(quotient)));
  }
}

TEST_CASE("quantisation saturates infinities, takes NaN for 0, and survives scales of 0") {
  value const x = floats({5}, {1, -1, INFINITY, -INFINITY, NAN}), zero = make(dtype::u8, {}, {7});
  auto const of = [&](double s) {
    return evaluate(
               [](auto& g, int a, int b, int z) { return nd::quantize_linear(g, a, b, z); }, x, floats({}, {s}), zero)
        .all();
  };
  CHECK(of(1) == std::vector<double>{8, 6, 255, 0, 7});
  CHECK(of(0) == std::vector<double>{255, 0, 255, 0, 7});
}

TEST_CASE("dequantisation: the distance from the zero point times the scale") {
  CHECK(rc::check([] {
    scaled_case const c = any_scaled();
    dtype const from = *rc::gen::element(dtype::u8, dtype::i8, dtype::u16, dtype::i16, dtype::i32),
                to = *rc::gen::element(dtype::f32, dtype::f64, dtype::f16, dtype::bf16);
    value const x = any_value(from, c.dims, 100), scale = powers_of_two(to, c.scales),
                zero = any_value(from, c.scales, 27);
    bool const zeroed = *rc::gen::arbitrary<bool>();
    value const y = evaluate(
        [&](auto& g, int a, int s, int z) { return nd::dequantize_linear(g, a, s, zeroed ? z : -1, c.axis, c.block); },
        x, scale, zero);
    RC_ASSERT(y.type == to);
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::size_t const k = scale_of(c.dims, c.scales, c.axis, c.block, i);
      RC_ASSERT(y.at(i) == (x.at(i) - (zeroed ? zero.at(k) : 0)) * scale.at(k));
    }
  }));
}

TEST_CASE("dynamic quantisation holds all numbers and 0") {
  auto const scale = [](value const& x) {
    return evaluate([](auto& g, int a) { return nd::dynamic_quantize_scale(g, a); }, x);
  };
  auto const zero = [](value const& x) {
    return evaluate([](auto& g, int a) { return nd::dynamic_quantize_zero(g, a); }, x);
  };
  CHECK(rc::check([&] {
    value x = any_value(dtype::f32, {*rc::gen::inRange(1, 40)}, 50);
    if (*rc::gen::arbitrary<bool>())
      for (std::size_t i = 0; i < x.size(); ++i) x.set(i, std::fabs(x.at(i)) + 1);
    double least = 0, most = 0;
    for (std::size_t i = 0; i < x.size(); ++i) least = std::fmin(least, x.at(i)), most = std::fmax(most, x.at(i));
    value const y = evaluate([](auto&g, int a) { return nd::dynamic_quantize_value(g, a); }, x), s = scale(x),
                z = zero(x);
    RC_ASSERT(s.dims == extents{});
    RC_ASSERT(z.type == dtype::u8);
    float const step = most == least ? 1.f : static_cast<float>(most - least) / 255.f;
    RC_ASSERT(s.as<float>()[0] == step);
    RC_ASSERT(z.at(0) == std::nearbyint(static_cast<double>(static_cast<float>(-least) / step)));
    for (std::size_t i = 0; i < x.size(); ++i)
      RC_ASSERT(std::fabs((y.at(i) - z.at(0)) * static_cast<double>(step) - x.at(i)) <=
                static_cast<double>(step) * 1.001);
  }));
  value const zeros(dtype::f32, {4});
  CHECK(scale(zeros).at(0) == 1);
  CHECK(zero(zeros).at(0) == 0);
}

TEST_CASE("quantisation refuses what does not fit") {
  value const x(dtype::f32, {2, 6}), one(dtype::f32, {}), two(dtype::f32, {2}), bytes(dtype::u8, {}),
      words(dtype::i16, {}), long_words(dtype::i32, {});
  auto const how = [&](value const& s, value const& z, int axis, dtype to, int block) {
    return refused(
        [&](auto& g, int a, int b, int c) { return nd::quantize_linear(g, a, b, c, axis, to, block); }, x, s, z);
  };
  CHECK(how(one, bytes, 1, dtype::u8, 0) == fix::none);
  CHECK(how(one, words, 1, dtype::u8, 0) == fix::give_a_supported_type);
  CHECK(how(one, long_words, 1, dtype::i32, 0) == fix::give_a_supported_type);
  CHECK(how(two, bytes, 0, dtype::u8, 0) == fix::give_extents_that_match);
  CHECK(how(two, value(dtype::u8, {2}), 1, dtype::u8, 0) == fix::give_extents_that_match);
  CHECK(how(two, value(dtype::u8, {2}), 0, dtype::u8, 0) == fix::none);
  CHECK(how(two, value(dtype::u8, {2}), 2, dtype::u8, 0) == fix::give_an_axis_that_is_there);
  CHECK(how(two, value(dtype::u8, {2}), 0, dtype::u8, 3) == fix::give_extents_that_match);
  CHECK(refused([](auto& g, int a, int b) { return nd::dequantize_linear(g, a, b, -1); }, x, one) ==
        fix::give_a_supported_type);
  CHECK(refused([](auto& g, int a) { return nd::dynamic_quantize_value(g, a); }, bytes) == fix::give_a_supported_type);
}
