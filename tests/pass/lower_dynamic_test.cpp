#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

using namespace hone;
using lowered::builder_of;
using lowered::count;

namespace {

template <class T>
int stored(builder_of& b, extents const& d, dtype t) {
  std::vector<T> v(static_cast<std::size_t>(d.size()));
  for (T& w : v) w = static_cast<T>(static_cast<int>(128 * b.noise()));
  return b.constant(d, t, v);
}
// x times w of [12][6], x's range found at run time; a head on the same numbers.
builder_of dynamic_network(bool several_zeros) {
  builder_of b;
  dynamic_graph& g = b.graph;
  int x = b.input("x", {1, 4, 8, 6});
  int const q = nd::dynamic_quantize_value(g, x, b.layer()), step = nd::dynamic_quantize_scale(g, x, b.layer()),
            zero = nd::dynamic_quantize_zero(g, x, b.layer());
  int const zeros = several_zeros ? stored<std::uint8_t>(b, {5}, dtype::u8) : stored<std::uint8_t>(b, {1}, dtype::u8);
  x = nd::conv_integer(g, q, stored<std::uint8_t>(b, {5, 4, 3, 3}, dtype::u8), zero, zeros,
                       {.strides = {2, 1}, .before = {1, 1}, .after = {1, 0}}, 1, b.layer());
  x = nd::binary(g, nd::cast(g, x, dtype::f32, b.layer()), step, nd::binary_fn::mul, b.layer());
  x = nd::unary(g, x, nd::unary_fn::relu, 0, 0, b.layer());
  x = nd::reshape(g, x, {1, static_cast<std::int32_t>(dims_of(g, x).size())}, b.layer());
  int const k = dims_of(g, x)[1];
  int const head = nd::matmul_integer(
      g, nd::dynamic_quantize_value(g, x, b.layer()), stored<std::int8_t>(b, {k, 6}, dtype::i8),
      nd::dynamic_quantize_zero(g, x, b.layer()), several_zeros ? stored<std::int8_t>(b, {6}, dtype::i8) : -1,
      b.layer());
  b.output("y", nd::cast(g, head, dtype::f32, b.layer()));
  return b;
}

}  // namespace

TEST_CASE("products of numbers whose scale is known at run time only have tuned operations") {
  for (bool several : {false, true}) {
    builder_of const b = dynamic_network(several);
    network const low = lowered::lower(b.n);
    CHECK(lowered::complaint(b.n, low, 11) == "");
    CHECK(count(low, nd::conv_integer_kind) == 0);
    CHECK(count(low, nd::matmul_integer_kind) == 0);
    CHECK(count(low, conv2d_kind) == 1);
    CHECK(count(low, dense_kind) == 1);
  }
}

TEST_CASE("sums that f32 may not hold are two sums, or integers") {
  struct form {
    int k, products, integers;
  };
  for (form const f :
       {form{514, 1, 0}, form{518, 2, 0}, form{1026, 2, 0}, form{1040, 0, 1}}) {  // 128 * 514 * 255 < 2^24
    builder_of b;
    dynamic_graph& g = b.graph;
    int const x = b.input("x", {2, f.k}, dtype::u8);
    std::vector<std::int8_t> const least(static_cast<std::size_t>(f.k) * 3, -128);
    int const sums = nd::matmul_integer(g, x, b.constant({f.k, 3}, dtype::i8, least), -1, -1, b.layer());
    b.output("y", nd::cast(g, sums, dtype::f32, b.layer()));
    network const low = lowered::lower(b.n);
    CHECK(lowered::complaint(b.n, low, 11, 0) == "");
    CHECK(count(low, conv2d_kind) == f.products);
    CHECK(count(low, nd::matmul_integer_kind) == f.integers);
  }
}

TEST_CASE("sums that are read as integers stay integers") {
  builder_of b;
  dynamic_graph& g = b.graph;
  int const x = b.input("x", {3, 4}, dtype::u8);
  int const sums = nd::matmul_integer(g, x, stored<std::int8_t>(b, {4, 2}, dtype::i8), -1, -1, b.layer());
  b.output("y", nd::cast(g, sums, dtype::f32, b.layer()));
  b.output("sums", nd::cast(g, sums, dtype::i64, b.layer()));
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 11) == "");
  CHECK(count(low, nd::matmul_integer_kind) == 1);
}

TEST_CASE("the range of a tensor is that of all its elements, few or many") {
  for (int n : {1, 15, 16, 17, 67}) {
    builder_of b;
    dynamic_graph& g = b.graph;
    int const x = b.input("x", {n});
    b.output("q", nd::dynamic_quantize_value(g, x, b.layer()));
    b.output("s", nd::dynamic_quantize_scale(g, x, b.layer()));
    networks::noise noise(static_cast<std::uint32_t>(n));
    std::vector<buffer> const in = lowered::inputs_of(b.n.graph, noise), out = lowered::outputs_of(b.n, in);
    float least = 0, most = 0;
    for (int i = 0; i < n; ++i)
      least = std::min(least, in[0].as<float>()[i]), most = std::max(most, in[0].as<float>()[i]);
    CHECK(out[1].as<float>()[0] == (most - least) / 255);
  }
}
