#include "dynamic_case.hpp"

namespace {

using namespace tests;
using nn::padding;

op pool(op_kind const& kind, shape in, nn::extent size, nn::extent stride, padding p = padding::valid) {
  op o{};
  o.kind = &kind, o.in = in, o.win = nn::make_window(in, size, stride, p);
  o.out = nn::slide(o, in, in.c).out;
  return o;
}

TEST_CASE("run-time f32 pools equal the double reference") {
  SECTION("max 2x2") { check_dynamic(pool(max_pool_kind, {8, 8, 16}, 2, 2)); }
  SECTION("max, overlapping, padded") { check_dynamic(pool(max_pool_kind, {7, 5, 3}, 3, 2, padding::same)); }
  SECTION("max, seven vectors and a rest") { check_dynamic(pool(max_pool_kind, {2, 3, 117}, {2, 1}, 1)); }
  SECTION("average 2x2") { check_dynamic(with(pool(avg_pool_kind, {4, 6, 7}, 2, 2), functions::relu())); }
  SECTION("the whole plane") { check_dynamic(pool(avg_pool_kind, {4, 4, 37}, 4, 4)); }
  SECTION("then a function") { check_dynamic(with(pool(avg_pool_kind, {2, 4, 19}, 2, 1), functions::tanh())); }
  SECTION("one pixel, one channel") { check_dynamic(pool(avg_pool_kind, {1, 1, 1}, 1, 1)); }
}

}  // namespace
