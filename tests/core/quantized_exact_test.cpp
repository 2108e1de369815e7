#include <hone/core/quantized.hpp>

#include <array>
#include <limits>

#include "catch2.hpp"

namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

// A number as sign and value * 2^exponent, in integers: an oracle that no flag for floating point can reach.
struct exact {
  bool negative;
  u64 value;
  int exponent;
};
exact exactly(float v) {
  auto const bits = std::bit_cast<u32>(v);
  u32 const field = bits >> 23 & 255, fraction = bits & 0x7fffff;
  return {
      bits >> 31 != 0, field != 0 ? fraction | 0x800000 : fraction, (field != 0 ? static_cast<int>(field) : 1) - 150};
}
// value / 2^shift, ties to even
u64 halved(u64 value, int shift) {
  if (shift <= 0) return value << -shift;
  if (shift > 62) return 0;
  u64 const quotient = value >> shift, rest = value & ((u64{1} << shift) - 1), half = u64{1} << (shift - 1);
  return quotient + (rest > half || (rest == half && (quotient & 1) != 0) ? 1 : 0);
}
exact to_24_bits(exact e) {
  int shift = 0;
  while (e.value >> shift >= u64{1} << 24) ++shift;
  return {e.negative, halved(e.value, shift), e.exponent + shift};
}
exact from_integer(std::int32_t v) {
  return to_24_bits({v < 0, v < 0 ? u64{0} - static_cast<u64>(static_cast<std::int64_t>(v)) : static_cast<u64>(v), 0});
}
exact product(exact a, exact b) {
  return to_24_bits({a.negative != b.negative, a.value * b.value, a.exponent + b.exponent});
}
int stored(exact e, int zero) {
  bool const large = e.value != 0 && e.exponent > 10;
  auto const n = large ? std::int64_t{100000} : static_cast<std::int64_t>(halved(e.value, -e.exponent));
  std::int64_t const q = (e.negative ? -n : n) + zero;
  return q < 0 ? 0 : q > 255 ? 255 : static_cast<int>(q);
}

constexpr u32 next(u32& state) {
  state ^= state << 13, state ^= state >> 17, state ^= state << 5;
  return state;
}
struct sample {
  std::int32_t acc;
  float scale;
  int zero;
};
// Accumulators of every size; scales of 2^-30 to 2^4, every second one with few bits, for ties.
constexpr sample draw(u32& state) {
  auto const acc = static_cast<std::int32_t>(next(state)) >> (next(state) % 32);
  u32 const fraction = next(state) & (next(state) % 2 != 0 ? 0x7fffffu : 0x600000u);
  auto const scale = std::bit_cast<float>((97 + next(state) % 35) << 23 | fraction);
  return {acc, scale, next(state) % 2 != 0 ? 0 : 128};
}

constexpr std::array<std::uint8_t, 512> at_compile_time = [] {
  std::array<std::uint8_t, 512> q{};
  u32 state = 7;
  for (auto& v : q) {
    sample const s = draw(state);
    v = hone::requantize(s.acc, s.scale, s.zero);
  }
  return q;
}();

}  // namespace

TEST_CASE("rne rounds ties to even, on both sides of zero") {
  constexpr std::array<std::array<float, 2>, 10> cases{
      {{0.5f, 0},
       {1.5f, 2},
       {2.5f, 2},
       {-0.5f, 0},
       {-1.5f, -2},
       {-2.5f, -2},
       {0.50000006f, 1},
       {0.49999997f, 0},
       {4194303.5f, 4194304},
       {-4194303.5f, -4194304}}};
  for (auto const& [v, n] : cases) {
    CAPTURE(v);
    CHECK(hone::rne(v) == static_cast<std::int32_t>(n));
  }
  static_assert(hone::rne(2.5f) == 2 && hone::rne(-3.5f) == -4);
}

TEST_CASE("requantize rounds twice, exactly as integers say") {
  u32 state = 20240601;
  int differences = 0;
  for (int i = 0; i < 200000; ++i) {
    sample const s = draw(state);
    int const wanted = stored(product(from_integer(s.acc), exactly(s.scale)), s.zero);
    differences += hone::requantize(s.acc, s.scale, s.zero) != wanted;
  }
  CHECK(differences == 0);
}

TEST_CASE("requantize gives at run time what it gives at compile time") {
  u32 state = 7;
  for (auto v : at_compile_time) {
    sample const s = draw(state);
    CHECK(hone::requantize(s.acc, s.scale, s.zero) == v);
  }
}

TEST_CASE("requantize saturates for every accumulator") {
  constexpr auto least = std::numeric_limits<std::int32_t>::min(), most = std::numeric_limits<std::int32_t>::max();
  for (float scale : {1.f, 255.f, 0x1p100f}) {
    CHECK(hone::requantize(most, scale, 0) == 255);
    CHECK(hone::requantize(most, scale, 128) == 255);
    CHECK(hone::requantize(least, scale, 0) == 0);
    CHECK(hone::requantize(least, scale, 128) == 0);
  }
  CHECK(hone::requantize(most, 0, 128) == 128);
}

TEST_CASE("quantize rounds the product before it rounds to an integer") {
  u32 state = 99;
  int differences = 0;
  for (int i = 0; i < 200000; ++i) {
    float const x = std::bit_cast<float>((next(state) & 0x807fffffu) | (107 + next(state) % 30) << 23);
    sample const s = draw(state);
    differences += hone::quantize(x, s.scale, s.zero) != stored(product(exactly(x), exactly(s.scale)), s.zero);
  }
  CHECK(differences == 0);
}

TEST_CASE("quantize takes every float") {
  float const inf = std::bit_cast<float>(0x7f800000u);
  for (u32 nan : {0x7fc00000u, 0xffc00001u, 0x7f800001u}) {
    CHECK(hone::quantize(std::bit_cast<float>(nan), 3.f, 128) == 128);
    CHECK(hone::quantize(std::bit_cast<float>(nan), 3.f, 0) == 0);
  }
  CHECK(hone::quantize(inf, 3.f, 128) == 255);
  CHECK(hone::quantize(-inf, 3.f, 128) == 0);
  CHECK(hone::quantize(3e38f, 3e37f, 0) == 255);
  CHECK(hone::quantize(-0.f, 3.f, 128) == 128);
}

TEST_CASE("dequantize undoes quantize") {
  for (int zero : {0, 128})
    for (int q = 0; q < 256; ++q) {
      float const x = hone::dequantize(static_cast<std::uint8_t>(q), zero, 0.25f);
      CHECK(hone::quantize(x, 4.f, zero) == q);
    }
}
