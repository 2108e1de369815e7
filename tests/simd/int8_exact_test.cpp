// Every way in which int8 kernels round, under every set of flags: small, because it is compiled often. The kernels'
// own tests go through shapes.
#include <hone/simd/conv2d_int8-inl.hpp>
#include <hone/simd/depthwise_int8-inl.hpp>
#include <hone/simd/edges_int8-inl.hpp>
#include <hone/simd/elementwise_int8-inl.hpp>
#include <hone/simd/pool_int8-inl.hpp>
#include <tests/simd/int8_on_all.hpp>

using namespace tests;

namespace {
constexpr op conv = int8_op(conv2d_kind, {3, 5, 4}, 18, same(3, 3), {1, 3, 1});
constexpr op dense = int8_op(dense_kind, {1, 1, 21}, 6, {}, {1, 1, 1, 2});
constexpr op depthwise = int8_op(depthwise_conv2d_kind, {3, 4, 19}, 19, same(3, 3));
}  // namespace

TEST_CASE("int8 results do not depend on ISA and flags") {
  SECTION("by the bias trick, with an addend") { check_exact<with_addend(conv)>(); }
  SECTION("of any weights") { check_exact<of_any_weights(conv)>(); }
  SECTION("clipped, odd zero points") { check_exact<clipping(with_zeros(of_any_weights(conv), 77, 131), 131, 250)>(); }
  SECTION("by conversion, signed") { check_exact<with_zeros(conv, 128, 128)>(); }
  SECTION("by conversion, large sums") { check_exact<converting(dense)>(); }
  SECTION("f32") { check_exact<with_f32(dense)>(); }
  SECTION("depthwise") { check_exact<depthwise>(); }
  SECTION("mean") { check_exact<int8_op(avg_pool_kind, {3, 3, 9}, 9, valid(3, 3))>(); }
  SECTION("sum") { check_exact<with_zeros(int8_op(add_kind, {1, 3, 9}, 9), 128, 128, 0)>(); }
  SECTION("concat") { check_exact<with_zeros(int8_op(concat_kind, {1, 3, 5}, 9), 0, 0, 128)>(); }
  SECTION("quantize") { check_exact<quantizing({1, 3, 9}, 128)>(); }
  SECTION("table") { check_exact<int8_op(table_kind, {1, 3, 9}, 9)>(); }
  SECTION("sum of edges") {
    check_exact<clipping(with_zeros(int8_op(qadd_kind, {3, 7, 9}, 9), 3, 60, 200), 60, 255)>();
  }
  SECTION("product of edges") { check_exact<with_zeros(int8_op(qmul_kind, {3, 7, 9}, 9), 128, 77, 1)>(); }
  SECTION("dequantize") { check_exact<dequantizing({1, 3, 9}, 128)>(); }
}
