#include "float_case.hpp"

namespace {

using namespace tests;

constexpr op conv(shape in, int channels, nn::extent kernel, nn::extent stride = 1, nn::padding p = nn::padding::same) {
  op o{};
  o.kind = &conv2d_kind, o.in = in, o.win = nn::make_window(in, kernel, stride, p);
  o.out = nn::slide(o, in, channels).out;
  return with_bf16(o);
}

TEST_CASE("convolutions with bf16 weights equal the double reference") {
  SECTION("3x3, 8x8, 16 channels") { check_kernel<conv({8, 8, 16}, 16, 3), 1>(); }
  SECTION("one channel in") { check_kernel<conv({8, 8, 1}, 16, 3), 2>(); }
  SECTION("odd everything") { check_kernel<with_addend(conv({7, 5, 3}, 5, 3)), 3>(); }
  SECTION("stride 2") { check_kernel<with(conv({8, 8, 6}, 20, 3, 2), functions::relu()), 4>(); }
  SECTION("valid, odd") { check_kernel<conv({6, 7, 5}, 9, {3, 2}, 1, nn::padding::valid), 1>(); }
  SECTION("a NaN, and channels that end in half a word") { check_poisoned<conv({5, 9, 3}, 7, 3), 0>(); }
  SECTION("1x1") { check_kernel<conv({5, 5, 9}, 33, 1), 2>(); }
}

}  // namespace
