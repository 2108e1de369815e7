#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

using namespace hone;
using lowered::builder_of;
using lowered::count;

TEST_CASE("a convolutional network becomes one of image operations, its ports as they were") {
  builder_of b;
  dynamic_graph& g = b.graph;
  int x = b.input("x", {1, 3, 9, 7});
  x = nd::conv(g, x, b.weights({8, 3, 3, 3}), b.weights({8}), {.strides = {2, 1}, .before = {1, 0}, .after = {0, 2}}, 1,
               b.layer("stem"));
  x = nd::unary(g, x, nd::unary_fn::relu, 0, 0, b.layer());
  int const shortcut = x;
  x = nd::conv(g, x, b.weights({8, 1, 3, 3}), -1, {.before = {1, 1}, .after = {1, 1}}, 8, b.layer("depthwise"));
  x = nd::unary(g, x, nd::unary_fn::clip, 0, 6, b.layer());
  x = nd::conv(g, x, b.weights({8, 8, 1, 1}), b.weights({8}), {}, 1, b.layer());
  x = nd::binary(g, shortcut, x, nd::binary_fn::add, b.layer());
  x = nd::max_pool(g, x, {.kernel = {2, 2}, .strides = {2, 2}}, true, b.layer());
  x = nd::reshape(g, x, {1, static_cast<std::int32_t>(dims_of(g, x).size())}, b.layer());
  x = nd::gemm(g, x, b.weights({5, dims_of(g, x)[1]}), b.weights({5}), 0.5f, 2, false, true, b.layer("head"));
  x = nd::softmax(g, x, 1, false, b.layer());
  b.output("y", x);
  network const low = pass::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 3) == "");
  CHECK(count(low, conv2d_kind) == 2);
  CHECK(count(low, depthwise_conv2d_kind) == 1);
  CHECK(count(low, dense_kind) == 1);
  CHECK(count(low, max_pool_kind) == 1);
  CHECK(count(low, softmax_kind) == 1);
  CHECK(count(low, nd::transpose_kind) == 1);  // of the input alone
  CHECK(low.weights.find("stem_1.weight") != nullptr);
}
