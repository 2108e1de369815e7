// Control flow, functions, and what files made to waste time or memory get.
#include "catch2.hpp"
#include "tests/io/onnx_models.hpp"

using namespace onnx_models;
using list = std::vector<double>;

namespace {

// A graph without inputs whose output is the node's.
onnx::graph branch(onnx::node const& n) {
  onnx::graph g;
  g.nodes.push_back(n);
  g.outputs.push_back({.name = n.outputs[0]});
  return g;
}
sample with_if(bool taken) {
  sample s = with_x({2});
  s.graph.initializers.push_back(tensor<std::uint8_t>("flag", {}, {taken}, element::boolean));
  s.node("Neg", {"x"}, {"minus"});
  s.node("If", {"flag"}, {"y"},
         {graph("then_branch", branch(node("Add", {"x", "minus"}, {"t"}))),
          graph("else_branch", branch(node("Sub", {"x", "minus"}, {"e"})))},
         "choice");
  return s;
}

onnx::function scale_function() {
  onnx::function f;
  f.domain = "my", f.name = "Scale", f.inputs = {"a", "bias"}, f.outputs = {"r"}, f.opsets = {{"", 17}};
  f.attributes = {"slope"}, f.defaults = {number("low", 0)};
  f.nodes.push_back(node("LeakyRelu", {"a"}, {"l"}, {given("alpha", onnx::attribute_type::f, "slope")}));
  f.nodes.push_back(node("Clip", {"l", "least"}, {"c"}));
  f.nodes.push_back(node("Constant", {}, {"least"}, {given("value_float", onnx::attribute_type::f, "low")}));
  f.nodes.push_back(node("Sum", {"c", "bias"}, {"r"}));
  return f;
}
sample calling(std::vector<onnx::attribute> const& attributes, names const& operands) {
  sample s = with_x({2});
  s.functions.push_back(scale_function());
  s.opsets.push_back({"my", 1});
  s.constant<float>("b", {}, {100}).node("Scale", operands, {"y"}, attributes, "scaled");
  s.graph.nodes.back().domain = "my";
  return s;
}

}  // namespace

TEST_CASE("onnx import: of an If with a known condition one branch is there") {
  CHECK(evaluate(with_if(true).import(), {3, 4}) == list{0, 0});
  CHECK(evaluate(with_if(false).import(), {3, 4}) == list{6, 8});
  CHECK(count(with_if(false).import(), "binary") == 1);
  sample s = with_if(true);
  s.graph.initializers.clear();
  s.input("flag", {}, element::boolean);
  CHECK_THROWS_WITH(s.import(), Contains("\"flag\", has to be known") && Contains("node \"choice\" (If)"));
  sample open = with_if(true);
  open.graph.nodes.back().attributes.clear();
  CHECK_THROWS_WITH(open.import(), Contains("no then_branch"));
}

TEST_CASE("onnx import: branches nest, and see the values around them") {
  onnx::graph inner = branch(node("If", {"flag"}, {"r"},
                                  {graph("then_branch", branch(node("Mul", {"x", "own"}, {"t"}))),
                                   graph("else_branch", branch(node("Neg", {"x"}, {"e"})))}));
  inner.initializers.push_back(tensor<float>("own", {}, {5}));
  sample s = with_if(true);
  s.graph.nodes.back().attributes[0] = graph("then_branch", inner);
  CHECK(evaluate(s.import(), {3, 4}) == list{15, 20});
}

TEST_CASE("onnx import: functions of the file are inlined, with attributes, defaults and absent operands") {
  CHECK(evaluate(calling({number("slope", 0.5f), number("low", -1)}, {"x", "b"}).import(), {-1, -8}) == list{99.5, 99});
  CHECK(evaluate(calling({number("slope", 0.5f)}, {"x", "b"}).import(), {-1, 8}) == list{100, 108});
  CHECK_THROWS_WITH(calling({}, {"x", "b", "b"}).import(), Contains("fewer operands") && Contains("\"scaled\""));
  CHECK_THROWS_WITH(calling({number("slope", 1)}, {"x"}).import(), Contains("operand 1 is missing"));
}

TEST_CASE("onnx import: functions that call themselves, or each other without measure, are refused") {
  sample s = calling({number("slope", 1)}, {"x", "b"});
  s.functions[0].nodes[0] = node("Scale", {"a", "bias"}, {"l"});
  s.functions[0].nodes[0].domain = "my";
  CHECK_THROWS_WITH(s.import(), Contains("over 32 deep"));
  sample wide = with_x({2});
  wide.opsets.push_back({"my", 1});
  for (int level = 0; level < 30; ++level) {
    onnx::function f;
    f.domain = "my", f.name = "f" + std::to_string(level), f.inputs = {"a"}, f.outputs = {"r"}, f.opsets = {{"", 17}};
    std::string const next = level < 29 ? "f" + std::to_string(level + 1) : "Relu";
    for (auto const& [in, out] : {std::pair{"a", "m"}, std::pair{"m", "r"}}) {
      f.nodes.push_back(node(next.c_str(), {in}, {out}));
      if (level < 29) f.nodes.back().domain = "my";
    }
    wide.functions.push_back(f);
  }
  wide.node("f0", {"x"}, {"y"});
  wide.graph.nodes[0].domain = "my";
  CHECK_THROWS_WITH(wide.import(), Contains("over 200000 nodes") || Contains("over 32000 operations"));
}

TEST_CASE("onnx import: what would take much memory or time is refused, or left to the network") {
  sample wide = with_x({2});
  wide.constant<std::int64_t>("to", {3}, {1 << 20, 1 << 20, 1 << 20}).node("Expand", {"x", "to"}, {"y"});
  CHECK_THROWS_WITH(wide.import(), Contains("negative or too large"));
  sample range = with_x({1}, 17, element::i64);
  range.constant<std::int64_t>("0", {}, {0}).constant<std::int64_t>("n", {}, {INT64_MAX});
  range.constant<std::int64_t>("1", {}, {1}).node("Range", {"0", "n", "1"}, {"r"}).node("Add", {"x", "r"}, {"y"});
  CHECK_THROWS_WITH(range.import(), Contains("2^27 elements"));
  sample still = with_x({1}, 17, element::i64);
  still.constant<std::int64_t>("0", {}, {0}).constant<std::int64_t>("n", {}, {5});
  still.node("Range", {"0", "n", "0"}, {"r"}).node("Add", {"x", "r"}, {"y"});
  CHECK_THROWS_WITH(still.import(), Contains("2^27 elements"));
  sample ends = with_x({1}, 17, element::i64);
  ends.constant<std::int64_t>("most", {}, {INT64_MAX}).constant<std::int64_t>("least", {}, {INT64_MAX - 5});
  ends.constant<std::int64_t>("step", {}, {2}).node("Range", {"least", "most", "step"}, {"r"});
  CHECK(dims_at(ends.node("Add", {"x", "r"}, {"y"}).import()) == extents{3});
  sample nothing = with_x({2, 2});
  nothing.constant<std::int64_t>("k", {0}, {}).node("Trilu", {"x", "k"}, {"y"});
  CHECK_THROWS_WITH(nothing.import(), Contains("operand 1 has the extents [0]") && Contains("give one number"));
  sample tiles = with_x({1});
  tiles.constant<std::int64_t>("n", {1}, {INT64_MAX}).node("Tile", {"x", "n"}, {"y"});
  CHECK_THROWS(tiles.import());
  // 100 MB each, which the import does not compute: that is left to the network.
  sample large = with_x({1});
  large.constant<float>("c", {1}, {1}).constant<std::int64_t>("to", {1}, {25 << 20});
  std::string sum = "x";
  for (int i = 0; i < 5; ++i) {
    std::string const n = std::to_string(i);
    large.node("Expand", {"c", "to"}, {"e" + n})
        .node("ReduceSum", {"e" + n}, {"r" + n})
        .node("Add", {sum, "r" + n}, {"s" + n});
    sum = "s" + n;
  }
  large.node("Relu", {sum}, {"y"});
  network const net = large.import();
  CHECK(count(net, "expand") == 5);
  CHECK(net.weights.bytes() < 1000);
  sample image = with_x({1, 1, 60000, 60000});
  CHECK_THROWS_WITH(image.node("Relu", {"x"}, {"y"}).import(), Contains("input \"x\"") && Contains("2^27"));
  sample many = with_x({1});
  many.node("Relu", {"x"}, {"v0"});
  for (int i = 0; i < 33000; ++i) many.node("Relu", {"v" + std::to_string(i)}, {"v" + std::to_string(i + 1)});
  many.node("Relu", {"v33000"}, {"y"});
  CHECK_THROWS_WITH(many.import(), Contains("over 32000 operations"));
  sample parts = with_x({1});
  names all;
  for (int i = 0; i < 9000; ++i) all.push_back("x");
  CHECK_THROWS_WITH(parts.node("Concat", all, {"y"}).import(), Contains("over 32000 operations"));
}

TEST_CASE("onnx import: a node of many constants has tensors of many names") {
  sample s = with_x({1});
  names all{"x"};
  for (int i = 0; i < 250; ++i) {
    all.push_back("c" + std::to_string(i));
    s.constant<float>(all.back().c_str(), {1}, {static_cast<float>(i)});
  }
  network const net = s.node("Concat", all, {"y"}, {integer("axis", 0)}, "joined").import();
  CHECK(net.weights.size() == 250);
  CHECK(net.weights.find("joined.constant_99") != nullptr);
  list const y = evaluate(net, std::vector<float>{-1});
  REQUIRE(y.size() == 251);
  CHECK(y[0] == -1);
  CHECK(y[250] == 249);
}

namespace {

onnx::value_info named(char const* name) { return {.name = name, .type = element::f32, .has_shape = false}; }
// sum = sum + step(i), seen = sum, for n passes; goes on while on (the body's own condition).
sample with_loop(std::vector<onnx::node> const& nodes, names const& operands, names const& outputs = {"y", "all"}) {
  onnx::graph body;
  body.inputs = {named("i"), named("on"), named("sum")};
  body.outputs = {named("on_next"), named("sum_next"), named("seen")};
  body.initializers.push_back(tensor<float>("own", {}, {1}));
  body.nodes = nodes;
  sample s = with_x({2});
  s.constant<std::int64_t>("n", {}, {3}).constant<float>("w", {}, {2});
  s.graph.initializers.push_back(tensor<std::uint8_t>("yes", {}, {1}, element::boolean));
  s.node("Loop", operands, outputs, {graph("body", body)}, "loop");
  return s;
}
std::vector<onnx::node> adding() {
  return {node("Identity", {"on"}, {"on_next"}),    node("Cast", {"i"}, {"f"}, {integer("to", 1)}),
          node("Add", {"f", "own"}, {"k"}),         node("Constant", {}, {"two"}, {number("value_float", 2)}),
          node("Mul", {"k", "w"}, {"k2"}),          node("Mul", {"k2", "two"}, {"k4"}),
          node("Add", {"sum", "k4"}, {"sum_next"}), node("Identity", {"sum_next"}, {"seen"})};
}

}  // namespace

TEST_CASE("onnx import: a Loop of known length is unrolled, its constants are there once") {
  sample s = with_loop(adding(), {"n", "yes", "x"});
  s.output("all");
  network const net = s.import();
  CHECK(evaluate(net, {1, 2}) == list{25, 26});
  CHECK(evaluate(net, {1, 2}, "all") == list{5, 6, 13, 14, 25, 26});
  CHECK(dims_at(net, "all") == extents{3, 2});
  std::vector<onnx::node> until = adding();
  until[0] = node("Less", {"k4", "limit"}, {"on_next"});
  until.push_back(node("Constant", {}, {"limit"}, {number("value_float", 8)}));
  CHECK(evaluate(with_loop(until, {"", "", "x"}).import(), {1, 2}) == list{13, 14});
  sample none = with_loop(adding(), {"n", "yes", "x"}, {"y"});
  none.graph.initializers[0] = tensor<std::int64_t>("n", {}, {0});
  CHECK(evaluate(none.import(), {1, 2}) == list{1, 2});
}

TEST_CASE("onnx import: loops that may not end, change their results or have no pass to collect are refused") {
  std::vector<onnx::node> open = adding();
  open[0] = node("Less", {"total", "w"}, {"on_next"});
  open.push_back(node("ReduceSum", {"sum"}, {"total"}, {integer("keepdims", 0)}));
  CHECK_THROWS_WITH(
      with_loop(open, {"n", "", "x"}).import(), Contains("depends on what it computes") && Contains("(Loop)"));
  CHECK_THROWS_WITH(
      with_loop(adding(), {"", "", "x"}).import(), Contains("over 32000 operations") || Contains("200000"));
  std::vector<onnx::node> idle{node("Identity", {"on"}, {"on_next"}), node("Identity", {"sum"}, {"sum_next"}),
                               node("Identity", {"sum"}, {"seen"})};
  CHECK_THROWS_WITH(
      with_loop(idle, {"", "yes", "x"}, {"y"}).import(), Contains("200000 nodes") || Contains("over 32000"));
  std::vector<onnx::node> growing = adding();
  growing[6] = node("Concat", {"sum", "sum"}, {"sum_next"}, {integer("axis", 0)});
  CHECK_THROWS_WITH(with_loop(growing, {"n", "", "x"}).output("all").import(), Contains("changes its extents"));
  CHECK_THROWS_WITH(
      with_loop(growing, {"", "", "x"}, {"y"}).import(), Contains("too large") || Contains("smaller extents"));
  sample none = with_loop(adding(), {"n", "yes", "x"});
  none.graph.initializers[0] = tensor<std::int64_t>("n", {}, {0});
  CHECK_THROWS_WITH(none.output("all").import(), Contains("no pass"));
  CHECK_THROWS_WITH(with_loop(adding(), {"n", "yes"}).import(), Contains("other inputs or outputs"));
  sample bodiless = with_loop(adding(), {"n", "yes", "x"});
  bodiless.graph.nodes.back().attributes.clear();
  CHECK_THROWS_WITH(bodiless.import(), Contains("no body"));
}

TEST_CASE("onnx import: Scan takes slices along any axis, in either direction") {
  onnx::graph body;
  body.inputs = {named("h"), named("v")}, body.outputs = {named("h_next"), named("seen")};
  body.nodes = {
      node("Mul", {"h", "two"}, {"d"}), node("Add", {"d", "v"}, {"h_next"}), node("Identity", {"h_next"}, {"seen"})};
  body.initializers.push_back(tensor<float>("two", {}, {2}));
  for (bool back : {false, true}) {
    sample s = with_x({2, 3});
    s.output("all").constant<float>("h0", {2}, {0, 1});
    s.node("Scan", {"h0", "x"}, {"y", "all"},
           {graph("body", body), integer("num_scan_inputs", 1), integers("scan_input_axes", {1}),
            integers("scan_input_directions", {back}), integers("scan_output_axes", {-1}),
            integers("scan_output_directions", {back})});
    network const net = s.import();
    CHECK(evaluate(net, {1, 2, 3, 4, 5, 6}) ==
          (back ? list{3 * 4 + 2 * 2 + 1, 8 + 24 + 10 + 4} : list{11, 8 + 16 + 10 + 6}));
    CHECK(evaluate(net, {1, 2, 3, 4, 5, 6}, "all") == (back ? list{17, 8, 3, 46, 21, 8} : list{1, 4, 11, 6, 17, 40}));
  }
}

TEST_CASE("onnx import: of an If that data decide both branches are there") {
  sample s = with_if(true);
  s.graph.initializers.clear();
  s.graph.nodes.insert(s.graph.nodes.begin(), node("ReduceSum", {"x"}, {"total"}, {integer("keepdims", 0)}));
  s.constant<float>("zero", {}, {0});
  s.graph.nodes.insert(s.graph.nodes.begin() + 1, node("Greater", {"total", "zero"}, {"flag"}));
  network const net = s.import();
  CHECK(evaluate(net, {3, 4}) == list{0, 0});
  CHECK(evaluate(net, {-3, -4}) == list{-6, -8});
  s.graph.nodes.back().attributes[1] =
      graph("else_branch", branch(node("Concat", {"x", "x"}, {"e"}, {integer("axis", 0)})));
  CHECK_THROWS_WITH(s.import(), Contains("branches give results of different extents") && Contains("\"x\""));
}
