// Each f32 and bf16 kernel once, under every set of flags and on Arm: small, because it is compiled often. The kernels'
// own tests go through shapes.
#include "float_case.hpp"

using namespace tests;

namespace {

constexpr op windowed(op_kind const& kind, shape in, int channels, nn::extent size, nn::extent stride,
                      nn::padding p = nn::padding::same) {
  op o{};
  o.kind = &kind, o.in = in, o.win = nn::make_window(in, size, stride, p);
  o.out = nn::slide(o, in, channels).out;
  return o;
}
constexpr op plain(op_kind const& kind, shape in, shape out) {
  op o{};
  o.kind = &kind, o.in = in, o.out = out;
  return o;
}

TEST_CASE("results of f32 kernels stay within their tolerance under all flags") {
  SECTION("convolution") { check_kernel<with_addend(windowed(conv2d_kind, {4, 7, 6}, 19, 3, 1)), 1>(); }
  SECTION("convolution, bf16") { check_kernel<with_bf16(windowed(conv2d_kind, {5, 5, 3}, 7, 3, 2)), 0>(); }
  SECTION("depthwise") { check_kernel<windowed(depthwise_conv2d_kind, {4, 9, 18}, 18, 3, 1), 1>(); }
  SECTION("dense") { check_kernel<with(plain(dense_kind, {1, 1, 37}, {1, 1, 20}), functions::tanh()), 1>(); }
  SECTION("pool") { check_kernel<windowed(max_pool_kind, {5, 4, 6}, 6, 2, 2)>(); }
  SECTION("softmax") { check_kernel<plain(softmax_kind, {1, 2, 21}, {1, 2, 21})>(); }
  SECTION("batch norm") { check_kernel<plain(batch_norm_kind, {2, 2, 5}, {2, 2, 5})>(); }
}

}  // namespace
