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

TEST_CASE("tensor sets refuse extents that are none, and sizes past counting") {
  tensor_set s;
  CHECK_THROWS_WITH(s.add("a", dtype::f32, {1, 0, 2, 3}), Contains("a would be 1 x 0 x 2 x 3"));
  CHECK_THROWS_WITH(s.add("a", dtype::f32, {1, 1, 1, -4}), Contains("positive extents"));
  CHECK_THROWS_WITH(s.add("a", dtype::f32, {65536, 65536, 65536, 65536}), Contains("at most 2^27 elements"));
  CHECK(s.size() == 0);
}

TEST_CASE("names of the longest layers fit labels whole") {
  dynamic_graph g;
  layer l{};
  while (l.name.size() < longest_layer_name) l.name.append("x");
  g.layers.push_back(l);
  for (int r = 0; r < roles; ++r) {
    weight w{};
    w.layer = 0, w.what = static_cast<role>(r);
    CHECK(std::string(tensor_name(g, w).c_str()).ends_with(std::string(".") + name(w.what)));
    CHECK(tensor_name(g, w).size() < sizeof tensor::name);
  }
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
