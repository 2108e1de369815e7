// Headers that hone-import writes: tests/imported compiles some.
#include <hone/io/model_header.hpp>
#include <hone/nn/nd/softmax.hpp>

#include "catch2.hpp"
#include "tests/support/networks.hpp"

namespace {

using namespace hone;

TEST_CASE("header: layers and shapes, readable") {
  std::string const text = io::model_header(thaw(networks::branching_net::description), {"branching", "file.onnx"});
  for (char const* part :
       {"// Written by hone-import from file.onnx.", "struct branching_graph {",
        "struct branching : hone::graph_model<branching_graph> {};", "net.image(\"input\", {6, 6, 2})",
        "net.conv2d(\"conv2d_1\", input_0, 4, {.kh = 2, .kw = 3});  // 1 x 5 x 4 x 4", "net.apply(hone::tanh_kind, ",
        "net.concat(\"concat_3\", ", "net.max_pool(", "net.softmax(", "net.output(\"output\", softmax_10);"})
    CHECK_THAT(text, Contains(part));
  CHECK(text.find("nd.hpp") == std::string::npos);
}

TEST_CASE("header: tensors, constants and odd names") {
  dynamic_graph g;
  g.layers.push_back({"a/b.c", 0});
  g.layers.push_back({"class", 1});
  int const x = nd::input(g, "x \"1\"", {2, 3}, dtype::f64, 0);
  int const c = constant(g, 1, {3}, dtype::i64, 1);
  nd::output(g, "y", nd::softmax(g, x, 1, false, 1));
  nd::output(g, "c", c);
  std::string const text = io::model_header(g, {"m", ""});
  CHECK_THAT(text, Contains("net.input(\"x \\\"1\\\"\", {2, 3}, hone::dtype::f64)"));
  CHECK_THAT(text, Contains("int const class_ = net.constant(\"class\", {3}, hone::dtype::i64, 1);"));
  CHECK_THAT(text, Contains("hone::nd::softmax_kind, {a_b_c}"));
  CHECK_THAT(text, Contains("#include <hone/nn/nd.hpp>"));
}

TEST_CASE("header: every run of operations gets a layer of its own, tensors follow") {
  dynamic_graph g;
  builder<dynamic_graph> net(g);
  int x = net.image("x", {1, 1, 4});
  for (char const* name : {"a", "b", "c"}) x = net.dense(name, x, 4);
  g.layers[3].name = "a";  // as if one node had become two operations apart
  network n{g, {}};
  for (char const* name : {"a.weight", "b.weight"})
    n.weights.add(name, dtype::f32, {1, 1, 4, 4}).values<float>()[0] = 1;
  for (char const* name : {"a.bias", "b.bias"}) n.weights.add(name, dtype::f32, {1, 1, 1, 4});
  network const own = io::with_own_layers(n);
  CHECK(own.weights.size() == 6);
  CHECK(own.weights.find("a_2.weight") != nullptr);
  CHECK(misnamed(own.graph).how == fix::none);
}

TEST_CASE("header: computed weights are refused") {
  CHECK_THROWS_WITH(io::model_header(thaw(networks::residual_net::description), {"m", ""}),
                    Contains("before the passes that specialise it"));
}

}  // namespace
