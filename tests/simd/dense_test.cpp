#include "float_case.hpp"

namespace {

using namespace tests;

constexpr op dense(shape in, int outputs) {
  op o{};
  o.kind = &dense_kind, o.in = in, o.out = {1, 1, outputs};
  return o;
}
constexpr op by_rows(op o) {
  o.t = {1, 1, 1, 1, nn::dense_by_rows};
  return o;
}

TEST_CASE("f32 dense layers equal the double reference") {
  SECTION("few outputs") { check_kernel<dense({1, 1, 32}, 10), 0>(); }
  SECTION("several blocks") { check_kernel<with(dense({1, 1, 37}, 70), functions::relu()), 5>(); }
  SECTION("an image") { check_kernel<with_addend(dense({3, 3, 5}, 33)), 4>(); }
  SECTION("one in, one out") { check_kernel<dense({1, 1, 1}, 1), 1>(); }
}
TEST_CASE("f32 dense layers by rows of weights") {
  SECTION("whole vectors") { check_kernel<by_rows(dense({1, 1, 64}, 10))>(); }
  SECTION("odd, several groups") { check_kernel<by_rows(with(dense({1, 1, 53}, 31), functions::sigmoid()))>(); }
  SECTION("shorter than a vector") { check_kernel<by_rows(with_addend(dense({1, 1, 3}, 5)))>(); }
}
TEST_CASE("dense layers with bf16 weights") {
  SECTION("by columns") { check_kernel<with_bf16(dense({1, 1, 37}, 21)), 3>(); }
  SECTION("by rows") { check_kernel<with_bf16(by_rows(dense({1, 1, 75}, 13)))>(); }
  SECTION("by rows, half a chunk") { check_kernel<with_bf16(by_rows(dense({1, 1, 8}, 3)))>(); }
}

}  // namespace
