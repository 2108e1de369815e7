// Recurrent layers, products, convolutions and transpositions of tensors give what their portable code gives, on every
// instruction set that a dynamic engine runs here.
#include <hone/hone.hpp>
#include <hone/nn/nd/gru.hpp>
#include <hone/nn/nd/lstm.hpp>
#include <hone/nn/nd/rnn.hpp>
#include <hone/run/dynamic_engine.hpp>

#include <cmath>

#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

namespace {

using namespace hone;

// The largest difference of the engine's outputs from the emulator's, for the machine's routines.
double worst(network const& n, profile const& machine) {
  profile const* const only[]{&machine};
  dynamic_engine net{n, {.machines = only}};
  networks::noise noise(3);
  std::vector<buffer> const in = lowered::inputs_of(n.graph, noise), wanted = lowered::outputs_of(n, in);
  for (std::size_t i = 0; i < in.size(); ++i) std::memcpy(net.inputs()[i].data, in[i].data(), in[i].size());
  net.run();
  double most = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto const got = net.outputs()[i].values<float>();
    REQUIRE(got.size() * sizeof(float) == wanted[i].size());
    for (std::size_t k = 0; k < got.size(); ++k) {
      double const difference = std::fabs(double(got[k]) - double(wanted[i].as<float>()[k]));
      most = difference <= most ? most : std::isnan(difference) ? 1e30 : difference;
    }
  }
  return most;
}
// On every machine of the catalogue that runs here.
void check(network const& n) {
  for (profile const* m : {&hw::sapphire_rapids::value, &hw::zen4::value, &hw::skylake_x::value, &hw::haswell::value,
                           &hw::nehalem::value, &hw::neoverse_n1::value, &hw::any::value}) {
    if (!hw::supported(m->target)) continue;
    INFO(m->name);
    CHECK(worst(n, *m) <= 2e-5);
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
