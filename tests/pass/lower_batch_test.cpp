#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

using namespace hone;
using lowered::builder_of;
using lowered::count;

namespace {

// Convolutions, a shortcut and a head of one layer, on a batch of n images.
builder_of classifier(int n) {
  builder_of b;
  dynamic_graph& g = b.graph;
  int x = b.input("x", {n, 3, 9, 7});
  x = nd::binary(g, x, b.weights({n, 3, 1, 1}), nd::binary_fn::mul, b.layer());
  x = nd::conv(g, x, b.weights({8, 3, 3, 3}), b.weights({8}), {.before = {1, 1}, .after = {1, 1}}, 1, b.layer());
  x = nd::unary(g, x, nd::unary_fn::relu, 0, 0, b.layer());
  int const shortcut = x;
  x = nd::conv(g, x, b.weights({8, 1, 3, 3}), -1, {.before = {1, 1}, .after = {1, 1}}, 8, b.layer());
  x = nd::batch_norm(g, x, b.weights({8}), b.weights({8}), b.weights({8}), b.weights({8}, 0.25f, 1), 1e-3f, b.layer());
  x = nd::binary(g, shortcut, x, nd::binary_fn::add, b.layer());
  x = nd::max_pool(g, x, {.kernel = {2, 2}, .strides = {2, 2}}, false, b.layer());
  x = nd::concat(g, x, x, 1, b.layer());
  int const mean = nd::reduce(g, x, {2, 3}, true, nd::reduce_fn::mean, b.layer());
  x = nd::binary(g, x, mean, nd::binary_fn::mul, b.layer());
  x = nd::reshape(g, x, {n, static_cast<std::int32_t>(dims_of(g, x).size() / n)}, b.layer());
  x = nd::gemm(g, x, b.weights({5, dims_of(g, x)[1]}), b.weights({5}), 1, 1, false, true, b.layer());
  b.output("y", nd::softmax(g, x, 1, false, b.layer()));
  return b;
}

}  // namespace

TEST_CASE("of a small batch every image has tuned operations, the head has one for all") {
  for (int n : {2, 3, 16}) {
    builder_of const b = classifier(n);
    network const low = lowered::lower(b.n);
    CHECK(lowered::complaint(b.n, low, 5) == "");
    CHECK(count(low, depthwise_conv2d_kind) == n);
    CHECK(count(low, max_pool_kind) == n);
    CHECK(count(low, conv2d_kind) == n + 1);  // the head's rows are pixels
    CHECK(count(low, nd::conv_kind) == 0);
  }
}

TEST_CASE("a large batch stays together") {
  builder_of const b = classifier(17);
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 5) == "");
  CHECK(count(low, nd::conv_kind) == 2);
}

TEST_CASE("what looks at several images, and what only looks like a batch, sees all of them") {
  builder_of b;
  dynamic_graph& g = b.graph;
  int const n = 3, x = b.input("x", {n, n, n}), state = b.input("state", {n, 1, n});
  int y = nd::conv(g, x, b.weights({n, n, 2}), -1, {.before = {1}}, 1, b.layer());
  y = nd::binary(g, y, b.weights({n}), nd::binary_fn::add, b.layer());
  y = nd::binary(g, y, state, nd::binary_fn::mul, b.layer());
  int const turned = nd::transpose(g, y, {1, 0, 2}, b.layer());
  int const back = nd::max_pool(g, turned, {.kernel = {2}}, false, b.layer());
  int const sum = nd::reduce(g, y, {0}, false, nd::reduce_fn::sum, b.layer());
  int const own = nd::reduce(g, y, {1}, false, nd::reduce_fn::sum, b.layer());
  int const first = nd::slice(g, y, {1, 0, 0}, {1, 1, 1}, {2, n, n}, b.layer());
  int const shifted = nd::pad(g, y, {1, 0, 0}, {-1, 0, 0}, nd::pad_mode::constant, -1, b.layer());
  int const along = nd::softmax(g, y, 0, false, b.layer());
  int const swapped = nd::slice(g, y, {2, 0, 0}, {-1, 1, 1}, {n, n, n}, b.layer());
  int const shape = nd::reshape(g, y, {n, n * n}, b.layer()), flat = nd::reshape(g, shape, {n * n, n}, b.layer());
  for (auto const& [name, at] : {std::pair{"back", back}, std::pair{"sum", sum}, std::pair{"own", own},
                                 std::pair{"first", first}, std::pair{"shifted", shifted}, std::pair{"along", along},
                                 std::pair{"swapped", swapped}, std::pair{"flat", flat}, std::pair{"y", y}})
    b.output(name, at);
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 7) == "");
  CHECK(count(low, nd::conv_kind) == 0);
}

TEST_CASE("images of stored numbers go through int8 operations") {
  builder_of b;
  dynamic_graph& g = b.graph;
  auto const edge = [&](int x, float step, dtype t) {
    int const scale = b.scalar(step), zero = b.constant<std::uint8_t>({}, t, {3});
    int const q = nd::quantize_linear(g, x, scale, zero, 1, t, 0, b.layer());
    return nd::dequantize_linear(g, q, scale, zero, 1, 0, b.layer());
  };
  auto const stored = [&](extents const& d) {
    std::vector<std::int8_t> v(static_cast<std::size_t>(d.size()));
    for (std::int8_t& w : v) w = static_cast<std::int8_t>(100 * b.noise());
    std::vector<float> steps(static_cast<std::size_t>(d[0]), 0.01f);
    return nd::dequantize_linear(
        g, b.constant(d, dtype::i8, v), b.constant({d[0]}, dtype::f32, steps), -1, 0, 0, b.layer());
  };
  for (dtype t : {dtype::u8, dtype::i8}) {
    int x = edge(b.input(t == dtype::u8 ? "x" : "z", {2, 4, 6, 5}), 0.02f, t);
    x = nd::conv(g, x, stored({6, 4, 3, 3}), -1, {.before = {1, 1}, .after = {1, 1}}, 1, b.layer());
    x = edge(nd::unary(g, x, nd::unary_fn::relu, 0, 0, b.layer()), 0.1f, t);
    x = edge(nd::conv(g, x, stored({6, 1, 3, 3}), -1, {}, 6, b.layer()), 0.2f, t);
    b.output(t == dtype::u8 ? "y" : "w", nd::reduce(g, x, {2, 3}, true, nd::reduce_fn::max, b.layer()));
  }
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 9) == "");
  CHECK(count(low, nd::conv_kind) == 0);
  CHECK(count(low, nd::quantize_linear_kind) == 0);
}
