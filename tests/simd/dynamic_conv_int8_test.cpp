#include <tests/simd/dynamic_int8.hpp>

using namespace tests;

namespace {
op conv(shape in, int channels, window w) { return int8_op(conv2d_kind, in, channels, w); }
op dense(int from, int to) { return int8_op(dense_kind, {1, 1, from}, to); }
}  // namespace

TEST_CASE("run-time int8 convolutions of the usual shapes are exact in every tile") {
  SECTION("one channel") { check_run_time(conv({8, 8, 1}, 16, same(3, 3))); }
  SECTION("3x3") { check_run_time(conv({8, 8, 16}, 16, same(3, 3))); }
  SECTION("3x3, residual") { check_run_time(with_addend(conv({5, 8, 16}, 16, same(3, 3)))); }
  SECTION("3x3, stride 2") { check_run_time(conv({8, 8, 16}, 32, strided(same(3, 3), 2))); }
  SECTION("1x1") { check_run_time(conv({5, 5, 64}, 64, valid(1, 1))); }
}

TEST_CASE("run-time int8 convolutions of odd shapes are exact in every tile") {
  SECTION("one pixel") { check_run_time(conv({1, 1, 4}, 5, same(3, 3))); }
  SECTION("three channels, stride 2") { check_run_time(conv({7, 9, 3}, 8, strided(same(3, 3), 2))); }
  SECTION("wide, several tiles") { check_run_time(conv({2, 23, 8}, 24, same(3, 3))); }
  SECTION("channels that fill no vector") { check_run_time(conv({4, 5, 12}, 37, same(3, 2))); }
  SECTION("long kernel") { check_run_time(conv({9, 6, 4}, 10, same(7, 5))); }
  SECTION("valid, 2x4, uneven strides") { check_run_time(conv({5, 14, 8}, 17, window{2, 4, 1, 3, 0, 0, 0, 0})); }
  SECTION("rows of three bytes") { check_run_time(conv({4, 3, 1}, 7, same(3, 3))); }
  SECTION("two channels, 5x5") { check_run_time(conv({5, 7, 2}, 16, strided(same(5, 5), 2))); }
  SECTION("1x1, stride 2") { check_run_time(conv({5, 7, 20}, 3, strided(valid(1, 1), 2))); }
  SECTION("one column") { check_run_time(conv({6, 1, 1}, 1, same(3, 1))); }
  SECTION("padding wider than tiles") { check_run_time(conv({3, 4, 4}, 6, same(1, 4))); }
}

TEST_CASE("run-time int8 convolutions are exact with every zero point and result") {
  SECTION("odd zero points, residual") {
    check_run_time(with_zeros(with_addend(conv({3, 5, 5}, 9, strided(same(3, 3), 2))), 255, 1, 254));
  }
  SECTION("input 77, result 131, clipped") {
    check_run_time(clipping(with_zeros(conv({6, 5, 8}, 16, same(3, 3)), 77, 131), 131, 250));
  }
  SECTION("clipped, no zero points") { check_run_time(clipping(conv({6, 5, 8}, 16, same(3, 3)), 3, 99)); }
  SECTION("f32") { check_run_time(with_f32(conv({4, 6, 8}, 11, same(3, 3)))); }
  SECTION("converting, residual") {
    check_run_time(converting(with_zeros(with_addend(conv({4, 4, 32}, 16, same(3, 3))), 0, 128, 0)));
  }
  SECTION("any weights") { check_run_time(of_any_weights(with_zeros(conv({4, 7, 8}, 19, same(3, 3)), 3, 0))); }
  SECTION("any weights, three channels") { check_run_time(of_any_weights(conv({4, 7, 3}, 19, same(3, 3)))); }
}

TEST_CASE("run-time int8 dense layers are exact in every tile") {
  SECTION("logits") { check_run_time(with_f32(dense(32, 10))); }
  SECTION("one input, one output") { check_run_time(dense(1, 1)); }
  SECTION("odd") { check_run_time(with_zeros(dense(49, 33), 128, 128)); }
  SECTION("wide") { check_run_time(of_any_weights(dense(100, 130))); }
  SECTION("residual, converting") { check_run_time(converting(with_addend(dense(64, 64)))); }
}
