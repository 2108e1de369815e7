#include <hone/core/dtype.hpp>

#include "catch2.hpp"

using namespace hone;

namespace {

constexpr std::uint32_t bits(float v) { return std::bit_cast<std::uint32_t>(v); }
constexpr float number(std::uint32_t b) { return std::bit_cast<float>(b); }
constexpr std::uint32_t nearest(std::uint64_t b) { return bits(nearest_f32(std::bit_cast<double>(b))); }

}  // namespace

TEST_CASE("the nearest f32 of a double: ties, what is too large, subnormals and NaN") {
  struct {
    std::uint64_t from;
    std::uint32_t to;
  } const cases[]{
      {0x0000000000000000, 0x00000000}, {0x3ff0000000000000, 0x3f800000}, {0x3fb999999999999a, 0x3dcccccd},
      {0x3ff0000010000000, 0x3f800000}, {0x3ff0000030000000, 0x3f800002},  // ties to even
      {0x3ff0000010000001, 0x3f800001}, {0x3fffffffffffffff, 0x40000000}, {0x47efffffe0000000, 0x7f7fffff},
      {0x47efffffefffffff, 0x7f7fffff}, {0x47effffff0000000, 0x7f800000},  // 2^128 - 2^103
      {0x7fefffffffffffff, 0x7f800000}, {0x7ff0000000000000, 0x7f800000}, {0x3810000000000000, 0x00800000},
      {0x380fffffffffffff, 0x00800000}, {0x3800000000000000, 0x00400000}, {0x36a0000000000000, 0x00000001},
      {0x3690000000000000, 0x00000000}, {0x3690000000000001, 0x00000001}, {0x36a8000000000000, 0x00000002},
      {0x3680000000000000, 0x00000000}, {0x0000000000000001, 0x00000000}, {0x7ff8000000000000, 0x7fc00000},
      {0x7ff0000000000001, 0x7fc00000}, {0x7fffffffffffffff, 0x7fffffff},
  };
  for (auto const& c : cases) {
    CAPTURE(c.from);
    CHECK(nearest(c.from) == c.to);
    CHECK(nearest(c.from | 0x8000000000000000) == (c.to | 0x80000000));
  }
}

TEST_CASE("f16 and bf16 become f32 and come back; what lies between goes to the nearest, ties to even") {
  int wrong = 0;
  for (std::uint32_t h = 0; h < 0x7c00; ++h) {
    auto const here = static_cast<std::uint16_t>(h);
    float const v = from_f16(here);
    wrong += to_f16(v) != here || to_f16(number(bits(v) | 0x80000000)) != (here | 0x8000);
    double const up = h == 0x7bff ? 65536 : static_cast<double>(from_f16(static_cast<std::uint16_t>(h + 1)));
    float const middle = static_cast<float>((static_cast<double>(v) + up) / 2);
    wrong += to_f16(middle) != h + (h & 1);
    wrong += to_f16(number(bits(middle) - 1)) != h || to_f16(number(bits(middle) + 1)) != h + 1;
  }
  CHECK(wrong == 0);
  CHECK(bits(from_f16(0xfc00)) == 0xff800000);
  CHECK((bits(from_f16(0x7e00)) & 0x7fffffff) > 0x7f800000);
  CHECK(to_f16(number(0x7f800001)) == 0x7e00);
  for (std::uint32_t b = 0; b < 0x7f80; ++b) {
    wrong += to_bf16(from_bf16(static_cast<std::uint16_t>(b))) != b;
    wrong += to_bf16(number(b << 16 | 0x8000)) != b + (b & 1) || to_bf16(number(b << 16 | 0x8001)) != b + 1;
  }
  CHECK(wrong == 0);
}
