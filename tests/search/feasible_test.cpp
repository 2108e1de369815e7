#include <hone/search/feasible.hpp>

#include "catch2.hpp"
#include "tests/search/digit_space.hpp"

namespace {

using namespace hone;
using namespace hone::literals;

std::string refusal(search::problem const& p) {
  search::assessor assess(p);
  train::generator draw(1);
  try {
    search::feasible_candidates(assess, 50, draw);
  } catch (error const& e) {
    return e.what();
  }
  return {};
}

TEST_CASE("an assessment is what SHAL predicts of the engine's final graph") {
  auto p = digit_space::problem();
  p.costs.push_back({search::metric::memory, &hw::cortex_m7::value});
  p.budgets = {search::at_most(1_ms, hw::cortex_m7::value), search::at_most(picojoules{1e6}, hw::cortex_a53::value)};
  train::generator draw(3);
  for (int i = 0; i < 20; ++i) {
    auto const c = p.candidates.sample(draw);
    auto const a = search::assess(p, c);
    auto const b = p.build(c);
    auto const on = [&](profile const& m) {
      return shal::predict(pass::finalize(pass::canonical(b.graph, b.how, m), m), m);
    };
    REQUIRE(a.flaw.empty());
    CHECK(a.costs[0] == on(hw::sapphire_rapids::value).latency.value);
    CHECK(a.costs[1] == (on(hw::cortex_m7::value).weights + on(hw::cortex_m7::value).arena).value);
    CHECK(a.budgeted[0] == on(hw::cortex_m7::value).latency.value);
    CHECK(a.budgeted[1] == on(hw::cortex_a53::value).energy.value);
    CHECK(a.feasible(p.budgets) == (a.budgeted[0] <= 1e6 && a.budgeted[1] <= 1e6));
  }
}

TEST_CASE("what is found keeps every budget, each candidate once") {
  auto p = digit_space::problem();
  p.budgets = {search::at_most(2_ms, hw::cortex_m7::value), search::at_most(6_KiB, hw::cortex_m7::value)};
  search::assessor assess(p);
  train::generator draw(2);
  auto found = search::feasible_candidates(assess, 60, draw);
  CHECK(found.size() > 20);
  for (auto const& c : found) {
    CHECK(p.candidates.holds(c));
    CHECK(search::assess(p, c).feasible(p.budgets));
  }
  std::sort(found.begin(), found.end());
  CHECK(std::adjacent_find(found.begin(), found.end()) == found.end());
  train::generator again(2);
  CHECK(search::feasible_candidates(assess, 60, again).size() == found.size());
}

TEST_CASE("what cannot be searched is refused, with figures") {
  auto p = digit_space::problem();
  p.budgets = {search::at_most(1_ns, hw::cortex_m7::value), search::at_most(1_GiB, hw::cortex_m7::value)};
  CHECK_THAT(refusal(p), Contains("latency on cortex_m7 is at least") && Contains("budget is 1 ns") &&
                             Contains("too much") && !Contains("memory on"));
  p.budgets = {search::at_most(0_ns, hw::cortex_m7::value)};
  CHECK_THAT(refusal(p), Contains("budget of latency on cortex_m7 is not above 0"));
  p.budgets.clear(), p.costs.clear();
  CHECK_THAT(refusal(p), Contains("0 costs"));
  p = digit_space::problem();
  p.build = [](auto const&) -> search::blueprint { raise("cannot add a layer", "the image is too small"); };
  CHECK_THAT(refusal(p), Contains("none of 600 candidates is a network") && Contains("the image is too small"));
  p.build = nullptr;
  CHECK_THAT(refusal(p), Contains("problem::build"));
  p.candidates = {};
  CHECK_THAT(refusal(p), Contains("no parameters"));
}

TEST_CASE("budgets that contradict each other are told from those that are too small") {
  search::problem p;
  auto const kind = p.candidates.choice("kind", {"many parameters", "much work"});
  (void)p.candidates.choice("seed", {1, 2, 3});
  p.build = [kind](search::candidate const& c) {
    search::blueprint b;
    builder made(b.graph);
    int x = made.image("image", {32, 32, 1});
    if (c.at[0] == 0) x = made.dense("hidden", x, 512);
    for (char const* name : {"a", "b", "c", "d"})
      if (c.at[0] == 1)
        x = made.conv2d(label{name}, x, 8, {.kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1});
    made.output("y", x);
    return b;
  };
  p.costs = {{search::metric::latency, &hw::cortex_m7::value}};
  p.budgets = {search::at_most(1_ns, hw::cortex_m7::value), search::at_most(1_B, hw::cortex_m7::value)};
  auto const dense = search::assess(p, {{0, 0}}), convolutions = search::assess(p, {{1, 0}});
  REQUIRE(dense.budgeted[0] < convolutions.budgeted[0]);
  REQUIRE(dense.budgeted[1] > convolutions.budgeted[1]);
  p.budgets[0].most = dense.budgeted[0], p.budgets[1].most = convolutions.budgeted[1];
  CHECK_THAT(refusal(p), Contains("contradict each other") && Contains("nearest misses by") &&
                             Contains("latency on cortex_m7") && Contains("memory on cortex_m7"));
  p.budgets[1].most = dense.budgeted[1];
  CHECK(refusal(p).empty());
}

TEST_CASE("figures carry their units") {
  CHECK(search::text(search::metric::latency, 999.4) == "999 ns");
  CHECK(search::text(search::metric::latency, 999.9) == "1 us");
  CHECK(search::text(search::metric::latency, 12345) == "12.3 us");
  CHECK(search::text(search::metric::energy, 2.5e9) == "2.5 mJ");
  CHECK(search::text(search::metric::memory, 6144) == "6 KiB");
  CHECK(search::text(search::metric::latency, 0) == "0 ns");
}

}  // namespace
