#include "dynamic_case.hpp"

namespace {

using namespace tests;
using nn::padding;

op depthwise(shape in, nn::extent kernel, nn::extent stride = 1, padding p = padding::same) {
  op o{};
  o.kind = &depthwise_conv2d_kind, o.in = in, o.win = nn::make_window(in, kernel, stride, p);
  o.out = nn::slide(o, in, in.c).out;
  return o;
}

TEST_CASE("run-time f32 depthwise convolutions equal the double reference in every tile") {
  SECTION("3x3") { check_dynamic(depthwise({8, 8, 16}, 3)); }
  SECTION("odd channels, many tiles") { check_dynamic(with(depthwise({3, 61, 5}, 3), functions::relu())); }
  SECTION("stride 2, even extents") { check_dynamic(with_addend(depthwise({8, 10, 20}, 3, 2))); }
  SECTION("stride 2, odd extents") { check_dynamic(depthwise({7, 9, 3}, 3, 2)); }
  SECTION("stride 3") { check_dynamic(depthwise({7, 11, 3}, 3, 3)); }
  SECTION("5x2, stride 1x2, valid") { check_dynamic(depthwise({9, 11, 3}, {5, 2}, {1, 2}, padding::valid)); }
  SECTION("3x3, valid") { check_dynamic(depthwise({5, 7, 17}, 3, 1, padding::valid)); }
  SECTION("window wider than the image") { check_dynamic(depthwise({2, 3, 9}, {3, 9})); }
  SECTION("5x5, sigmoid") { check_dynamic(with(depthwise({6, 13, 18}, 5), functions::sigmoid())); }
  SECTION("two columns, one column") {
    check_dynamic(depthwise({4, 2, 3}, 3));
    check_dynamic(depthwise({4, 1, 3}, 3));
  }
  SECTION("one pixel, one channel") { check_dynamic(depthwise({1, 1, 1}, 3)); }
}
TEST_CASE("a NaN reaches the results of a run-time depthwise convolution that see it, and no other") {
  SECTION("3x3") { check_dynamic(depthwise({5, 9, 7}, 3), true); }
  SECTION("2x5, stride 2") { check_dynamic(depthwise({5, 9, 7}, {2, 5}, 2), true); }
}

}  // namespace
