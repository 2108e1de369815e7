#include <hone/search/space.hpp>

#include <map>
#include <set>

#include "catch2.hpp"

namespace {

using namespace hone;

// Depth 1 to 3; widths of layers 2 and 3 where there are such; a kind; a learning rate.
struct networks {
  search::space s;
  search::variable<int> depth = s.range("depth", 1, 3);
  search::variable<int> second = s.choice("second width", {8, 16, 32});
  search::variable<int> third = s.choice("third width", {8, 16});
  search::variable<char const*> kind = s.choice("kind", {"dense", "convolution"});
  search::variable<double> rate = s.logarithmic("rate", 1e-3, 1e-1, 3);
  search::variable<dtype> precision = s.choice("precision", {dtype::f32, dtype::i8});
  networks() {
    s.only_if(second, depth, [](int d) { return d >= 2; });
    s.only_if(third, depth, [](int d) { return d >= 3; });
  }
};

std::vector<search::candidate> all(search::space const& s) {
  std::set<search::candidate> found;
  search::candidate c{std::vector<std::uint16_t>(s.parameters().size())};
  for (std::size_t i = 0; i < c.at.size();) {
    found.insert(s.canonical(c));
    for (i = 0; i < c.at.size() && ++c.at[i] == s.parameters()[i].size(); ++i) c.at[i] = 0;
  }
  return {found.begin(), found.end()};
}

TEST_CASE("a space counts the candidates that differ") {
  networks n;
  CHECK(n.s.size() == (1 + 3 + 3 * 2) * 2 * 3 * 2);
  CHECK(all(n.s).size() == static_cast<std::size_t>(n.s.size()));
  CHECK(search::space{}.size() == 0);
}

TEST_CASE("conditions may depend on parameters that have conditions") {
  search::space s;
  auto const a = s.choice("a", {1, 2});
  auto const b = s.choice("b", {1, 2, 3});
  auto const c = s.choice("c", {1, 2, 3, 4});
  s.only_if(b, a, [](int v) { return v == 2; });
  s.only_if(c, b, [](int v) { return v == 3; });
  CHECK(s.size() == 1 + 2 + 4);
  CHECK(all(s).size() == 7);
  CHECK(s.canonical({{0, 2, 3}}) == search::candidate{{0, 0, 0}});
  CHECK(s.text({{1, 2, 3}}) == "a 2, b 3, c 4");
  CHECK(s.text({{0, 0, 0}}) == "a 1");
}

TEST_CASE("variables read candidates") {
  networks n;
  search::candidate const c{{2, 1, 0, 1, 2, 1}};
  REQUIRE(n.s.holds(c));
  CHECK(c[n.depth] == 3);
  CHECK(c[n.second] == 16);
  CHECK(c[n.third] == 8);
  CHECK(std::string(c[n.kind]) == "convolution");
  CHECK(c[n.rate] == 1e-1);
  CHECK(c[n.precision] == dtype::i8);
  CHECK(n.s.text(c) == "depth 3, second width 16, third width 8, kind convolution, rate 0.1, precision int8");
}

TEST_CASE("every sample and every neighbour is a canonical candidate; samples reach all of them") {
  networks n;
  train::generator draw(7);
  std::set<search::candidate> seen;
  for (int i = 0; i < 20000; ++i) {
    auto const c = n.s.sample(draw);
    REQUIRE(n.s.holds(c));
    seen.insert(c);
    auto const next = n.s.neighbour(c, draw);
    REQUIRE(n.s.holds(next));
    REQUIRE(next != c);
    int moved = 0;
    for (std::size_t k = 0; k < c.at.size(); ++k)
      moved += c.at[k] != next.at[k] && n.s.is_useful(c, k) && n.s.is_useful(next, k);
    REQUIRE(moved <= 1);
  }
  CHECK(seen.size() == all(n.s).size());
}

TEST_CASE("a sample depends on the seed alone") {
  networks n;
  train::generator a(3), b(3), c(4);
  bool differs = false;
  for (int i = 0; i < 50; ++i) {
    auto const x = n.s.sample(a);
    CHECK(x == n.s.sample(b));
    differs |= x != n.s.sample(c);
  }
  CHECK(differs);
}

TEST_CASE("a space with one candidate has no neighbours") {
  search::space s;
  (void)s.choice("width", {8});
  train::generator draw(1);
  CHECK(s.neighbour(s.sample(draw), draw) == s.sample(draw));
}

TEST_CASE("what is no space is refused") {
  search::space s;
  auto const width = s.choice("width", {8, 16});
  CHECK_THROWS_WITH(s.choice("width", {1}), Contains("'width' is there twice"));
  CHECK_THROWS_WITH(s.choice("kernel", std::vector<int>{}), Contains("0 values"));
  CHECK_THROWS_WITH(s.range("depth", 3, 1), Contains("0 values"));
  CHECK_THROWS_WITH(s.range("depth", 1, 3, 0), Contains("step"));
  CHECK_THROWS_WITH(s.choice("kernel", {3, 5, 3}), Contains("lists 3 twice"));
  CHECK_THROWS_WITH(s.logarithmic("rate", 0, 1, 3), Contains("'rate' is no logarithmic range"));
  auto const second = s.choice("second", {1, 2});
  CHECK_THROWS_WITH(s.only_if(width, second, [](int) { return true; }), Contains("before its parent"));
  CHECK_THROWS_WITH(s.only_if(second, width, [](int) { return false; }), Contains("no value of 'width'"));
  s.only_if(second, width, [](int w) { return w == 16; });
  CHECK_THROWS_WITH(s.only_if(second, width, [](int w) { return w == 8; }), Contains("two parents"));
  CHECK_FALSE(s.holds({{0}}));
  CHECK_FALSE(s.holds({{0, 2}}));
  CHECK_FALSE(s.holds({{0, 1}}));
  CHECK(s.holds({{1, 1}}));
}

TEST_CASE("spaces are told apart by names, values and conditions") {
  auto const make = [](char const* name, int value, int from) {
    search::space s;
    auto const a = s.choice("a", {1, 2});
    auto const b = s.choice(name, {1, value});
    s.only_if(b, a, [from](int v) { return v >= from; });
    return s.hash();
  };
  CHECK(make("b", 2, 1) == make("b", 2, 1));
  CHECK(make("b", 2, 1) != make("c", 2, 1));
  CHECK(make("b", 2, 1) != make("b", 3, 1));
  CHECK(make("b", 2, 1) != make("b", 2, 2));
}

}  // namespace
