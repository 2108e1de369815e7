// Operations on tensors give what their portable code gives, by the routines of every instruction set that runs here.
#include <hone/hw/supported.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/nd/binary.hpp>
#include <hone/nn/nd/conv.hpp>
#include <hone/nn/nd/gru.hpp>
#include <hone/nn/nd/lstm.hpp>
#include <hone/nn/nd/matmul.hpp>
#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/norm.hpp>
#include <hone/nn/nd/rnn.hpp>
#include <hone/nn/nd/softmax.hpp>
#include <hone/nn/nd/unary.hpp>
#include <hone/simd/tensor_math.hpp>

#include <cmath>
#include <string>

#include "catch2.hpp"
#include "tests/pass/tensor_builder.hpp"

namespace {

using namespace hone;

// Every result of n, by `math` or, where that is null, by portable code. Inputs are noise, the same each time.
std::vector<buffer> results(network const& n, tensor_math const* math) {
  dynamic_graph const& g = n.graph;
  networks::noise noise(3);
  std::vector<buffer> values(g.ops.size());
  for (std::size_t i = 0; i < g.ops.size(); ++i) {
    op const& o = g.ops[i];
    buffer& out = values[i] = buffer(static_cast<std::size_t>(o.bytes_out()));
    if (is(o, input_kind)) {
      for (int k = 0; k < o.out.size(); ++k) out.as<float>()[k] = 2 * noise();
    } else if (is(o, constant_kind)) {
      out = n.weights.find(tensor_name(g, weight_at(g, o.param[0])).c_str())->data;
    } else if (is(o, flatten_kind)) {
      out = values[static_cast<std::size_t>(o.input[0])];
    } else {
      buffer scratch(static_cast<std::size_t>(o.scratch));
      tensor_args t{o.kind, &g.forms[static_cast<std::size_t>(o.form)], {}, out.data(), o.type, scratch.data(), math};
      for (std::size_t k = 0; k < max_inputs; ++k)
        if (int const x = o.input[k]; x >= 0)
          t.in[k] = {values[static_cast<std::size_t>(x)].data(), op_at(g, x).type, dims_of(g, x)};
      o.kind->evaluate(t);
    }
  }
  return values;
}
// The largest difference between the outputs by `math` and by portable code.
double worst(network const& n, tensor_math const* math) {
  std::vector<buffer> const wanted = results(n, nullptr), got = results(n, math);
  double most = 0;
  for (port const& p : n.graph.ports)
    for (int k = 0; p.output && k < op_at(n.graph, p.op).out.size(); ++k) {
      auto const value = [&](std::vector<buffer> const& v) {
        return double(v[static_cast<std::size_t>(p.op)].as<float>()[k]);
      };
      double const difference = std::fabs(value(got) - value(wanted));
      most = difference <= most ? most : std::isnan(difference) ? 1e30 : difference;
    }
  return most;
}
void check(network const& n) {
  REQUIRE(n.graph.issue.how == fix::none);
  for (isa i : {isa::sse4, isa::avx2, isa::avx512, isa::avx512_vnni, isa::neon}) {
    tensor_math const* const math =
        simd::tensor_math_among<isa::sse4, isa::avx2, isa::avx512, isa::avx512_vnni, isa::neon>(i);
    if (math == nullptr || !hw::supported(i)) continue;
    INFO(name(i));
    CHECK(worst(n, math) <= 2e-5);
  }
}

TEST_CASE("recurrent layers of any size run by every instruction set") {
  struct size {
    int time, batch, inputs, hidden;
  };
  for (size const s : {size{1, 1, 1, 1}, size{3, 2, 5, 7}, size{19, 1, 33, 24}, size{9, 1, 4, 65}})
    for (auto const way : {nd::direction::forward, nd::direction::reverse, nd::direction::bidirectional}) {
      lowered::builder_of b(5);
      dynamic_graph& g = b.graph;
      int const d = way == nd::direction::bidirectional ? 2 : 1, x = b.input("x", {s.time, s.batch, s.inputs});
      int const h0 = b.input("h0", {d, s.batch, s.hidden});
      auto const part = [&](int gates, int columns) { return b.weights({d, gates * s.hidden, columns}, 0.3f); };
      auto const bias = [&](int gates) { return b.weights({d, 2 * gates * s.hidden}, 0.3f); };
      for (bool linear : {false, true}) {
        nd::recurrent_options const how{.hidden = s.hidden, .way = way, .linear_before_reset = linear};
        int const gru = nd::gru(g, x, part(3, s.inputs), part(3, s.hidden), bias(3), -1, h0, how, b.layer("gru"));
        b.output(linear ? "gru1" : "gru0", nd::gru_y(g, gru, b.layer()));
        b.output(linear ? "last1" : "last0", nd::gru_y_h(g, gru, b.layer()));
      }
      nd::recurrent_options const how{.hidden = s.hidden, .way = way};
      int const lstm = nd::lstm(g, x, part(4, s.inputs), part(4, s.hidden), bias(4), -1, h0, -1,
                                b.weights({d, 3 * s.hidden}), how, b.layer("lstm"));
      b.output("lstm", nd::lstm_y(g, lstm, b.layer()));
      b.output("cell", nd::lstm_y_c(g, lstm, b.layer()));
      int const rnn = nd::rnn(g, x, part(1, s.inputs), part(1, s.hidden), -1, -1, h0, how, b.layer("rnn"));
      b.output("rnn", nd::rnn_y(g, rnn, b.layer()));
      INFO(s.time << " steps, " << s.hidden << " units, direction " << static_cast<int>(way));
      check(b.n);
    }
}

TEST_CASE("steps of two operands, broadcast in every way, and normalisations run by every instruction set") {
  lowered::builder_of b(9);
  dynamic_graph& g = b.graph;
  using nd::binary_fn;
  int const x = b.input("x", {2, 3, 5, 17});
  auto const positive = [&](int i) {
    return nd::unary(g, nd::unary(g, i, nd::unary_fn::abs, 0, 0, b.layer()), nd::unary_fn::exp, 0, 0, b.layer());
  };
  std::vector<int> const others{
      b.input("same", {2, 3, 5, 17}), b.weights({17}),          b.weights({3, 1, 1}),     b.weights({5, 1}),
      b.weights({3, 5, 1}),           b.weights({2, 1, 5, 17}), b.weights({1, 3, 1, 17}), b.scalar(0.7f),
      b.weights({4, 1, 1, 1, 1})};
  for (auto fn : {binary_fn::add, binary_fn::sub, binary_fn::mul, binary_fn::max, binary_fn::min, binary_fn::div})
    for (int y : others)
      for (bool turned : {false, true}) {
        int const u = turned ? y : x, v = turned ? x : y;
        std::string const name = "y" + std::to_string(g.ops.size());
        b.output(name.c_str(), nd::binary(g, u, fn == binary_fn::div ? positive(v) : v, fn, b.layer()));
      }
  b.output("layers", nd::layer_norm(g, x, b.weights({17}), b.weights({17}), 3, 1e-5f, b.layer()));
  b.output("planes", nd::layer_norm(g, x, b.weights({5, 17}), -1, 2, 1e-5f, b.layer()));
  b.output("mean", nd::layer_norm_mean(g, x, -1, b.layer()));
  b.output("groups", nd::group_norm(g, x, b.weights({3}), b.weights({3}), 1, 1e-5f, b.layer()));
  b.output("instances", nd::instance_norm(g, x, b.weights({3}), b.weights({3}), 1e-5f, b.layer()));
  b.output("batch", nd::batch_norm(g, x, b.weights({3}), b.weights({3}), b.weights({3}), b.weights({3}, 0.1f, 1), 1e-5f,
                                   b.layer()));
  for (int axis : {0, 1, 2, 3})
    for (bool log : {false, true}) {
      std::string const name = "softmax" + std::to_string(g.ops.size());
      b.output(name.c_str(), nd::softmax(g, x, axis, log, b.layer()));
    }
  check(b.n);
}

TEST_CASE("products, convolutions, transpositions and softmax run by every instruction set") {
  lowered::builder_of b(7);
  dynamic_graph& g = b.graph;
  int const image = b.input("image", {1, 3, 13, 11}), text = b.input("text", {2, 9, 21});
  int const pixels = nd::transpose(g, image, {0, 2, 3, 1}, b.layer());
  b.output("pixels", pixels);
  b.output("planes", nd::transpose(g, pixels, {0, 3, 1, 2}, b.layer()));
  b.output("conv", nd::conv(g, image, b.weights({6, 3, 3, 3}, 0.2f), b.weights({6}),
                            {.before = {1, 1}, .after = {1, 1}}, 1, b.layer()));
  b.output("groups", nd::conv(g, image, b.weights({3, 1, 13, 10}, 0.1f), -1, {}, 3, b.layer()));
  int const turned = nd::transpose(g, text, {0, 2, 1}, b.layer());
  int const scores = nd::softmax(g, nd::matmul(g, text, turned, b.layer()), 2, false, b.layer());
  b.output("attention", nd::matmul(g, scores, text, b.layer()));
  int const rows = nd::reshape(g, text, {18, 21}, b.layer());
  b.output("gemm", nd::gemm(g, rows, b.weights({7, 21}), b.weights({7}), 0.5f, 2, false, true, b.layer()));
  b.output("vector", nd::matmul(g, rows, b.weights({21}), b.layer()));
  check(b.n);
}

}  // namespace
