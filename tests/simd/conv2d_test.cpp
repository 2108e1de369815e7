#include "float_case.hpp"

namespace {

using namespace tests;
using nn::padding;

constexpr op conv(shape in, int channels, nn::extent kernel, nn::extent stride = 1, padding p = padding::same) {
  op o{};
  o.kind = &conv2d_kind, o.in = in, o.win = nn::make_window(in, kernel, stride, p);
  o.out.c = channels;
  o.out = nn::slide(o, in, channels).out;
  return o;
}

TEST_CASE("f32 convolutions equal the double reference") {
  SECTION("3x3, 8x8, 16 channels") { check_kernel<conv({8, 8, 16}, 16, 3), 1>(); }
  SECTION("one channel in") { check_kernel<conv({8, 8, 1}, 16, 3), 2>(); }
  SECTION("odd everything") { check_kernel<with_addend(conv({7, 5, 3}, 5, 3)), 3>(); }
  SECTION("stride 2") { check_kernel<with(conv({8, 8, 6}, 20, 3, 2), functions::relu()), 4>(); }
  SECTION("one channel out, one pixel") { check_kernel<conv({1, 1, 7}, 1, 3), 0>(); }
  SECTION("wide row, many tiles") { check_kernel<conv({2, 61, 2}, 3, 3), 1>(); }
}
TEST_CASE("a NaN reaches the results of a convolution that see it, and no other") {
  SECTION("3x3, odd") { check_poisoned<conv({5, 9, 3}, 7, 3), 1>(); }
  SECTION("1x1, stride 2") { check_poisoned<conv({5, 7, 2}, 17, 1, 2), 0>(); }
}
TEST_CASE("f32 convolutions of other windows") {
  SECTION("valid") { check_kernel<conv({6, 7, 4}, 9, {3, 2}, 1, padding::valid), 1>(); }
  SECTION("rows longer than the image") { check_kernel<conv({3, 4, 2}, 4, {5, 7}), 5>(); }
  SECTION("1x1") { check_kernel<with_addend(conv({5, 5, 9}, 33, 1)), 2>(); }
  SECTION("1x1, stride 2") { check_kernel<conv({5, 4, 8}, 12, 1, 2), 1>(); }
  SECTION("strides that leave a rest") { check_kernel<conv({9, 11, 3}, 8, {2, 3}, {3, 2}, padding::valid), 3>(); }
  SECTION("tanh") { check_kernel<with(conv({4, 6, 5}, 17, 3), functions::tanh()), 6>(); }
}

}  // namespace
