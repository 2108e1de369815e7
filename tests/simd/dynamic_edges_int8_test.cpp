#include <tests/simd/dynamic_int8.hpp>

using namespace tests;

TEST_CASE("run-time kernels of quantised edges are exact") {
  SECTION("quantize") { check_run_time(quantizing({5, 7, 3}, 83)); }
  SECTION("quantize, one number") { check_run_time(quantizing({1, 1, 1}, 128)); }
  SECTION("dequantize") { check_run_time(dequantizing({5, 7, 3}, 9)); }
  SECTION("dequantize, one number") { check_run_time(dequantizing({1, 1, 1}, 0)); }
  SECTION("sum") { check_run_time(with_zeros(int8_op(add_kind, {3, 5, 7}, 7), 128, 1, 0)); }
  SECTION("sum, one number") { check_run_time(int8_op(add_kind, {1, 1, 1}, 1)); }
  SECTION("concat") { check_run_time(with_zeros(int8_op(concat_kind, {2, 3, 5}, 82), 0, 127, 129)); }
  SECTION("concat of one channel") { check_run_time(with_zeros(int8_op(concat_kind, {2, 3, 1}, 2), 128, 0, 0)); }
  SECTION("table") { check_run_time(int8_op(table_kind, {5, 7, 9}, 9)); }
  SECTION("sum of edges, clipped") {
    check_run_time(clipping(with_zeros(int8_op(qadd_kind, {5, 7, 11}, 11), 3, 90, 255), 90, 255));
  }
  SECTION("product of edges") { check_run_time(with_zeros(int8_op(qmul_kind, {3, 5, 7}, 7), 130, 127, 9)); }
}

TEST_CASE("run-time int8 pooling is exact") {
  SECTION("global mean") { check_run_time(int8_op(avg_pool_kind, {4, 4, 32}, 32, valid(4, 4))); }
  SECTION("mean, overlapping, other zero points") {
    check_run_time(with_zeros(int8_op(avg_pool_kind, {7, 5, 37}, 37, strided(valid(3, 2), 2)), 3, 200));
  }
  SECTION("mean of one channel") { check_run_time(int8_op(avg_pool_kind, {6, 6, 1}, 1, valid(2, 2))); }
  SECTION("maximum, padded") {
    check_run_time(with_zeros(int8_op(max_pool_kind, {5, 7, 70}, 70, strided(same(3, 3), 2)), 128, 128));
  }
  SECTION("maximum of one pixel") { check_run_time(int8_op(max_pool_kind, {1, 1, 3}, 3, same(3, 3))); }
}
