#include <hone/io/onnx.hpp>

#include "catch2.hpp"
#include "tests/io/onnx_models.hpp"

using namespace onnx_models;
using list = std::vector<double>;

hone::network onnx_models::sample::import(hone::io::import_options const& o) const {
  return hone::io::import_onnx(*this, o);
}
hone::network onnx_models::lowered(hone::network const& net) { return hone::pass::lower(net); }

namespace {

hone::io::import_options with_sizes(std::vector<hone::io::named_size> const& sizes) { return {.sizes = sizes}; }
hone::io::import_options bind(char const* name, onnx::tensor const& t, dtype type) {
  hone::io::array a(type, t.dims);
  if (a.data.size() != 0) std::memcpy(a.data.data(), t.data.data(), a.data.size());
  hone::io::import_options o;
  o.constants.push_back({name, a});
  return o;
}
std::string layer_of(network const& net, int op) {
  return net.graph.layers[static_cast<std::size_t>(net.graph.ops[static_cast<std::size_t>(op)].layer)].name.c_str();
}

}  // namespace

TEST_CASE("onnx import: a node becomes an operation in a layer of its name, with its constants as tensors") {
  sample s = with_x({1, 2, 3, 3});
  s.constant<float>("w", {1, 2, 1, 1}, {2, 3}).constant<float>("b", {1}, {10}).constant<float>("unused", {1}, {0});
  s.node("Conv", {"x", "w", "b"}, {"c"}, {}, "/block.1/conv/Conv").node("Relu", {"c"}, {"y"}, {}, "relu:0");
  network const net = s.import();
  CHECK(count(net, "conv") == 1);
  int const y = port_of(net, "y").op;
  CHECK(layer_of(net, y) == "relu_0");
  CHECK(layer_of(net, net.graph.ops[static_cast<std::size_t>(y)].input[0]) == "block.1.conv.Conv");
  REQUIRE(net.weights.size() == 2);
  CHECK(net.weights.at("block.1.conv.Conv.constant").values<float>()[1] == 3);
  CHECK(net.weights.at("block.1.conv.Conv.constant_1").values<float>()[0] == 10);
  REQUIRE(net.graph.ports.size() == 2);
  CHECK(std::string(net.graph.ports[0].name.c_str()) == "x");
  CHECK(!net.graph.ports[0].output);
  CHECK(dims_at(net) == extents{1, 1, 3, 3});
  CHECK(evaluate(net, counting(18)) == list{37, 42, 47, 52, 57, 62, 67, 72, 77});
}

TEST_CASE("onnx import: layers have different names that fit, also where nodes have none") {
  std::string const longest(200, 'n');
  sample s = with_x({2});
  s.node("Relu", {"x"}, {"a"}, {}, "same").node("Abs", {"a"}, {"b"}, {}, "same").node("Exp", {"b"}, {"c"});
  s.node("Neg", {"c"}, {"d"}, {}, (longest + "1").c_str()).node("Neg", {"d"}, {"e"}, {}, (longest + "1").c_str());
  s.node("Neg", {"e"}, {"f"}, {}, "//").node("Neg", {"f"}, {"y"}, {}, "x");
  network const net = s.import();
  std::set<std::string> names;
  for (hone::layer const& l : net.graph.layers) {
    std::string const name = l.name.c_str();
    CHECK(names.insert(name).second);
    CHECK(!name.empty());
    CHECK(name.size() <= 50);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") ==
          std::string::npos);
  }
  CHECK(names.count("same") == 1);
  CHECK(names.count("same_2") == 1);
  CHECK(names.count("Exp_0") == 1);
}

TEST_CASE("onnx import: what depends on shapes and constants alone is computed, and what nothing needs goes") {
  sample s = with_x({2, 3, 4});
  s.constant<std::int64_t>("zero", {1}, {0}).constant<std::int64_t>("rest", {1}, {-1});
  s.node("Exp", {"x"}, {"e"}).node("Shape", {"e"}, {"shape"}).node("Gather", {"shape", "zero"}, {"batch"});
  s.node("Concat", {"batch", "rest"}, {"to"}, {integer("axis", 0)}).node("Reshape", {"x", "to"}, {"r"});
  s.node("Identity", {"r"}, {"i"}).node("Dropout", {"i"}, {"y"});
  network const net = s.import();
  CHECK(dims_at(net) == extents{2, 12});
  CHECK(net.weights.size() == 0);
  CHECK(count(net, "unary") == 0);
  CHECK(net.graph.layers.size() <= 3);
}

TEST_CASE("onnx import: stored numbers that are dequantised stay, those that are quantised are computed") {
  sample s = with_x({2});
  s.constant<float>("w", {2}, {0.5f, -1}).constant<float>("scale", {}, {0.5f}).constant<std::int8_t>("zero", {}, {1});
  s.node("QuantizeLinear", {"w", "scale", "zero"}, {"q"}).node("DequantizeLinear", {"q", "scale", "zero"}, {"d"});
  s.node("Add", {"x", "d"}, {"y"});
  network const net = s.import();
  CHECK(count(net, "quantize_linear") == 0);
  CHECK(count(net, "dequantize_linear") == 1);
  CHECK(evaluate(net, {10, 20}) == list{10.5, 19});
}

TEST_CASE("onnx import: a first dimension that is open is 1, sizes are given by name, extents of inputs win") {
  sample s = with_x({-1, -1, 3});
  s.graph.inputs[0].dims[0].symbol = "batch", s.graph.inputs[0].dims[1].symbol = "time";
  s.input("h", {-1, 2}, element::f32, {{0, "batch"}}).output("z");
  s.node("Relu", {"x"}, {"y"}).node("Relu", {"h"}, {"z"});
  CHECK_THROWS_WITH(s.import(), Contains("dimension 1 is open: \"time\"") && Contains("input \"x\"") &&
                                    Contains("import_options::sizes: {\"time\", SIZE}"));
  CHECK(dims_at(s.import(with_sizes({{"time", 5}}))) == extents{1, 5, 3});
  network const four = s.import(with_sizes({{"time", 5}, {"batch", 4}}));
  CHECK(dims_at(four) == extents{4, 5, 3});
  CHECK(dims_at(four, "z") == extents{4, 2});
  hone::io::import_options whole;
  whole.inputs = {{"x", {7, 6, 3}}};
  CHECK(dims_at(s.import(whole)) == extents{7, 6, 3});
  CHECK(dims_at(s.import(whole), "z") == extents{7, 2});
  whole.inputs = {{"x", {7, 6}}};
  CHECK_THROWS_WITH(s.import(whole), Contains("gives it 3 dimensions, the options 2"));
  whole.inputs = {{"X", {7, 6, 3}}};
  CHECK_THROWS_WITH(s.import(whole), Contains("\"X\"") && Contains("the inputs are x, h"));
  CHECK_THROWS_WITH(s.import(with_sizes({{"tim", 5}})), Contains("symbolic dimension") && Contains("\"tim\""));
  CHECK_THROWS_WITH(s.import(with_sizes({{"time", -5}})), Contains("negative or too large"));
  CHECK_THROWS_WITH(s.import(with_sizes({{"time", 1 << 30}})), Contains("negative or too large"));
  s.graph.inputs[0].dims[1].symbol = "?";
  CHECK_THROWS_WITH(s.import(), Contains("dimension 1 is open (") && Contains("import_options::inputs"));
  s.graph.inputs[0].dims[1].symbol = "time";
  s.graph.inputs[1].has_shape = false;
  CHECK_THROWS_WITH(s.import(with_sizes({{"time", 5}})), Contains("rank is open") && Contains("input \"h\""));
}

TEST_CASE("onnx import: an input that has to be known is bound to a constant, and vanishes") {
  sample s = with_x({2, 3});
  s.input("shape", {2}, element::i64).node("Reshape", {"x", "shape"}, {"y"});
  CHECK_THROWS_WITH(s.import(), Contains("operand 1, \"shape\", has to be known") &&
                                    Contains("import_options::constants: \"shape\""));
  network const net = s.import(bind("shape", tensor<std::int64_t>("", {2}, {3, -1}), dtype::i64));
  CHECK(dims_at(net) == extents{3, 2});
  CHECK(net.graph.ports.size() == 2);
  CHECK_THROWS_WITH(s.import(bind("shape", tensor<std::int64_t>("", {3}, {3, 2, 1}), dtype::i64)),
                    Contains("input \"shape\"") && Contains("int64 3"));
  CHECK_THROWS_WITH(s.import(bind("shape", tensor<std::int32_t>("", {2}, {3, 2}), dtype::i32)), Contains("int32 2"));
  CHECK_THROWS_WITH(s.import(bind("shop", tensor<std::int64_t>("", {2}, {3, 2}), dtype::i64)), Contains("\"shop\""));
}

TEST_CASE("onnx import: constants that old files list as inputs are constants") {
  sample s = with_x({2});
  s.input("c", {2}).constant<float>("c", {2}, {5, 6}).node("Add", {"x", "c"}, {"y"});
  network const net = s.import();
  CHECK(net.graph.ports.size() == 2);
  CHECK(evaluate(net, {1, 1}) == list{6, 7});
}

TEST_CASE("onnx import: every output has an operation of its own, that is no input and no constant") {
  sample s = with_x({2});
  s.constant<float>("c", {3}, {1, 2, 3}).node("Relu", {"x"}, {"r"}).node("Identity", {"r"}, {"same"});
  s.constant<std::int64_t>("flat", {2}, {1, 2}).node("Reshape", {"x", "flat"}, {"seen"});
  s.graph.outputs.clear();
  for (char const* o : {"x", "c", "r", "same", "seen"}) s.output(o);
  network const net = s.import();
  std::set<int> ops;
  for (hone::port const& p : net.graph.ports) {
    if (!p.output) continue;
    CHECK(ops.insert(p.op).second);
    std::string const kind = net.graph.ops[static_cast<std::size_t>(p.op)].kind->name;
    CHECK((kind == "copy" || kind == "unary"));
  }
  hone::shal::emulator emulator(net.graph, net.weights);
  auto const& edges = emulator.edges(std::vector<hone::buffer>{to_buffer<float>({-4, 4})});
  auto const out = [&](std::size_t port, int i) {
    return edges[static_cast<std::size_t>(net.graph.ports[port].op)].as<float>()[i];
  };
  CHECK(out(1, 0) == -4);
  CHECK(out(2, 2) == 3);
  CHECK(out(3, 0) == 0);
  CHECK(out(4, 1) == 4);
  CHECK(out(5, 0) == -4);
  CHECK(dims_at(net, "seen") == extents{1, 2});
}

TEST_CASE("onnx import: nodes may stand in any order, but not in a cycle; what they read has to be there") {
  sample s = with_x({2});
  s.node("Neg", {"b"}, {"y"}).node("Abs", {"a"}, {"b"}).node("Sub", {"x", "x"}, {"a"});
  CHECK(evaluate(s.import(), {1, 2}) == list{0, 0});
  sample cycle = with_x({2});
  cycle.node("Add", {"x", "b"}, {"a"}, {}, "first").node("Neg", {"a"}, {"b"}).node("Neg", {"b"}, {"y"});
  CHECK_THROWS_WITH(cycle.import(), Contains("cycle"));
  sample self = with_x({2});
  self.node("Add", {"x", "y"}, {"y"}, {}, "self");
  CHECK_THROWS_WITH(self.import(), Contains("cycle") && Contains("node \"self\" (Add)"));
  sample missing = with_x({2});
  missing.node("Add", {"x", "lost"}, {"y"}, {}, "sum");
  CHECK_THROWS_WITH(missing.import(), Contains("nothing gives the value \"lost\"") && Contains("node \"sum\" (Add)"));
  sample nothing = with_x({2});
  CHECK_THROWS_WITH(nothing.import(), Contains("\"y\"") && Contains("output \"y\""));
}

TEST_CASE("onnx import: what does not fit or is not supported is refused, naming the node") {
  sample shapes = with_x({1, 3, 8, 8});
  shapes.constant<float>("w", {4, 2, 3, 3}, std::vector<float>(72)).node("Conv", {"x", "w"}, {"y"}, {}, "stem");
  CHECK_THROWS_WITH(
      shapes.import(), Contains("f32 [1, 3, 8, 8], f32 [4, 2, 3, 3]") && Contains("node \"stem\" (Conv)"));
  sample unknown = with_x({1});
  unknown.node("NonMaxSuppression", {"x"}, {"y"}, {integer("center_point_box", 1), integers("pads", {1, 2})}, "nms");
  CHECK_THROWS_WITH(
      unknown.import(),
      Contains("operator is not supported") && Contains("center_point_box=1 pads=[1, 2]") &&
          Contains("node \"nms\" (NonMaxSuppression)") && Contains("supported are Abs Acos ") && Contains(" Xor"));
  sample foreign = with_x({1});
  foreign.node("Gelu", {"x"}, {"y"});
  foreign.graph.nodes[0].domain = "my.own";
  CHECK_THROWS_WITH(foreign.import(), Contains("(\"my.own\" Gelu)"));
  sample mode = with_x({1, 1, 2, 2});
  mode.constant<float>("s", {4}, {1, 1, 2, 2}).node("Resize", {"x", "", "s"}, {"y"}, {text("mode", "spline")});
  CHECK_THROWS_WITH(mode.import(), Contains("its mode is \"spline\"") && Contains("supported are nearest, linear"));
  sample attribute = with_x({1, 2});
  attribute.node("Flatten", {"x"}, {"y"}, {number("axis", 1)});
  CHECK_THROWS_WITH(attribute.import(), Contains("attribute axis has type 1"));
  sample absent = with_x({1, 2});
  absent.node("Add", {"x"}, {"y"});
  CHECK_THROWS_WITH(absent.import(), Contains("operand 1 is missing"));
  CHECK_THROWS_WITH(with_x({2}, 17, element::string).node("Identity", {"x"}, {"y"}).import(),
                    Contains("type STRING") && Contains("input \"x\"") && Contains("are supported"));
  CHECK_THROWS_WITH(with_x({2}, 5).node("Relu", {"x"}, {"y"}).import(), Contains("opset 5"));
  sample later(17);
  later.input("x", {2}).output("z").node("Relu", {"x"}, {"z"}).node("Loop", {"x"}, {"dead"});
  CHECK_NOTHROW(later.import());
}

TEST_CASE("onnx import: all operators have names, sorted") {
  std::string const all = hone::io::supported_operators();
  for (char const* op : {"Conv", "If", "GRU", "DequantizeLinear", "com.microsoft.QLinearAdd"})
    CHECK((" " + all + " ").find(" " + std::string(op) + " ") != std::string::npos);
  auto const sorted = [](auto const& rules) {
    for (std::size_t i = 1; i < std::size(rules); ++i) CHECK(std::string(rules[i - 1].name) < rules[i].name);
  };
  sorted(hone::io::importing::rules::onnx);
  sorted(hone::io::importing::rules::microsoft);
}
