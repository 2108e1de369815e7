#include <tests/simd/dynamic_int8.hpp>

using namespace tests;

namespace {
op depthwise(shape in, window w) { return int8_op(depthwise_conv2d_kind, in, in.c, w); }
}  // namespace

TEST_CASE("run-time int8 depthwise convolutions are exact") {
  SECTION("3x3") { check_run_time(depthwise({6, 5, 16}, same(3, 3))); }
  SECTION("3x3, stride 2, odd channels") { check_run_time(depthwise({7, 9, 37}, strided(same(3, 3), 2))); }
  SECTION("3x3, one channel, one pixel") { check_run_time(depthwise({1, 1, 1}, same(3, 3))); }
  SECTION("3x3, half a vector") { check_run_time(depthwise({3, 4, 32}, same(3, 3))); }
  SECTION("3x3, many channels") { check_run_time(depthwise({3, 4, 130}, same(3, 3))); }
  SECTION("3x3, no padding") { check_run_time(depthwise({5, 4, 9}, valid(3, 3))); }
  SECTION("5x5") { check_run_time(depthwise({6, 7, 20}, same(5, 5))); }
  SECTION("4x1, stride 2") { check_run_time(depthwise({9, 3, 70}, strided(valid(4, 1), 2))); }
  SECTION("uneven strides") { check_run_time(depthwise({7, 11, 5}, window{3, 2, 2, 3, 1, 0, 1, 1})); }
  SECTION("larger than what is compiled") { check_run_time(depthwise({11, 10, 7}, same(9, 10))); }
}

TEST_CASE("run-time int8 depthwise convolutions of few channels are exact") {
  for (int const channels : {1, 2, 3, 4, 5, 8, 12, 16, 24, 32, 33})
    for (int const stride : {1, 2}) {
      CAPTURE(channels);
      CAPTURE(stride);
      check_run_time(depthwise({5, 11, channels}, strided(same(3, 3), stride)));
      check_run_time(depthwise({4, 3, channels}, strided(valid(3, 3), stride)));
    }
  SECTION("wide") { check_run_time(depthwise({6, 48, 8}, same(3, 3))); }
  SECTION("padded at the end alone") { check_run_time(depthwise({8, 20, 16}, {3, 3, 2, 2, 0, 0, 1, 1})); }
  SECTION("padded twice") { check_run_time(depthwise({3, 2, 8}, {3, 3, 1, 1, 2, 2, 2, 2})); }
  SECTION("with an input that is not seen to its end") { check_run_time(depthwise({6, 10, 8}, {3, 3, 2, 2})); }
  SECTION("all zero points, residual, clipped") {
    check_run_time(clipping(with_zeros(with_addend(depthwise({5, 9, 16}, same(3, 3))), 3, 9, 255), 9, 200));
  }
  SECTION("stride 2, converting") {
    check_run_time(converting(with_zeros(depthwise({5, 9, 8}, strided(same(3, 3), 2)), 200, 100)));
  }
}

TEST_CASE("run-time int8 depthwise convolutions are exact with every zero point and result") {
  SECTION("odd zero points") { check_run_time(with_zeros(depthwise({5, 6, 21}, same(3, 3)), 77, 131)); }
  SECTION("residual, clipped") {
    check_run_time(clipping(with_zeros(with_addend(depthwise({4, 6, 19}, same(3, 3))), 3, 9, 255), 9, 200));
  }
  SECTION("converting") { check_run_time(converting(with_addend(depthwise({4, 4, 66}, same(3, 3))))); }
  SECTION("f32") { check_run_time(with_f32(depthwise({4, 3, 18}, same(3, 3)))); }
  SECTION("5x5, zero points") { check_run_time(with_zeros(depthwise({6, 7, 18}, strided(same(5, 5), 2)), 200, 100)); }
}
