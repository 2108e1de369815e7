#include <hone/nn/quantize.hpp>
#include <hone/pass/lower_layout.hpp>

#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

#include <rapidcheck.h>

using namespace hone;

namespace {

// Networks in ONNX's QDQ and QLinear forms. All scales are powers of two and all sums small, so that f32 computes the
// tensor operations exactly: lowered networks must give the same bits.
class quantised : public lowered::builder_of {
 public:
  using builder_of::builder_of;

  struct edge {
    int value{};
    int exponent{};  // scale 2^exponent
    int zero{};
    dtype type{dtype::u8};
  };
  int scale(int exponent) { return scalar(std::ldexp(1.f, exponent)); }
  int zero(edge const& e) {
    if (e.type == dtype::i8) return constant<std::int8_t>({}, dtype::i8, {static_cast<std::int8_t>(e.zero)});
    return constant<std::uint8_t>({}, dtype::u8, {static_cast<std::uint8_t>(e.zero)});
  }
  edge port(char const* name, extents const& d, edge e) {
    e.value = input(name, d, e.type);
    return e;
  }
  int real(edge const& e) {
    return nd::dequantize_linear(graph, e.value, scale(e.exponent), zero(e), 1, 0, layer("dequantize"));
  }
  edge quantise(int x, edge e) {
    int const s = scale(e.exponent), z = zero(e);
    e.value = nd::quantize_linear(graph, x, s, z, 1, e.type, 0, layer("quantize"));
    return e;
  }
  // i8 or u8 numbers of these extents, whose distance from `middle` is at most 127.
  int numbers_of(extents const& d, dtype t, int middle) {
    std::vector<std::uint8_t> v(static_cast<std::size_t>(d.size()));
    for (auto& x : v) x = static_cast<std::uint8_t>(middle + static_cast<int>(127 * noise()));
    return constant(d, t, v);
  }
  // Weights, dequantised, one scale a channel of `axis` or one of all (axis -1).
  int stored_weights(extents const& d, int axis, bool is_u8) {
    int const channels = axis >= 0 ? d[axis] : 1, v = numbers_of(d, is_u8 ? dtype::u8 : dtype::i8, is_u8 ? 128 : 0);
    std::vector<float> s(static_cast<std::size_t>(channels));
    for (float& x : s) x = std::ldexp(1.f, -9 + static_cast<int>(2 * noise()));
    std::vector<std::uint8_t> const z(s.size(), is_u8 ? 128 : 0);
    extents const one = axis >= 0 ? extents{channels} : extents{};
    int const scales = constant(one, dtype::f32, s), zeros = constant(one, is_u8 ? dtype::u8 : dtype::i8, z);
    return nd::dequantize_linear(graph, v, scales, zeros, axis < 0 ? 0 : axis, 0, layer("weights"));
  }
  // An i32 bias, dequantised by a scale that is none of the accumulators'.
  int stored_bias(int n) {
    std::vector<std::int32_t> v(static_cast<std::size_t>(n));
    for (auto& x : v) x = static_cast<std::int32_t>(2000 * noise());
    return nd::dequantize_linear(graph, constant({n}, dtype::i32, v), scale(-7), -1, 0, 0, layer("bias"));
  }
  extents dims(edge const& e) const { return dims_of(graph, e.value); }
};

class random_quantised : public quantised {
 public:
  random_quantised(std::vector<std::uint8_t> tape, std::uint32_t seed) : quantised(seed), tape_(std::move(tape)) {
    extents d{1};
    for (int rank = 2 + choice(2); d.rank <= rank;) d.push_back(1 + choice(6));
    edges_.push_back(port("x", d, any_edge()));
    if (choice(2) == 0) edges_.push_back(port("second", d, any_edge()));
    while (at_ < tape_.size() && graph.ops.size() < 120) {
      edge const x =
          choice(3) == 0 ? edges_[static_cast<std::size_t>(choice(static_cast<int>(edges_.size())))] : edges_.back();
      edge const y = step(x);
      if (dims(y).size() <= 3000) edges_.push_back(y);
    }
    output("last", edges_.back().value);
    output("some", edges_[edges_.size() / 2].value);
    output("real", real(edges_.back()));
  }

 private:
  int choice(int n) { return at_ < tape_.size() ? tape_[at_++] % n : 0; }
  edge any_edge() {
    edge e{-1, -5 + choice(3), 0, choice(2) == 0 ? dtype::i8 : dtype::u8};
    e.zero = choice(3) == 0 ? (e.type == dtype::i8 ? -128 : 0) : choice(200) - (e.type == dtype::i8 ? 100 : 0);
    return e;
  }
  edge step(edge const& x) {
    switch (choice(10)) {
      case 0:
      case 1: return conv(x);
      case 2: return product(x);
      case 3: return quantise(function(real(x)), any_edge());
      case 4: return pair(x);
      case 5: return pool(x);
      case 6: return moved(x);
      case 7: return qlinear(x);
      case 8: return quantise(real(x), choice(2) == 0 ? x : any_edge());
      default: return real_result(x);
    }
  }
  // Exact in f32 but for those of one number, which are tables.
  int function(int x) {
    using enum nd::unary_fn;
    constexpr nd::unary_fn list[]{relu, sigmoid, tanh, hard_swish, exp, abs, leaky_relu, gelu};
    nd::unary_fn const fn = list[choice(8)];
    int const y = nd::unary(graph, x, fn, 0.25f, 0, layer("unary"));
    return choice(3) == 0 ? nd::binary(graph, x, y, nd::binary_fn::mul, layer("gate")) : y;
  }
  int maybe_bounded(int x) {
    if (choice(3) == 0) x = nd::unary(graph, x, nd::unary_fn::relu, 0, 0, layer("relu"));
    if (choice(3) == 0) x = nd::unary(graph, x, nd::unary_fn::clip, -0.5f, 2.5f, layer("clip"));
    if (choice(5) == 0) x = nd::binary(graph, x, scalar(0.25f), nd::binary_fn::max, layer("max"));
    return x;
  }
  nd::window_nd window(extents const& d) {
    nd::window_nd w{};
    for (int k = 2; k < d.rank; ++k) {
      int const kernel = 1 + choice(3), before = choice(kernel),
                after = std::max(choice(kernel), kernel - d[k] - before);
      w.kernel.push_back(kernel), w.strides.push_back(1 + choice(2)), w.dilations.push_back(1);
      w.before.push_back(before), w.after.push_back(after);
    }
    return w;
  }
  int real_conv(edge const& x) {
    extents const d = dims(x);
    int const c = d[1];
    bool const depthwise = choice(3) == 0;
    int const results = depthwise ? c : 1 + choice(6);
    nd::window_nd const w = window(d);
    extents weight_dims{results, depthwise ? 1 : c};
    for (int k : w.kernel) weight_dims.push_back(k);
    int const weight = stored_weights(weight_dims, choice(2) - 1, choice(4) == 0);
    int const bias = choice(2) == 0 ? stored_bias(results) : choice(2) == 0 ? weights({results}, 0) : -1;
    return nd::conv(graph, real(x), weight, bias, w, depthwise ? c : 1, layer("conv"));
  }
  edge conv(edge const& x) {
    if (dims(x).rank < 3 || dims(x)[0] != 1) return product(x);
    return quantise(maybe_bounded(real_conv(x)), any_edge());
  }
  edge real_result(edge const& x) {  // f32 between an int8 operation and the next edge
    if (dims(x).rank < 3 || dims(x)[0] != 1) return product(x);
    int const y = nd::unary(graph, real_conv(x), nd::unary_fn::leaky_relu, 0.25f, 0, layer("leaky"));
    return quantise(y, any_edge());
  }
  edge product(edge const& x) {
    extents const d = dims(x);
    int const k = d[d.rank - 1], n = 1 + choice(5), axis = choice(2) - 1;
    int y = nd::matmul(graph, real(x), stored_weights({k, n}, axis < 0 ? -1 : 1, false), layer("matmul"));
    if (choice(2) == 0) y = nd::binary(graph, y, stored_bias(n), nd::binary_fn::add, layer("add"));
    return quantise(maybe_bounded(y), any_edge());
  }
  edge pair(edge const& x) {
    for (edge const& y : edges_)
      if (dims(y) == dims(x) && choice(2) == 0) {
        auto const fn = choice(2) == 0 ? nd::binary_fn::add : nd::binary_fn::mul;
        int const a = real(x), b = real(y);
        return quantise(maybe_bounded(nd::binary(graph, a, b, fn, layer("pair"))), any_edge());
      }
    return product(x);
  }
  edge pool(edge const& x) {
    extents const d = dims(x);
    if (d.rank < 3) return product(x);
    if (choice(2) == 0) return quantise(nd::max_pool(graph, real(x), window(d), choice(2) == 0, layer("max_pool")), x);
    nd::window_nd w{};
    for (int k = 2; k < d.rank; ++k) {
      w.kernel.push_back(d[k] % 2 == 0 ? 2 : 1), w.strides.push_back(1 + choice(2));
      w.before.push_back(0), w.after.push_back(0), w.dilations.push_back(1);
    }
    return quantise(nd::average_pool(graph, real(x), w, false, false, layer("mean")), any_edge());
  }
  edge moved(edge const& x) {
    extents const d = dims(x);
    int const axis = choice(d.rank);
    switch (choice(5)) {
      case 0: {
        for (edge const& y : edges_)
          if (dims(y) == d && choice(2) == 0) {
            int const a = real(x), b = real(y);
            return quantise(nd::concat(graph, a, b, axis, layer("concat")), any_edge());
          }
        return quantise(nd::concat(graph, real(x), real(x), axis, layer("concat")), x);
      }
      case 1: {
        extents perm = pass::lowering::as_written(d);
        for (int k = 1; k < perm.rank; ++k) std::swap(perm[k], perm[k + choice(perm.rank - k)]);
        return quantise(nd::transpose(graph, real(x), perm, layer("transpose")), choice(2) == 0 ? x : any_edge());
      }
      case 2: {
        extents before = d, after = d;
        for (int k = 0; k < d.rank; ++k) before[k] = k > 1 && choice(2) == 0, after[k] = k > 1 && choice(2) == 0;
        int const value = choice(2) == 0 ? scalar(choice(2) == 0 ? 0.f : 0.5f) : -1;
        return quantise(
            nd::pad(graph, real(x), before, after, nd::pad_mode::constant, value, layer("pad")), any_edge());
      }
      case 3: {
        extents starts = d, steps = d, to = d;
        for (int k = 0; k < d.rank; ++k) starts[k] = 0, steps[k] = 1;
        starts[axis] = choice(d[axis]), to[axis] = d[axis] - starts[axis];
        edge y = x;  // of stored numbers, as streaming networks do
        y.value = nd::slice(graph, x.value, starts, steps, to, layer("slice"));
        return y;
      }
      default: {
        extents const flat{1, static_cast<std::int32_t>(d.size())};
        return quantise(nd::reshape(graph, real(x), flat, layer("flatten")), x);
      }
    }
  }
  edge qlinear(edge const& x) {
    extents const d = dims(x);
    edge y = any_edge();
    int const sx = scale(x.exponent), zx = zero(x), sy = scale(y.exponent), zy = zero(y);
    if (d.rank < 3 || d[0] != 1 || choice(3) == 0) {
      int const k = d[d.rank - 1], n = 1 + choice(5), w = numbers_of({k, n}, dtype::i8, 0);
      int const zw = constant<std::int8_t>({}, dtype::i8, {0}), sw = scale(-9);
      y.value = nd::qlinear_matmul(graph, x.value, sx, zx, w, sw, zw, sy, zy, layer("qlinear"));
      return y;
    }
    int const results = 1 + choice(5);
    nd::window_nd const win = window(d);
    extents wd{results, d[1]};
    for (int k : win.kernel) wd.push_back(k);
    int const w = numbers_of(wd, dtype::u8, 128), zw = constant<std::uint8_t>({}, dtype::u8, {128}), sw = scale(-8);
    std::vector<std::int32_t> b(static_cast<std::size_t>(results), 77);
    int const bias = choice(2) == 0 ? constant({results}, dtype::i32, b) : -1;
    y.value = nd::qlinear_conv(graph, x.value, sx, zx, w, sw, zw, sy, zy, bias, win, 1, layer("qlinear"));
    return y;
  }

  std::vector<std::uint8_t> tape_;
  std::size_t at_{};
  std::vector<edge> edges_;
};

}  // namespace

TEST_CASE("a quantised network becomes one of int8 operations, bit for bit") {
  quantised b;
  using edge = quantised::edge;
  edge e = b.port("x", {1, 3, 8, 6}, {-1, -5, 3, dtype::i8});
  auto const conv = [&](edge const& x, int results, int groups, edge y) {
    int const c = b.dims(x)[1], w = b.stored_weights({results, c / groups, 3, 3}, 0, false),
              bias = b.stored_bias(results);
    int const v = nd::conv(b.graph, b.real(x), w, bias, {.before = {1, 1}, .after = {1, 1}}, groups, b.layer("conv"));
    return b.quantise(nd::unary(b.graph, v, nd::unary_fn::relu, 0, 0, b.layer("relu")), y);
  };
  e = conv(e, 8, 1, {-1, -4, -128, dtype::i8});
  edge const shortcut = e;
  e = conv(e, 8, 8, {-1, -4, -100, dtype::i8});
  int const sum = nd::binary(b.graph, b.real(shortcut), b.real(e), nd::binary_fn::add, b.layer("add"));
  e = b.quantise(sum, {-1, -3, -90, dtype::i8});
  e = b.quantise(nd::unary(b.graph, b.real(e), nd::unary_fn::sigmoid, 0, 0, b.layer()), {-1, -8, -128, dtype::i8});
  e = b.quantise(
      nd::reduce(b.graph, b.real(e), {2, 3}, true, nd::reduce_fn::mean, b.layer()), {-1, -8, -128, dtype::i8});
  int const flat = nd::reshape(b.graph, b.real(e), {1, 8}, b.layer());
  int const head = nd::matmul(b.graph, flat, b.stored_weights({8, 5}, -1, false), b.layer("head"));
  e = b.quantise(nd::binary(b.graph, head, b.stored_bias(5), nd::binary_fn::add, b.layer()), {-1, -4, 10, dtype::i8});
  b.output("y", e.value);
  network const low = lowered::lower(b.n);
  CHECK(lowered::complaint(b.n, low, 5) == "");
  using lowered::count;
  CHECK(count(low, conv2d_kind) == 1);
  CHECK(count(low, depthwise_conv2d_kind) == 1);
  CHECK(count(low, qadd_kind) == 1);
  CHECK(count(low, avg_pool_kind) == 1);
  CHECK(count(low, dense_kind) == 1);
  CHECK(count(low, table_kind) == 3);  // the function, and the signs of input and output
  CHECK(count(low, quantize_kind) + count(low, dequantize_kind) + count(low, nd::quantize_linear_kind) == 0);
  for (op const& o : low.graph.ops)
    if (is(o, conv2d_kind)) {
      CHECK(o.from_zero == 131);
      CHECK(o.zero == 0);
    }
}

TEST_CASE("lowering keeps every bit of a quantised network, whatever the network") {
  CHECK(rc::check([] {
    auto const tape = *rc::gen::scale(3.0, rc::gen::arbitrary<std::vector<std::uint8_t>>());
    auto const seed = *rc::gen::arbitrary<std::uint32_t>();
    random_quantised const t(tape, seed);
    RC_PRE(t.graph.issue.how == fix::none);
    network const low = lowered::lower(t.n);
    std::string const what = lowered::complaint(t.n, low, seed + 1, 1e-6);
    if (!what.empty()) RC_FAIL(what);
  }));
}
