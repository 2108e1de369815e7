#include <hone/core/graph.hpp>
#include <hone/core/tensor.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;

TEST_CASE("a frozen graph thaws to the same operations, weights and layers") {
  auto const& g = networks::residual_net::description;
  dynamic_graph const d = thaw(g);
  REQUIRE(d.ops.size() == g.ops.size());
  auto const again = freeze<std::remove_cvref_t<decltype(g)>>(d);
  CHECK(std::equal(g.ops.begin(), g.ops.end(), again.ops.begin(), again.ops.end()));
  CHECK(std::equal(g.weights.begin(), g.weights.end(), again.weights.begin(), again.weights.end()));
  CHECK(std::equal(g.layers.begin(), g.layers.end(), again.layers.begin(), again.layers.end()));
}

TEST_CASE("labels keep what fits and append numbers") {
  label l("conv2d");
  l.append("_").append(0).append("_").append(1234);
  CHECK(std::string(l.c_str()) == "conv2d_0_1234");
  label full;
  for (int i = 0; i < 30; ++i) full.append("abc");
  CHECK(full.size() == full.text.size() - 1);
}

TEST_CASE("uses are counted over all inputs") {
  auto const& g = networks::residual_net::description;
  scratch<std::int16_t> uses(g.ops.size());
  count_uses(g, uses);
  CHECK(uses[0] == 1);
  CHECK(uses[3] == 2);  // the first residual's input: its branch and its sum
  CHECK(uses[g.ops.size() - 1] == 0);
}

TEST_CASE("tensor sets find by name and refuse twins, long and unknown names") {
  tensor_set s;
  s.add("a.weight", dtype::f32, {1, 1, 2, 3}).values<float>()[5] = 7;
  CHECK(s.at("a.weight").elements() == 6);
  CHECK(s.at("a.weight").values<float>()[5] == 7);
  CHECK(s.find("a.bias") == nullptr);
  CHECK_THROWS_WITH(s.add("a.weight", dtype::f32, {1, 1, 1, 1}), Contains("already one named a.weight"));
  CHECK_THROWS_WITH(s.at("b.weight"), Contains("no tensor is named b.weight"));
  CHECK_THROWS_WITH(s.add(std::string(70, 'x').c_str(), dtype::f32, {1, 1, 1, 1}), Contains("longer than 63"));
  tensor_set const copy = s;
  s.find("a.weight")->values<float>()[5] = 8;
  CHECK(copy.at("a.weight").values<float>()[5] == 7);
}
