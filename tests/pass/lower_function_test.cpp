#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

using namespace hone;
using lowered::builder_of;
using lowered::count;

namespace {

// The pointwise function that a network of one input and one output is lowered to; empty where it is not one operation.
pointwise function_of(builder_of const& b) {
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 11) == "");
  return low.graph.ops.size() == 2 ? low.graph.ops[1].act : pointwise{};
}

}  // namespace

TEST_CASE("a function is one operation however it is written") {
  using enum nd::binary_fn;
  SECTION("hard swish in four") {
    builder_of b;
    int const x = b.input("x", {1, 4, 3, 2});
    int y = nd::binary(b.graph, x, b.scalar(3), add, b.layer());
    y = nd::unary(b.graph, y, nd::unary_fn::clip, 0, 6, b.layer());
    y = nd::binary(b.graph, x, y, mul, b.layer());
    b.output("y", nd::binary(b.graph, y, b.weights({1, 1, 1, 1}, 0, 6), div, b.layer()));
    CHECK(function_of(b).n == 9);
  }
  SECTION("x * sigmoid(x), reshaped between") {
    builder_of b;
    int const x = b.input("x", {6}), shaped = nd::reshape(b.graph, x, {2, 3}, b.layer());
    int const s = nd::unary(b.graph, shaped, nd::unary_fn::sigmoid, 0, 0, b.layer());
    b.output("y", nd::binary(b.graph, s, shaped, mul, b.layer()));
    network const low = lowered::lower(b.n);
    CHECK(lowered::complaint(b.n, low, 11) == "");
    CHECK(count(low, function_kind) == 1);
    CHECK(count(low, nd::binary_kind) == 0);
  }
  SECTION("those that have kernels of their own") {
    auto const lowered_to = [](nd::unary_fn fn, float p, float q) {
      builder_of b;
      b.output("y", nd::unary(b.graph, b.input("x", {5}), fn, p, q, b.layer()));
      return function_of(b);
    };
    CHECK(lowered_to(nd::unary_fn::relu, 0, 0) == functions::relu());
    CHECK(lowered_to(nd::unary_fn::clip, 0, 6) == functions::relu6());
    CHECK(lowered_to(nd::unary_fn::tanh, 0, 0) == functions::tanh());
    CHECK(lowered_to(nd::unary_fn::sigmoid, 0, 0) == functions::sigmoid());
    CHECK(lowered_to(nd::unary_fn::leaky_relu, 0.01f, 0) == functions::leaky_relu());
  }
}

TEST_CASE("functions of floats are one operation, whatever they cost") {
  using enum nd::unary_fn;
  struct parameters {
    float p, q;
  };
  for (auto fn : {exp, log, sqrt, erf, softplus, elu, selu, celu, gelu, gelu_tanh, mish, swish})
    for (auto const [p, q] : {parameters{1, 1}, parameters{1.7f, 1.05f}}) {
      builder_of b;
      int x = b.input("x", {2, 37});
      if (fn == log || fn == sqrt) x = nd::unary(b.graph, x, nd::unary_fn::abs, 0, 0, b.layer());
      b.output("y", nd::unary(b.graph, x, fn, p, q, b.layer()));
      INFO(static_cast<int>(fn));
      CHECK(function_of(b).n > 1);
    }
  for (float by : {2.0f, 3.0f, 0.5f}) {
    builder_of b;
    int const x = nd::unary(b.graph, b.input("x", {19}), nd::unary_fn::abs, 0, 0, b.layer());
    b.output("y", nd::binary(b.graph, x, b.scalar(by), nd::binary_fn::pow, b.layer()));
    CHECK(function_of(b).n > 1);
  }
}

TEST_CASE("a value that others read stays a value") {
  builder_of b;
  int const x = b.input("x", {8});
  int const y = nd::unary(b.graph, x, nd::unary_fn::tanh, 0, 0, b.layer());
  b.output("y", y);
  b.output("z", nd::unary(b.graph, y, nd::unary_fn::relu, 0, 0, b.layer()));
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 3) == "");
  CHECK(count(low, tanh_kind) == 1);
  CHECK(count(low, relu_kind) == 1);
}

TEST_CASE("what takes too many steps is several operations") {
  builder_of b;
  int x = b.input("x", {8});
  for (int k = 0; k < 5; ++k) x = nd::unary(b.graph, x, nd::unary_fn::hard_sigmoid, 0.3f, 0.25f, b.layer());
  b.output("y", x);
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 3) == "");
  CHECK(count(low, function_kind) > 1);
  CHECK(count(low, nd::unary_kind) == 0);
}
