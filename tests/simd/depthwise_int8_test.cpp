#include <hone/simd/depthwise_int8-inl.hpp>
#include <tests/simd/int8_on_all.hpp>

using namespace tests;

namespace {
constexpr op depthwise(shape in, window w) { return int8_op(depthwise_conv2d_kind, in, in.c, w); }
}  // namespace

TEST_CASE("int8 depthwise convolutions are exact") {
  SECTION("3x3") { check_exact<depthwise({7, 5, 64}, same(3, 3))>(); }
  SECTION("3x3, stride 2") { check_exact<depthwise({6, 6, 64}, strided(same(3, 3), 2))>(); }
  SECTION("one channel") { check_exact<depthwise({5, 4, 1}, same(3, 3))>(); }
  SECTION("one pixel") { check_exact<depthwise({1, 1, 3}, same(3, 3))>(); }
  SECTION("channels that fill no vector") { check_exact<depthwise({4, 9, 77}, same(3, 3))>(); }
  SECTION("channels that fill half a vector of 64 bytes") { check_exact<depthwise({4, 5, 32}, same(3, 3))>(); }
  SECTION("channels that fill half a vector of 32 bytes") { check_exact<depthwise({4, 5, 48}, same(3, 3))>(); }
  SECTION("several pixels a vector") { check_exact<depthwise({5, 13, 8}, same(3, 3))>(); }
  SECTION("several pixels a vector, stride 2") { check_exact<depthwise({6, 9, 16}, strided(same(3, 3), 2))>(); }
  SECTION("5x5") { check_exact<depthwise({6, 7, 20}, same(5, 5))>(); }
  SECTION("2x2, valid") { check_exact<depthwise({5, 6, 16}, valid(2, 2))>(); }
  SECTION("1x4, stride 3") { check_exact<depthwise({3, 11, 8}, strided(same(1, 4), 3))>(); }
  SECTION("4x1, stride 2") { check_exact<depthwise({9, 3, 8}, strided(valid(4, 1), 2))>(); }
}

TEST_CASE("int8 depthwise convolutions are exact with every zero point and result") {
  SECTION("input 128") { check_exact<with_zeros(depthwise({5, 4, 70}, same(3, 3)), 128, 0)>(); }
  SECTION("all 128, residual") {
    check_exact<with_zeros(with_addend(depthwise({4, 4, 40}, same(3, 3))), 128, 128, 128)>();
  }
  SECTION("odd zero points") { check_exact<with_zeros(depthwise({3, 3, 17}, same(3, 2)), 255, 3)>(); }
  SECTION("residual") { check_exact<with_addend(depthwise({5, 4, 64}, same(3, 3)))>(); }
  SECTION("f32") { check_exact<with_f32(depthwise({4, 4, 21}, same(3, 3)))>(); }
  SECTION("converting, residual") { check_exact<converting(with_addend(depthwise({3, 4, 18}, same(3, 3))))>(); }
}
