#include <rapidcheck.h>
#include <hone/run/grouping.hpp>

#include "catch2.hpp"
#include "tests/run/views.hpp"

namespace {

using namespace hone;

float sum_of_chosen(grouping const& g) {
  float sum = 0;
  for (std::size_t i = 0; i < g.size(); ++i) sum += g.chosen(i).mean;
  return sum;
}

TEST_CASE(
    "a plan is formed into as many subgraphs as asked, the costliest "
    "split first, the best predicted chosen") {
  agent_view const v = views::chain({1000, 1000, 1000, 5000, 1000, 1000}, {1.5f, 1, 2});
  grouping g(v, {});
  for (int parts : {1, 2, 3, 6, 100}) {
    g.form(parts, 0, {});
    CHECK(static_cast<int>(g.size()) == std::min(parts, 6));
    CHECK(views::whole(g.groups(), v));
    for (group const& s : g.groups()) CHECK(s.chosen == 1);
  }
  g.form(3, 0, {});
  bool alone = false;
  for (group const& s : g.groups()) alone = alone || (s.first == 3 && s.last == 4);
  CHECK(alone);
}

TEST_CASE("no subgraph is made shorter than allowed") {
  agent_view const v = views::chain({100, 100, 100, 100, 100, 100}, {1});
  grouping g(v, {});
  g.form(6, 200, {});
  CHECK(g.size() == 2);  // three and three: a split of three would leave one
  for (std::size_t i = 0; i < g.size(); ++i) CHECK(g.chosen(i).mean >= 200);
  g.form(6, 301, {});
  CHECK(g.size() == 1);
}

TEST_CASE("a cut avoids places that several results cross") {
  agent_view v = views::chain(std::vector<float>(8, 100), {1});
  grouping even(v, {});
  even.form(1, 0, {});
  CHECK(even.cut(0) == 4);
  v.live[4] = 4;
  grouping bulging(v, {});
  bulging.form(1, 0, {});
  CHECK(bulging.cut(0) != 4);
}

TEST_CASE(
    "what was measured of a subgraph is shared out when it is split, and "
    "added when its parts are merged") {
  grouping g(views::chain({100, 300}, {1, 2}), {});
  g.form(1, 0, {});
  for (int v : {0, 1})
    for (std::uint32_t t = 0; t < 100; ++t) g.at(0, v).observe(v == 0 ? 800.0f : 600.0f, t, g.policy());
  g[0].chosen = g[0].trying = 1;
  float const whole[]{g.at(0, 0).mean, g.at(0, 1).mean};
  g.split(0);
  REQUIRE(g.size() == 2);
  CHECK(g[0].chosen == 1);
  CHECK(g[1].chosen == 1);
  for (int v : {0, 1}) {
    CHECK(g.at(0, v).mean == Approx(whole[v] / 4));
    CHECK(g.at(1, v).mean == Approx(whole[v] * 3 / 4));
    CHECK(g.at(0, v).samples == 0);  // by itself it was not measured
  }
  g.merge(0);
  REQUIRE(g.size() == 1);
  for (int v : {0, 1}) CHECK(g.at(0, v).mean == Approx(whole[v]));
}

TEST_CASE(
    "a plan without operations, or without a variant that runs here, is "
    "refused") {
  CHECK_THROWS_AS(grouping(agent_view{}, {}), error);
  agent_view none = views::usual({1, 2});
  none.usable = {0, 0};
  CHECK_THROWS_AS(grouping(none, {}), error);
  agent_view torn = views::usual({1, 2});
  torn.predicted.pop_back();
  CHECK_THROWS_AS(grouping(torn, {}), error);
}

TEST_CASE(
    "any sequence of splits and merges covers every operation once and "
    "keeps the time") {
  CHECK(rc::check([] {
    int const ops = *rc::gen::inRange(1, 40), variants = *rc::gen::inRange(1, 5);
    agent_view v;
    v.ops = ops, v.variants = variants;
    for (int i = 0; i < ops * variants; ++i) v.predicted.push_back(static_cast<float>(*rc::gen::inRange(0, 5000)));
    for (int i = 0; i < ops; ++i) v.live.push_back(static_cast<std::int16_t>(*rc::gen::inRange(1, 4)));
    v.usable.assign(static_cast<std::size_t>(variants), 1);
    grouping g(v, {});
    g.form(*rc::gen::inRange(1, 8), 0, {});
    RC_ASSERT(views::whole(g.groups(), v));
    float const before = sum_of_chosen(g);
    std::size_t const capacity = g.groups().capacity();
    for (int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000))) {
      auto const at = static_cast<std::size_t>(step) % g.size();
      if (step % 2 == 0 && g[at].last - g[at].first > 1)
        g.split(at);
      else if (at + 1 < g.size() && g[at].chosen == g[at + 1].chosen)
        g.merge(at);
      RC_ASSERT(views::whole(g.groups(), v));
      for (std::size_t i = 0; i < g.size(); ++i)
        for (int k = 0; k < variants; ++k) RC_ASSERT(g.at(i, k).mean > 0);
    }
    RC_ASSERT(g.groups().capacity() == capacity);  // nothing was allocated
    // Each piece is at least 0.1 ns long, whatever was predicted.
    RC_ASSERT(std::abs(sum_of_chosen(g) - before) <= 0.002f * before + 0.2f * static_cast<float>(ops));
  }));
}

}  // namespace
