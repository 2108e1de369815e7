#include "float_case.hpp"

namespace {

using namespace tests;

constexpr op same_shape(op_kind const& kind, shape s, pointwise const& act = {}) {
  op o{};
  o.kind = &kind, o.in = o.out = s, o.act = act;
  return o;
}
constexpr op concat(shape a, int more) {
  op o = same_shape(concat_kind, a);
  o.out.c += more;
  return o;
}

TEST_CASE("f32 sums, norms and concatenations equal the double reference") {
  SECTION("add") { check_kernel<same_shape(add_kind, {3, 5, 7}, functions::relu())>(); }
  SECTION("batch norm") { check_kernel<same_shape(batch_norm_kind, {3, 2, 21})>(); }
  SECTION("batch norm, one channel") { check_kernel<same_shape(batch_norm_kind, {1, 5, 1})>(); }
  SECTION("concat") { check_kernel<concat({3, 2, 5}, 18)>(); }
  SECTION("concat, one channel") { check_kernel<with(concat({2, 2, 16}, 1), functions::relu6())>(); }
}
TEST_CASE("f32 elementwise functions equal the double reference") {
  SECTION("relu") { check_kernel<same_shape(relu_kind, {1, 1, 37}, functions::relu())>(); }
  SECTION("tanh") { check_kernel<same_shape(tanh_kind, {2, 3, 5}, functions::tanh())>(); }
  SECTION("sigmoid") { check_kernel<same_shape(sigmoid_kind, {1, 4, 4}, functions::sigmoid())>(); }
  SECTION("a function of many steps") {
    constexpr pointwise f = [] {
      pointwise p;
      int const x = p.x();
      int const square = p.mul(x, x);
      int const shifted = p.add(square, p.constant(2));
      p.div(p.sub(x, shifted), shifted);
      return p;
    }();
    check_kernel<same_shape(relu_kind, {1, 1, 19}, f)>();
  }
}
TEST_CASE("f32 softmax equals the double reference") {
  SECTION("ten classes") { check_kernel<same_shape(softmax_kind, {1, 1, 10})>(); }
  SECTION("pixels of many channels") { check_kernel<same_shape(softmax_kind, {3, 1, 67})>(); }
  SECTION("whole vectors, then a function") { check_kernel<same_shape(softmax_kind, {2, 2, 16}, functions::tanh())>(); }
  SECTION("one class") { check_kernel<same_shape(softmax_kind, {1, 2, 1})>(); }
}

// Functions at arguments that random numbers in [-1, 1] do not reach.
template <op O, class F>
void check_range(F expected, double tolerance) {
  on_each_isa([&]<isa I>() {
    constexpr int n = O.out.size();
    kernel_entry const kernel = simd::entry_of<O, lanes_of(I), I>();
    alignas(64) float x[n + 16]{}, y[n + 16]{};
    for (int i = 0; i < n; ++i) x[i] = (static_cast<float>(i) - n / 2) * 0.25f;
    kernel_args a{};
    a.in[0] = x, a.out = y;
    kernel(a);
    double worst = 0;
    for (int i = 0; i < n; ++i) worst = std::fmax(worst, std::fabs(static_cast<double>(y[i]) - expected(x, i)));
    CAPTURE(name(I));
    CHECK(worst < tolerance);
  });
}
TEST_CASE("tanh and softmax far from zero") {
  constexpr op tanh = same_shape(tanh_kind, {1, 1, 400}, functions::tanh()),
               softmax = same_shape(softmax_kind, {1, 1, 400});
  check_range<tanh>([](float const* x, int i) { return std::tanh(static_cast<double>(x[i])); }, 3.5e-7);
  check_range<softmax>(
      [](float const* x, int i) {
        double sum = 0;
        for (int k = 0; k < 400; ++k) sum += std::exp(static_cast<double>(x[k]) - static_cast<double>(x[399]));
        return std::exp(static_cast<double>(x[i]) - static_cast<double>(x[399])) / sum;
      },
      2e-7);
}

}  // namespace
