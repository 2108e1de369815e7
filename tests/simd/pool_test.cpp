#include "float_case.hpp"

namespace {

using namespace tests;
using nn::padding;

constexpr op pool(op_kind const& kind, shape in, nn::extent size, nn::extent stride, padding p = padding::valid) {
  op o{};
  o.kind = &kind, o.in = in, o.win = nn::make_window(in, size, stride, p);
  o.out = nn::slide(o, in, in.c).out;
  return o;
}

TEST_CASE("f32 pools equal the double reference") {
  SECTION("max 2x2") { check_kernel<pool(max_pool_kind, {8, 8, 16}, 2, 2)>(); }
  SECTION("max, overlapping, padded") { check_kernel<pool(max_pool_kind, {7, 5, 3}, 3, 2, padding::same)>(); }
  SECTION("max, five vectors and a rest") { check_kernel<pool(max_pool_kind, {2, 3, 85}, {2, 1}, 1)>(); }
  SECTION("average 2x2") { check_kernel<with(pool(avg_pool_kind, {4, 6, 7}, 2, 2), functions::relu())>(); }
  SECTION("the whole plane") { check_kernel<pool(avg_pool_kind, {4, 4, 32}, 4, 4)>(); }
  SECTION("one pixel, one channel") { check_kernel<pool(avg_pool_kind, {1, 1, 1}, 1, 1)>(); }
}

}  // namespace
