#include <hone/pass/lower_clean.hpp>

#include "catch2.hpp"
#include "tests/pass/lowered.hpp"

using namespace hone;

TEST_CASE("what no output needs goes, inputs stay, and the rest keeps its names and values") {
  lowered::builder_of b;
  int const x = b.input("x", {2, 3});
  b.input("unused", {4});
  int const w = b.weights({2, 3}), dead = b.weights({2, 3});
  nd::binary(b.graph, x, dead, nd::binary_fn::mul, b.layer("dead"));
  int const y = nd::binary(b.graph, x, w, nd::binary_fn::add, b.layer("alive"));
  b.output("y", nd::reshape(b.graph, y, {6}, b.layer("shape")));
  network n = b.n;
  network const clean = pass::drop_unused(std::move(n));
  CHECK(clean.graph.ops.size() == 5);
  CHECK(clean.graph.weights.size() == 1);
  CHECK(clean.weights.size() == 1);
  CHECK(clean.graph.forms.size() == 5);
  CHECK(lowered::complaint(b.n, clean, 7) == "");
  for (layer const& l : clean.graph.layers) CHECK(std::string(l.name.c_str()).find("dead") == std::string::npos);
}
