// What is written as ONNX computes the same when it is read again, and in ONNX Runtime.
#include <hone/io/npy.hpp>
#include <hone/io/onnx.hpp>
#include <hone/io/onnx_export.hpp>
#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/numerics.hpp>

#include <cmath>
#include <cstdlib>

#include "catch2.hpp"
#include "outside.hpp"
#include "tests/io/temporary.hpp"
#include "tests/support/networks.hpp"

namespace {

using namespace hone;

// A specialisation with parameters, as an artifact has them.
struct trial {
  dynamic_graph graph;
  tensor_set tensors;

  trial(dynamic_graph const& description, dtype precision, std::uint32_t seed)
      : graph(pass::canonical(description, {.precision = precision}, profile{})),
        tensors(pass::canonical_tensors(graph, networks::parameters_of(graph, seed))) {}
  std::vector<float> input(std::uint32_t seed) const {
    return networks::input_of(graph.ops[0].out, seed, !graph.ops[0].act.empty());
  }
};

// What the general tensor operations, ONNX's own definitions, make of the exported model.
std::vector<float> of_exported(trial const& t, std::vector<float> const& x) {
  network const n = io::import_onnx(io::onnx::read(io::onnx::write(io::to_onnx(t.graph, t.tensors))));
  buffer in(x.size() * sizeof(float));
  std::memcpy(in.data(), x.data(), in.size());
  shal::emulator e(n.graph, pass::evaluate_parameters(n.graph, n.weights));
  buffer const& y = e.edges({&in, 1})[static_cast<std::size_t>(output_of(n.graph))];
  return {y.as<float>(), y.as<float>() + y.size() / sizeof(float)};
}
// The largest difference, in parts of the largest result.
double difference(std::vector<float> const& a, std::vector<float> const& b) {
  REQUIRE(a.size() == b.size());
  double most = 0, scale = 1e-30;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::fabs(double(a[i]) - double(b[i])));
    scale = std::max(scale, std::fabs(double(b[i])));
  }
  return most / scale;
}

TEST_CASE("export: networks in floating point compute the same") {
  for (dtype const precision : {dtype::f32, dtype::bf16})
    for (dynamic_graph const& g :
         {thaw(networks::residual_net::description), thaw(networks::branching_net::description)}) {
      trial const t(g, precision, 5);
      std::vector<float> const x = t.input(6);
      CHECK(difference(of_exported(t, x), shal::emulate(t.graph, t.tensors, x)) < 1e-5);
    }
}

// One int8 layer between its quantisation and dequantisation.
template <class... Layers>
using one = hone::model<hone::nn::input<9, 7, 8>, Layers...>;

// Of results one step apart: how many; a step is the smallest difference of two results. Others are no near-ties.
template <class Model>
void check_layer() {
  trial const t(thaw(Model::description), dtype::i8, 9);
  std::size_t all = 0, unequal = 0;
  op const& last = t.graph.ops.back();
  bool const steps = is(last, dequantize_kind);
  float const step = steps ? t.tensors.at(tensor_name(t.graph, weight_at(t.graph, last.param[slot::scale])).c_str())
                                 .template values<float>()[0]
                           : 0.f;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    std::vector<float> const x = t.input(100 + seed), got = of_exported(t, x),
                             wanted = shal::emulate(t.graph, t.tensors, x);
    REQUIRE(got.size() == wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i, ++all) {
      float const apart = std::fabs(got[i] - wanted[i]);
      if (steps) {
        CHECK(apart < 1.001f * step);
        unequal += apart > 0.5f * step;
      } else {
        CHECK(apart <= 1e-5f * std::fabs(wanted[i]) + 1e-6f);
      }
    }
  }
  CHECK(unequal * 1000 <= all);
}

TEST_CASE("export: int8 layers are one step apart at most, and nearly always equal") {
  namespace n = hone::nn;
  check_layer<one<n::conv2d<12, 3>, n::relu, n::max_pool<2>>>();
  check_layer<one<n::conv2d<5, n::extent{2, 3}, 2>, n::max_pool<2>>>();
  check_layer<one<n::depthwise_conv2d<3>, n::relu6, n::max_pool<1>>>();
  check_layer<one<n::dense<10>>>();
  check_layer<one<n::avg_pool<2>, n::max_pool<1>>>();
  check_layer<one<n::residual<n::conv2d<8, 3>>, n::relu, n::max_pool<1>>>();
  check_layer<one<n::residual<n::max_pool<3, 1, n::padding::same>>>>();
  check_layer<one<n::concat<n::identity, n::max_pool<3, 1, n::padding::same>>, n::flatten>>();
}

TEST_CASE("export: tables and pairs of edges") {
  // x -> table -> + x -> * x, as imported networks have them
  dynamic_graph g;
  g.layers.push_back({"a", 0});
  op in{};
  in.kind = &input_kind, in.out = {3, 4, 5}, in.layer = 0;
  int const x = emit(g, in);
  auto const scale = [&](int cols, int ordinal) {
    std::int16_t const p = parameter(g, 0, role::scale, {1, 1, 1, cols});
    weight_at(g, p).ordinal = static_cast<std::int8_t>(ordinal);
    return p;
  };
  op q = nn::reading(quantize_kind, x, 0);
  q.type = dtype::u8, q.zero = 120, q.param[slot::scale] = scale(1, 0);
  int const e = emit(g, q);
  op t = nn::reading(table_kind, e, 0);
  t.from = t.type = dtype::u8, t.param[slot::weight] = parameter(g, 0, role::weight, {1, 1, 1, 256}, dtype::u8);
  int const looked = emit(g, t);
  int last = looked;
  for (op_kind const* k : {&qadd_kind, &qmul_kind}) {
    op p = nn::reading(*k, last, 0);
    p.input[1] = static_cast<std::int16_t>(e), p.from = p.type = dtype::u8, p.from_zero = last == looked ? 30 : 128;
    p.addend_zero = 120, p.zero = 128, p.least = 10, p.param[slot::scale] = scale(3, last == looked ? 1 : 2);
    last = emit(g, p);
  }
  op d = nn::reading(dequantize_kind, last, 0);
  d.from = dtype::u8, d.from_zero = 128, d.param[slot::scale] = scale(1, 3);
  emit(g, d);
  tensor_set tensors;
  tensors.add("a.scale", dtype::f32, {1, 1, 1, 1}).values<float>()[0] = 90;
  auto const table = tensors.add("a.weight", dtype::u8, {1, 1, 1, 256}).values<std::uint8_t>();
  for (std::size_t i = 0; i < 256; ++i) table[i] = static_cast<std::uint8_t>(255 - i / 2);
  for (char const* name : {"a.scale_1", "a.scale_2"}) {
    auto const s = tensors.add(name, dtype::f32, {1, 1, 1, 3}).values<float>();
    s[0] = 0.011f, s[1] = 0.0123f, s[2] = 51;
  }
  tensors.add("a.scale_3", dtype::f32, {1, 1, 1, 1}).values<float>()[0] = 0.02f;
  trial both(thaw(networks::residual_net::description), dtype::f32, 1);
  both.graph = pass::plan_activations(g), both.tensors = tensors;
  std::vector<float> const input = both.input(8);
  CHECK(difference(of_exported(both, input), shal::emulate(both.graph, both.tensors, input)) <= 0.021);
}

TEST_CASE("export: what cannot be said is refused") {
  trial t(thaw(networks::residual_net::description), dtype::f32, 1);
  tensor_set fewer;
  CHECK_THROWS_WITH(io::to_onnx(t.graph, fewer), Contains("no tensor is named"));
  dynamic_graph g;
  int const x = nd::input(g, "x", {2, 3}, dtype::f32);
  nd::output(g, "y", emit_tensor(g, nn::reading(constant_kind, x, -1), {.dims = {2, 3}}));
  CHECK_THROWS_WITH(io::to_onnx(g, fewer), Contains("works on tensors"));
}

TEST_CASE("export: ONNX Runtime gives the same") {
  std::string const python = outside::python_with("onnx, onnxruntime, numpy");
  if (python.empty()) {
    WARN("skipped: no Python with ONNX Runtime (scripts/peers-venv makes one)");
    return;
  }
  temporary_folder const folder;
  std::string names;
  for (dtype const precision : {dtype::f32, dtype::i8})
    for (int which = 0; which < 2; ++which) {
      trial const t(which == 0 ? thaw(networks::residual_net::description) : thaw(networks::branching_net::description),
                    precision, 3);
      std::string const path = folder / (std::string(name(precision)) + std::to_string(which)).c_str();
      io::onnx::write_file(io::to_onnx(t.graph, t.tensors), path + ".onnx");
      std::vector<float> const x = t.input(4), y = shal::emulate(t.graph, t.tensors, x);
      shape const s = t.graph.ops[0].out;
      io::array in(dtype::f32, {1, s.h, s.w, s.c}), out(dtype::f32, {static_cast<std::int64_t>(y.size())});
      std::copy(x.begin(), x.end(), in.values<float>().begin()),
          std::copy(y.begin(), y.end(), out.values<float>().begin());
      io::save_npy(path + "_in.npy", in), io::save_npy(path + "_out.npy", out);
      names += " " + path;
    }
  CHECK(std::system((python + " tests/io/onnx_runs.py" + names).c_str()) == 0);
}

}  // namespace
