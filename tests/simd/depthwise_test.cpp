#include "float_case.hpp"

namespace {

using namespace tests;
using nn::padding;

constexpr op depthwise(shape in, nn::extent kernel, nn::extent stride = 1, padding p = padding::same) {
  op o{};
  o.kind = &depthwise_conv2d_kind, o.in = in, o.win = nn::make_window(in, kernel, stride, p);
  o.out = nn::slide(o, in, in.c).out;
  return o;
}

TEST_CASE("f32 depthwise convolutions equal the double reference") {
  SECTION("3x3") { check_kernel<depthwise({8, 8, 16}, 3), 0>(); }
  SECTION("odd channels, many tiles") { check_kernel<with(depthwise({3, 61, 5}, 3), functions::relu()), 2>(); }
  SECTION("stride 2, even extents") { check_kernel<with_addend(depthwise({8, 10, 20}, 3, 2)), 1>(); }
  SECTION("5x2, stride 1x2, valid") { check_kernel<depthwise({9, 11, 3}, {5, 2}, {1, 2}, padding::valid), 0>(); }
  SECTION("window wider than the image") { check_kernel<depthwise({2, 3, 9}, {3, 9}), 3>(); }
  SECTION("one pixel, one channel") { check_kernel<depthwise({1, 1, 1}, 3)>(); }
}
TEST_CASE("a NaN reaches the results of a depthwise convolution that see it, and no other") {
  check_poisoned<depthwise({5, 9, 7}, 3), 0>();
}
TEST_CASE("depthwise convolutions with bf16 weights") {
  SECTION("3x3") { check_kernel<with_bf16(depthwise({5, 7, 16}, 3)), 1>(); }
  SECTION("odd channels, stride 2") { check_kernel<with_bf16(depthwise({6, 9, 13}, {2, 3}, 2)), 0>(); }
}

}  // namespace
