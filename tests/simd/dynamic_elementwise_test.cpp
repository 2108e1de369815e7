#include "dynamic_case.hpp"

namespace {

using namespace tests;

op same_shape(op_kind const& kind, shape s, pointwise const& act = {}) {
  op o{};
  o.kind = &kind, o.in = o.out = s, o.act = act;
  return o;
}
op concat(shape a, int more) {
  op o = same_shape(concat_kind, a);
  o.out.c += more;
  return o;
}

TEST_CASE("run-time f32 sums, norms and concatenations equal the double reference") {
  SECTION("add") { check_dynamic(same_shape(add_kind, {3, 5, 7}, functions::relu())); }
  SECTION("add, then a function") { check_dynamic(same_shape(add_kind, {3, 5, 7}, functions::leaky_relu())); }
  SECTION("batch norm") { check_dynamic(same_shape(batch_norm_kind, {3, 2, 21})); }
  SECTION("batch norm, one channel") { check_dynamic(same_shape(batch_norm_kind, {1, 5, 1})); }
  SECTION("concat") { check_dynamic(concat({3, 2, 5}, 18)); }
  SECTION("concat, one channel") { check_dynamic(with(concat({2, 2, 16}, 1), functions::relu6())); }
}
TEST_CASE("run-time elementwise functions equal the double reference") {
  SECTION("identity") { check_dynamic(same_shape(relu_kind, {1, 3, 37})); }
  SECTION("relu") { check_dynamic(same_shape(relu_kind, {1, 1, 37}, functions::relu())); }
  SECTION("tanh") { check_dynamic(same_shape(tanh_kind, {2, 3, 5}, functions::tanh())); }
  SECTION("sigmoid") { check_dynamic(same_shape(sigmoid_kind, {1, 4, 4}, functions::sigmoid())); }
  SECTION("clip at both sides") {
    pointwise f;
    int const x = f.x();
    int const above = f.max(x, f.constant(-0.25f));
    f.min(above, f.constant(0.5f));
    check_dynamic(same_shape(relu_kind, {1, 1, 19}, f));
  }
  SECTION("every step, many vectors") {
    pointwise f;
    int const x = f.x();
    int const shifted = f.add(f.mul(x, x), f.constant(2));
    int const t = f.tanh(f.div(f.sub(x, shifted), shifted));
    f.max(t, x);
    check_dynamic(same_shape(relu_kind, {1, 5, 67}, f));
    f.code[7].what = pw::min;
    check_dynamic(same_shape(relu_kind, {1, 1, 3}, f));
  }
}
TEST_CASE("run-time functions of one step equal the double reference") {
  for (pw what : {pw::tanh, pw::sigmoid, pw::exp, pw::log, pw::elu, pw::softplus, pw::erf, pw::sqrt}) {
    pointwise f;
    f.unary(what, f.x());
    INFO(static_cast<int>(what));
    check_dynamic(same_shape(function_kind, {1, 5, 67}, f));
    check_dynamic(same_shape(function_kind, {1, 8, 64}, f));
  }
  check_dynamic(same_shape(function_kind, {1, 3, 11}, functions::silu()));
  pointwise f;
  f.x();
  check_dynamic(same_shape(function_kind, {1, 3, 67}, f));
  check_dynamic(same_shape(function_kind, {1, 4, 64}, f));
}
TEST_CASE("run-time softmax equals the double reference") {
  SECTION("ten classes") { check_dynamic(same_shape(softmax_kind, {1, 1, 10})); }
  SECTION("pixels of many channels") { check_dynamic(same_shape(softmax_kind, {3, 1, 67})); }
  SECTION("whole vectors, then a function") { check_dynamic(same_shape(softmax_kind, {2, 2, 16}, functions::tanh())); }
  SECTION("one class") { check_dynamic(same_shape(softmax_kind, {1, 2, 1})); }
}

}  // namespace
