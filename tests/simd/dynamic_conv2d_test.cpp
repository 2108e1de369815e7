#include "dynamic_case.hpp"

namespace {

using namespace tests;
using nn::padding;

op conv(shape in, int channels, nn::extent kernel, nn::extent stride = 1, padding p = padding::same) {
  op o{};
  o.kind = &conv2d_kind, o.in = in, o.win = nn::make_window(in, kernel, stride, p);
  o.out = nn::slide(o, in, channels).out;
  return o;
}

TEST_CASE("run-time f32 convolutions equal the double reference in every tile") {
  SECTION("3x3, 8x8, 16 channels") { check_dynamic(conv({8, 8, 16}, 16, 3)); }
  SECTION("one channel in") { check_dynamic(conv({8, 8, 1}, 16, 3)); }
  SECTION("odd everything") { check_dynamic(with_addend(conv({7, 5, 3}, 5, 3))); }
  SECTION("stride 2") { check_dynamic(with(conv({8, 8, 6}, 20, 3, 2), functions::relu())); }
  SECTION("one channel out, one pixel") { check_dynamic(conv({1, 1, 7}, 1, 3)); }
  SECTION("wide row, many tiles") { check_dynamic(conv({2, 61, 2}, 37, 3)); }
  SECTION("two columns") { check_dynamic(conv({3, 2, 3}, 35, 3)); }
  SECTION("one column") { check_dynamic(conv({4, 1, 5}, 19, 3)); }
}
TEST_CASE("a NaN reaches the results of a run-time convolution that see it, and no other") {
  SECTION("3x3, odd") { check_dynamic(conv({5, 9, 3}, 7, 3), true); }
  SECTION("1x1, stride 2") { check_dynamic(conv({5, 7, 2}, 17, 1, 2), true); }
  SECTION("wide window") { check_dynamic(conv({3, 8, 2}, 33, {3, 7}), true); }
}
TEST_CASE("run-time f32 convolutions of other windows") {
  SECTION("valid") { check_dynamic(conv({6, 7, 4}, 9, {3, 2}, 1, padding::valid)); }
  SECTION("rows longer than the image") { check_dynamic(conv({3, 4, 2}, 4, {5, 7})); }
  SECTION("two columns wide") { check_dynamic(conv({3, 6, 2}, 4, {1, 2})); }
  SECTION("four columns wide, stride 2") { check_dynamic(conv({9, 10, 1}, 64, {10, 4}, 2)); }
  SECTION("1x1") { check_dynamic(with_addend(conv({5, 5, 9}, 33, 1))); }
  SECTION("1x1, stride 2") { check_dynamic(conv({5, 4, 8}, 12, 1, 2)); }
  SECTION("strides that leave a rest") { check_dynamic(conv({9, 11, 3}, 8, {2, 3}, {3, 2}, padding::valid)); }
  SECTION("padding on one side alone") {
    op o = conv({4, 9, 3}, 6, 3);
    o.win.right = 0, o.win.top = 0, o.out = nn::slide(o, o.in, 6).out;
    check_dynamic(o);
  }
}
TEST_CASE("functions and sums after run-time convolutions") {
  SECTION("tanh") { check_dynamic(with(conv({4, 6, 5}, 17, 3), functions::tanh())); }
  SECTION("relu6") { check_dynamic(with(with_addend(conv({4, 6, 5}, 33, 3)), functions::relu6())); }
  SECTION("leaky relu") { check_dynamic(with(conv({6, 5, 4}, 9, 3), functions::leaky_relu())); }
  SECTION("sigmoid") { check_dynamic(with(conv({3, 3, 2}, 3, 1), functions::sigmoid())); }
}

}  // namespace
