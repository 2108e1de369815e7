#include <hone/core/tensor.hpp>

#include <string>

#include "catch2.hpp"

using namespace hone;

namespace {
std::string nth(int i) { return "layer_" + std::to_string(i) + ".weight"; }
tensor_set with(int n) {
  tensor_set s;
  for (int i = 0; i < n; ++i) s.add(nth(i).c_str(), dtype::f32, {1, 1, 1, 1 + i % 3}).values<float>()[0] = float(i);
  return s;
}
}  // namespace

TEST_CASE("a tensor set finds its tensors by name, keeps their order, and copies deeply") {
  for (int n : {0, 1, 7, 8, 9, 1000}) {
    tensor_set const all = with(n);
    tensor_set copy = all;
    REQUIRE(all.size() == static_cast<std::size_t>(n));
    int i = 0;
    for (tensor const& t : all) CHECK(nth(i++) == t.name.data());
    for (i = 0; i < n; ++i) {
      REQUIRE(all.find(nth(i).c_str()) != nullptr);
      CHECK(all.at(nth(i).c_str()).values<float>()[0] == float(i));
      copy.find(nth(i).c_str())->values<float>()[0] = -1;
      CHECK(all.at(nth(i).c_str()).values<float>()[0] == float(i));
    }
    CHECK(all.find(nth(n).c_str()) == nullptr);
    CHECK(all.find("") == nullptr);
    tensor_set moved = static_cast<tensor_set&&>(copy);
    moved.add(nth(n).c_str(), dtype::i8, {1, 1, 1, 1});
    CHECK(moved.find(nth(n).c_str()) != nullptr);
  }
}

TEST_CASE("a tensor set refuses names that are taken or too long, and extents that cannot be") {
  tensor_set s = with(3);
  CHECK_THROWS_WITH(s.add("layer_1.weight", dtype::f32, {1, 1, 1, 1}), Contains("already one"));
  CHECK_THROWS_WITH(s.add(std::string(64, 'a').c_str(), dtype::f32, {1, 1, 1, 1}), Contains("longer than 63"));
  CHECK_THROWS_WITH(s.add("none", dtype::f32, {1, 0, 1, 1}), Contains("1 x 0 x 1 x 1"));
  CHECK_THROWS_WITH(s.add("huge", dtype::f32, {1 << 14, 1 << 14, 1, 1}), Contains("2^27"));
  CHECK(s.size() == 3);
  CHECK_THROWS_WITH(s.at("layer_3.weight"), Contains("no tensor is named layer_3.weight"));
}
