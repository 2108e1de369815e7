#include <hone/simd/elementwise_int8-inl.hpp>
#include <hone/simd/pool_int8-inl.hpp>
#include <tests/simd/int8_on_all.hpp>

#include <limits>

using namespace tests;

TEST_CASE("quantize and dequantize are exact") {
  SECTION("8x8") { check_exact<quantizing({8, 8, 1}, 0)>(); }
  SECTION("signed") { check_exact<quantizing({5, 7, 3}, 128)>(); }
  SECTION("one number") { check_exact<quantizing({1, 1, 1}, 128)>(); }
  SECTION("back") { check_exact<dequantizing({5, 7, 3}, 128)>(); }
  SECTION("back, one number") { check_exact<dequantizing({1, 1, 1}, 0)>(); }
}

TEST_CASE("quantize takes every float on every ISA") {
  on_each_isa([]<isa I>() {
    CAPTURE(name(I));
    constexpr op o = quantizing({1, 1, 64}, 128);
    constexpr kernel_entry run = simd::entry_of<final_op<o, lanes_of(I)>, lanes_of(I), I>();
    constexpr std::uint32_t odd[]{0x7fc00000, 0xffc00001, 0x7f800001, 0xffffffff, 0x7f800000, 0xff800000, 0x7f7fffff,
                                  0xff7fffff, 0x80000000, 0,          0x3f000000, 0xbf000000, 0x4f000000, 0xcf000000};
    buffer x(64 * 4), q(64);
    for (std::size_t i = 0; i < 64; ++i) x.as<std::uint32_t>()[i] = odd[i % std::size(odd)];
    for (float k : {1.f, 3.f, 0x1p100f}) {
      kernel_args a{};
      a.in[0] = x.data(), a.out = q.data(), a.param[slot::scale] = &k;
      run(a);
      for (std::size_t i = 0; i < 64; ++i) {
        CAPTURE(i);
        CHECK(q.as<std::uint8_t>()[i] == quantize(x.as<float>()[i], k, 128));
      }
    }
  });
}

TEST_CASE("int8 pooling is exact") {
  SECTION("global mean") { check_exact<int8_op(avg_pool_kind, {4, 4, 32}, 32, valid(4, 4))>(); }
  SECTION("mean, overlapping") {
    check_exact<with_zeros(int8_op(avg_pool_kind, {7, 5, 37}, 37, strided(valid(3, 2), 2)), 128, 128)>();
  }
  SECTION("mean of one channel") { check_exact<int8_op(avg_pool_kind, {6, 6, 1}, 1, valid(2, 2))>(); }
  SECTION("maximum") { check_exact<int8_op(max_pool_kind, {6, 8, 24}, 24, strided(valid(2, 2), 2))>(); }
  SECTION("maximum, padded, 128") {
    check_exact<with_zeros(int8_op(max_pool_kind, {5, 7, 70}, 70, strided(same(3, 3), 2)), 128, 128)>();
  }
  SECTION("maximum of one pixel") { check_exact<int8_op(max_pool_kind, {1, 1, 3}, 3, same(3, 3))>(); }
}

TEST_CASE("int8 sums and joins are exact") {
  SECTION("sum") { check_exact<int8_op(add_kind, {4, 4, 16}, 16)>(); }
  SECTION("sum, 128") { check_exact<with_zeros(int8_op(add_kind, {3, 5, 7}, 7), 128, 128, 0)>(); }
  SECTION("sum to 0") { check_exact<with_zeros(int8_op(add_kind, {3, 5, 7}, 7), 128, 0, 128)>(); }
  SECTION("concat") { check_exact<int8_op(concat_kind, {4, 4, 16}, 48)>(); }
  SECTION("concat, 128") { check_exact<with_zeros(int8_op(concat_kind, {2, 3, 5}, 82), 0, 128, 128)>(); }
  SECTION("concat of one channel") { check_exact<with_zeros(int8_op(concat_kind, {2, 3, 1}, 2), 128, 0, 0)>(); }
}
