#include "dynamic_case.hpp"

namespace {

using namespace tests;

op dense(shape in, int outputs) {
  op o{};
  o.kind = &dense_kind, o.in = in, o.out = {1, 1, outputs};
  return o;
}

TEST_CASE("run-time f32 dense layers equal the double reference in every tile") {
  SECTION("few outputs") { check_dynamic(dense({1, 1, 32}, 10)); }
  SECTION("several blocks") { check_dynamic(with(dense({1, 1, 37}, 70), functions::relu())); }
  SECTION("an image") { check_dynamic(with_addend(dense({3, 3, 5}, 33))); }
  SECTION("one in, one out") { check_dynamic(dense({1, 1, 1}, 1)); }
  SECTION("groups of rows of every size") { check_dynamic(with(dense({1, 1, 53}, 15), functions::sigmoid())); }
  SECTION("shorter than a vector") { check_dynamic(with_addend(dense({1, 1, 3}, 5))); }
  SECTION("two vectors of outputs") { check_dynamic(with(dense({1, 1, 64}, 32), functions::relu6())); }
}
TEST_CASE("a NaN in the input reaches every result of a run-time dense layer") {
  check_dynamic(dense({1, 1, 21}, 7), true);
}

}  // namespace
