#include <hone/pass/fold.hpp>
#include <hone/pass/fuse.hpp>
#include <hone/pass/lower.hpp>
#include <hone/shal/numerics.hpp>

#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

using namespace hone;
using lowered::builder_of;
using lowered::count;

network lowered::lower(network const& n) { return pass::lower(n); }
std::vector<buffer> lowered::outputs_of(network const& n, std::vector<buffer> const& in) {
  shal::emulator e(n.graph, n.weights);
  std::vector<buffer> const edges = e.edges(in);
  std::vector<buffer> out;
  for (port const& p : n.graph.ports)
    if (p.output) out.push_back(edges[static_cast<std::size_t>(p.op)]);
  return out;
}

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
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 3) == "");
  CHECK(count(low, conv2d_kind) == 2);
  CHECK(count(low, depthwise_conv2d_kind) == 1);
  CHECK(count(low, dense_kind) == 1);
  CHECK(count(low, max_pool_kind) == 1);
  CHECK(count(low, softmax_kind) == 1);
  CHECK(count(low, nd::transpose_kind) == 1);  // of the input alone
  int stems = 0;                               // numbered in the order in which the compiler evaluates arguments
  for (tensor const& t : low.weights) {
    std::string const name = t.name.data();
    stems += name.starts_with("stem_") && name.ends_with(".weight");
  }
  CHECK(stems == 1);
  network const again = lowered::lower(low);
  CHECK(again.graph.ops == low.graph.ops);
  CHECK(again.weights.size() == low.weights.size());
}

TEST_CASE("a file that stores its input as images do needs no transpose at all") {
  builder_of b;
  dynamic_graph& g = b.graph;
  int x = nd::transpose(g, b.input("x", {1, 6, 5, 3}), {0, 3, 1, 2}, b.layer());
  x = nd::conv(g, x, b.weights({4, 3, 3, 3}), b.weights({4}), {}, 1, b.layer());
  x = nd::pad(g, x, {0, 0, 1, 0}, {0, 0, 0, 1}, nd::pad_mode::constant, -1, b.layer());
  x = nd::concat(g, x, x, 1, b.layer());
  x = nd::binary(g, x, b.weights({8, 1, 1}), nd::binary_fn::mul, b.layer());
  int const mean = nd::reduce(g, x, {2, 3}, true, nd::reduce_fn::mean, b.layer());
  x = nd::binary(g, x, mean, nd::binary_fn::mul, b.layer());
  x = nd::slice(g, x, {0, 1, 0, 0}, {1, 2, 1, 1}, {1, 4, 5, 4}, b.layer());
  b.output("y", nd::transpose(g, x, {0, 2, 3, 1}, b.layer()));
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 3) == "");
  CHECK(count(low, nd::transpose_kind) == 0);
  CHECK(count(low, batch_norm_kind) == 1);
  CHECK(count(low, avg_pool_kind) == 1);
}

TEST_CASE("sequences: convolutions along time, products a step") {
  builder_of b;
  dynamic_graph& g = b.graph;
  int x = nd::conv(g, b.input("x", {1, 5, 12}), b.weights({6, 5, 3}), -1, {.dilations = {2}}, 1, b.layer());
  x = nd::transpose(g, x, {0, 2, 1}, b.layer());  // [1][time][channels]: as it lies
  x = nd::matmul(g, x, b.weights({6, 4}), b.layer());
  x = nd::binary(g, x, b.weights({4}), nd::binary_fn::add, b.layer());
  b.output("y", x);
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 3) == "");
  CHECK(count(low, nd::transpose_kind) == 1);  // of the input
  CHECK(count(low, conv2d_kind) == 2);
  CHECK(count(low, nd::conv_kind) + count(low, nd::matmul_kind) == 0);
}

TEST_CASE("what the passes after it make of a lowered network is the same function") {
  builder_of b;
  dynamic_graph& g = b.graph;
  int x = nd::conv(g, b.input("x", {1, 3, 5, 5}), b.weights({4, 3, 3, 3}), -1, {}, 1, b.layer());
  x = nd::batch_norm(g, x, b.weights({4}), b.weights({4}), b.weights({4}), b.weights({4}, 0.5f, 1), 1e-3f, b.layer());
  x = nd::unary(g, x, nd::unary_fn::relu, 0, 0, b.layer());
  x = nd::reshape(g, x, {1, 36}, b.layer());
  x = nd::binary(g, nd::matmul(g, x, b.weights({36, 5}), b.layer()), b.weights({5}), nd::binary_fn::add, b.layer());
  b.output("y", nd::unary(g, x, nd::unary_fn::tanh, 0, 0, b.layer()));
  network const low = lowered::lower(b.n);
  dynamic_graph const fused = pass::fuse_activation(pass::fuse_residual(pass::fold_batch_norm(low.graph)));
  network const after{fused, pass::canonical_tensors(fused, low.weights)};
  CHECK(lowered::complaint(b.n, after, 9) == "");
  CHECK(count(after, conv2d_kind) == 1);
  CHECK(count(after, dense_kind) == 1);
  CHECK(count(after, batch_norm_kind) + count(after, tanh_kind) + count(after, relu_kind) == 0);
}

TEST_CASE("a transposed convolution is a convolution and a rearrangement") {
  builder_of b;
  nd::window_nd const twice{.strides = {2, 2}};
  int const x = b.input("x", {1, 3, 4, 5}), w = b.weights({3, 2, 2, 2});
  b.output("y", nd::conv_transpose(b.graph, x, w, b.weights({2}), twice, {}, 1, b.layer()));
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 3) == "");
  CHECK(count(low, conv2d_kind) == 1);
  CHECK(count(low, nd::slice_kind) == 0);
}

TEST_CASE("groups and dilations become zeros among the weights while that pays") {
  auto const lowered_conv = [](int groups, int dilation) {
    builder_of b;
    int const x = b.input("x", {1, 32, 9, 9}), w = b.weights({64, 32 / groups, 3, 3});
    b.output("y", nd::conv(b.graph, x, w, -1, {.dilations = {dilation, dilation}}, groups, b.layer()));
    network const low = lowered::lower(b.n);
    CHECK(lowered::complaint(b.n, low, 3) == "");
    return count(low, conv2d_kind);
  };
  CHECK(lowered_conv(1, 2) == 1);
  CHECK(lowered_conv(4, 1) == 1);
  CHECK(lowered_conv(32, 4) == 0);
}

TEST_CASE("an output that is a constant, or an input, is computed by a call") {
  network n;
  n.graph.layers.push_back({"a", 0});
  int const x = nd::input(n.graph, "x", {2, 2}, dtype::f32, 0);
  int const c = constant(n.graph, 0, {3}, dtype::i64);
  n.weights.add("a.constant", dtype::i64, {1, 1, 1, 3}).values<std::int64_t>()[2] = 7;
  std::string const longest(200, 'n');
  nd::output(n.graph, longest.c_str(), nd::copy(n.graph, c, 0));
  nd::output(n.graph, "same", nd::copy(n.graph, x, 0));
  network const l = lowered::lower(n);
  REQUIRE(l.graph.ports.size() == 3);
  CHECK(std::string(l.graph.ports[1].name.c_str()) == longest);
  for (std::size_t k = 1; k < 3; ++k) CHECK(op_at(l.graph, l.graph.ports[k].op).kind->evaluate);
}

#if HONE_HAS_EXCEPTIONS
TEST_CASE("constants that do not fit their operations are refused by name") {
  builder_of b;
  int const w = b.weights({4});
  b.output("y", nd::binary(b.graph, b.input("x", {4}), w, nd::binary_fn::pow, b.layer()));
  network bad = b.n;
  bad.weights = {};
  CHECK_THROWS_WITH(lowered::lower(bad), Contains("constant_0.constant"));
  bad.weights.add("constant_0.constant", dtype::f32, {1, 1, 1, 2});
  CHECK_THROWS_WITH(lowered::lower(bad), Contains("8 bytes"));
}
#endif
