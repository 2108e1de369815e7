#include <hone/simd/edges_int8-inl.hpp>
#include <tests/simd/int8_on_all.hpp>

using namespace tests;

TEST_CASE("functions from one quantised edge to another are exact") {
  SECTION("8x8x16") { check_exact<int8_op(table_kind, {8, 8, 16}, 16)>(); }
  SECTION("odd") { check_exact<int8_op(table_kind, {5, 7, 3}, 3)>(); }
  SECTION("one number") { check_exact<int8_op(table_kind, {1, 1, 1}, 1)>(); }
}

TEST_CASE("a table maps every byte on every ISA") {
  on_each_isa([]<isa I>() {
    CAPTURE(name(I));
    constexpr op o = int8_op(table_kind, {1, 1, 256}, 256);
    constexpr kernel_entry run = simd::entry_of<final_op<o, lanes_of(I)>, lanes_of(I), I>();
    buffer x(256), table(256), y(256);
    for (int i = 0; i < 256; ++i) {
      x.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(i);
      table.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(i * 37 + 11);
    }
    kernel_args a{};
    a.in[0] = x.data(), a.param[slot::weight] = table.data(), a.out = y.data();
    run(a);
    int wrong = 0;
    for (int i = 0; i < 256; ++i) wrong += y.as<std::uint8_t>()[i] != static_cast<std::uint8_t>(i * 37 + 11);
    CHECK(wrong == 0);
  });
}

TEST_CASE("sums and products of quantised edges are exact") {
  SECTION("sum") { check_exact<with_zeros(int8_op(qadd_kind, {4, 4, 16}, 16), 4, 132, 0)>(); }
  SECTION("sum, clipped at its zero point") {
    check_exact<clipping(with_zeros(int8_op(qadd_kind, {5, 7, 11}, 11), 0, 90, 255), 90, 255)>();
  }
  SECTION("sum, clipped on both sides") {
    check_exact<clipping(with_zeros(int8_op(qadd_kind, {5, 7, 11}, 11), 128, 0, 128), 3, 200)>();
  }
  SECTION("one number") { check_exact<with_zeros(int8_op(qadd_kind, {1, 1, 1}, 1), 255, 255, 255)>(); }
  SECTION("product") { check_exact<int8_op(qmul_kind, {4, 4, 16}, 16)>(); }
  SECTION("product, odd zero points") { check_exact<with_zeros(int8_op(qmul_kind, {3, 5, 7}, 7), 130, 127, 9)>(); }
}

TEST_CASE("a sum of quantised edges is dequantise, add, quantise") {
  CHECK(sum_of(dequantize(10, 3, 0.5f), dequantize(7, 9, 0.25f), 4.f, 100) == 112);     // (3.5 - 0.5) * 4 + 100
  CHECK(product_of(dequantize(10, 3, 0.5f), dequantize(7, 9, 0.25f), 4.f, 100) == 93);  // 3.5 * -0.5 * 4 + 100
  CHECK(sum_of(0.5f, 0.f, 1.f, 7) == 7);                                                // ties go to even
  CHECK(sum_of(1.5f, 0.f, 1.f, 7) == 9);
  CHECK(clipped(3, 5, 9) == 5);
  CHECK(clipped(12, 5, 9) == 9);
  CHECK(clipped(7, 5, 9) == 7);
}
