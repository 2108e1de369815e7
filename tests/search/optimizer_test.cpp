#include <hone/search/nsga2.hpp>
#include <hone/search/surrogate.hpp>
#include <hone/search/table.hpp>

#include "catch2.hpp"
#include "tests/search/digit_space.hpp"

namespace {

using namespace hone;

// Errors as trained networks show them: larger networks make fewer, with diminishing returns, some choices are better
// than others, and training is noisy.
double made_up_error(search::candidate const& c, search::assessment const& a) {
  double const size = std::log10(a.macs) / 2 + std::log10(a.parameters) / 3;
  double const kernel = c.at[2] == 1 ? -0.5 : 0, int8 = c.at[5] == 2 ? 0.1 : 0;
  train::generator draw(c.hash());
  return 0.01 + 0.5 / (1 + std::exp(2.5 * (size - 2.2) - kernel)) + 0.01 * int8 + 0.004 * draw.uniform();
}

search::table made_up_table(search::problem const& p, std::size_t n) {
  search::assessor assess(p);
  train::generator draw(21);
  std::vector<search::table_row> rows;
  for (auto const& c : search::feasible_candidates(assess, n, draw))
    rows.push_back({c, made_up_error(c, assess(c)), assess(c)});
  return {p.candidates, std::move(rows)};
}

search::reference worst_of(search::table const& t) {
  search::reference r{0.3, t.rows()[0].known.costs};
  for (auto const& row : t.rows())
    for (std::size_t i = 0; i < r.costs.size(); ++i) r.costs[i] = std::max(r.costs[i], 1.01 * row.known.costs[i]);
  return r;
}

// How many evaluations, in batches of 4, until the front has this share of the whole table's hypervolume; `most` + 1
// where they do not suffice.
std::size_t evaluations(search::table& t, search::optimizer& o, double share, std::size_t most) {
  auto const worst = search::objectives_of(worst_of(t));
  std::vector<search::trial> history, all;
  for (auto const& r : t.rows()) all.push_back(t.tried(r.what));
  double const whole = search::hypervolume(search::results_of(all), worst);
  while (history.size() < most) {
    auto const next = o.propose(t, history, 4);
    if (next.empty()) break;
    for (auto const& c : next) history.push_back(t.tried(c));
    if (search::hypervolume(search::results_of(history), worst) >= share * whole) return history.size();
  }
  return most + 1;
}

TEST_CASE("optimizers propose each candidate once, and the same for the same history") {
  auto const p = digit_space::problem();
  search::table t = made_up_table(p, 300);
  search::random_search random(3);
  search::nsga2_search genetic({.seed = 3});
  search::surrogate_search surrogate(worst_of(t), {.seed = 3});
  for (search::optimizer* o : std::initializer_list<search::optimizer*>{&random, &genetic, &surrogate}) {
    std::vector<search::trial> history;
    std::set<search::candidate> seen;
    for (int i = 0; i < 8; ++i) {
      auto const next = o->propose(t, history, 4);
      CHECK(next == o->propose(t, history, 4));
      CHECK(next.size() <= 4);
      CHECK_FALSE(next.empty());
      for (auto const& c : next) {
        CHECK(seen.insert(c).second);
        history.push_back(t.tried(c));
      }
    }
  }
}

TEST_CASE("what is proposed from a space keeps its budgets") {
  auto p = digit_space::problem();
  p.budgets = {search::at_most(bytes{8 * 1024}, hw::cortex_m7::value)};
  search::feasible_supply from(p, 100, 100);
  search::random_search random(5);
  search::nsga2_search genetic({.seed = 5});
  search::surrogate_search surrogate({0.5, {1e6}}, {.seed = 5});
  for (search::optimizer* o : std::initializer_list<search::optimizer*>{&random, &genetic, &surrogate}) {
    std::vector<search::trial> history;
    while (history.size() < 24) {
      auto const next = o->propose(from, history, 4);
      REQUIRE_FALSE(next.empty());
      for (auto const& c : next) {
        auto const a = search::assess(p, c);
        REQUIRE(a.feasible(p.budgets));
        auto const how = history.size() % 7 == 3 ? search::outcome::failed : search::outcome::finished;
        history.push_back({c, how, made_up_error(c, a), a.costs});
      }
    }
  }
}

TEST_CASE("the surrogate needs a fraction of the evaluations of the baselines") {
  auto const p = digit_space::problem();
  search::table t = made_up_table(p, 1000);
  std::vector<double> ours, random, genetic;
  for (std::uint64_t seed : {1u, 2u, 3u}) {
    search::surrogate_search surrogate(worst_of(t), {.seed = seed});
    search::random_search blind(seed);
    search::nsga2_search evolved({.seed = seed});
    ours.push_back(double(evaluations(t, surrogate, 0.98, 200)));
    random.push_back(double(evaluations(t, blind, 0.98, 1000)));
    genetic.push_back(double(evaluations(t, evolved, 0.98, 400)));
  }
  for (auto* v : {&ours, &random, &genetic}) std::sort(v->begin(), v->end());
  CAPTURE(ours, random, genetic);
  CHECK(ours[1] <= 100);
  CHECK(5 * ours[1] <= random[1]);
  CHECK(2 * ours[1] <= genetic[1]);
}

TEST_CASE("a table is exhausted, not overrun") {
  auto const p = digit_space::problem();
  search::table t = made_up_table(p, 30);
  search::surrogate_search surrogate(worst_of(t));
  std::vector<search::trial> history;
  for (auto next = surrogate.propose(t, history, 7); !next.empty(); next = surrogate.propose(t, history, 7))
    for (auto const& c : next) history.push_back(t.tried(c));
  CHECK(history.size() == 30);
  CHECK_THROWS_WITH(search::table(p.candidates, {}), Contains("no rows"));
  CHECK_THROWS_WITH(search::table(p.candidates, {{{{9, 9}}, 0.1, {}}}), Contains("row 0 is no candidate"));
}

}  // namespace
