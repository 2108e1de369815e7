#include <rapidcheck.h>
#include <hone/run/simulation.hpp>

#include <algorithm>
#include <set>

#include "catch2.hpp"
#include "tests/run/views.hpp"

namespace {

using namespace hone;

// Machines whose times stay as they are: only noise, and now and then an
// interruption.
constexpr departure stationary{.variant = 0, .operation = 0, .pace = 0, .change = 0};

simulated_machine machine_of(agent_view const& truth, std::uint64_t seed, departure const& d = stationary) {
  return {truth.ops, truth.variants, truth.predicted.data(), d, seed};
}
int selects(agent const& a) {
  int n = 0;
  for (std::size_t i = 0; i < a.events(); ++i) n += a.event(i).kind == adaptation_event::what::select;
  return n;
}

// Calls of the agent by hand: every subgraph takes what `time` says.
template <class Time>
void timed_calls(agent& a, int n, Time time) {
  for (int i = 0; i < n; ++i) {
    a.plan_trials();
    for (std::size_t g = 0; g < a.groups().size(); ++g) a.observe(g, time(a.groups()[g]));
    a.conclude(static_cast<std::uint64_t>(i) * 64, 64);
  }
}

TEST_CASE("the first choice is the best predicted one that runs here") {
  agent_view v = views::usual({1, 0.5f, 2});
  CHECK(agent(v, {}).groups()[0].chosen == 1);
  v.usable[1] = 0;
  agent const a(v, {});
  for (group const& g : a.groups()) CHECK(g.chosen == 0);
}

TEST_CASE(
    "the best variant is found where prediction was wrong, and the loss "
    "stays within the exploration budget") {
  agent_view const predicted = views::usual({1, 1.1f, 1.2f, 8}), truth = views::usual({1.2f, 1.3f, 1.0f, 8});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    adaptation const how;
    agent a(predicted, how);
    simulated_machine m = machine_of(truth, seed);
    play(a, m, how, 400);
    for (group const& g : a.groups()) CHECK(g.chosen == 2);
    // From now on only trials cost anything.
    episode const later = play(a, m, how, 2000);
    CHECK(later.regret() < double(how.exploration));
    CHECK(later.tried <= double(how.exploration) * later.best);
    CHECK(a.lost() <= double(how.exploration) * a.spent() + 200 * 12'000);
  }
}

TEST_CASE(
    "a better variant is found even where everything runs at another "
    "speed than predicted") {
  for (float speed : {0.3f, 0.6f, 1.8f, 4.0f}) {
    CAPTURE(speed);
    agent a(views::usual({1, 1.05f}), {});
    simulated_machine m = machine_of(views::usual({speed, 0.85f * speed}), 3);
    play(a, m, {}, 300);
    for (group const& g : a.groups()) CHECK(g.chosen == 1);
    for (std::size_t g = 0; g < a.groups().size(); ++g)
      CHECK(a.measured(g, 1) == Approx(m.time(a.groups()[g].first, a.groups()[g].last, 1)).epsilon(0.1));
  }
}

TEST_CASE("equal variants do not take turns") {
  int all = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    agent a(views::usual({1, 1, 1, 1}), {});
    simulated_machine m = machine_of(views::usual({1, 1, 1, 1}), seed);
    play(a, m, {}, 4000);  // 256,000 calls of four subgraphs
    CHECK(selects(a) <= 8);
    all += selects(a);
  }
  CHECK(all <= 40);
}

TEST_CASE("a clock that changes leaves the selection alone") {
  departure d = stationary;
  d.pace = 0.01f;
  int all = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    agent a(views::usual({1, 1.05f, 1.1f}), {});
    simulated_machine m = machine_of(views::usual({1, 1.05f, 1.1f}), seed, d);
    play(a, m, {}, 1000);
    all += selects(a);
  }
  CHECK(all <= 40);  // two in 64,000 calls of four subgraphs
}

TEST_CASE(
    "a machine that changes is followed within a bounded number of timed "
    "calls") {
  adaptation const how;
  SECTION("the chosen variant becomes slower") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      agent a(views::usual({1, 1.15f, 1.3f}), how);
      simulated_machine before = machine_of(views::usual({1, 1.15f, 1.3f}), seed),
                        after = machine_of(views::usual({1.5f, 1.15f, 1.3f}), seed);
      play(a, before, how, 500);
      for (group const& g : a.groups()) CHECK(g.chosen == 0);
      play(a, after, how, 64);
      for (group const& g : a.groups()) CHECK(g.chosen == 1);
    }
  }
  SECTION("another variant becomes faster, which only a look at it can tell") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      agent a(views::usual({1, 1.3f, 1.4f}), how);
      simulated_machine before = machine_of(views::usual({1, 1.3f, 1.4f}), seed),
                        after = machine_of(views::usual({1, 0.7f, 1.4f}), seed);
      play(a, before, how, 500);
      play(a, after, how, 3 * 600);
      for (group const& g : a.groups()) CHECK(g.chosen == 1);
    }
  }
}

TEST_CASE("without a budget nothing is ever tried") {
  adaptation how;
  how.exploration = 0;
  agent a(views::usual({1, 1.01f}), how);
  for (int i = 0; i < 1000; ++i) {
    CHECK_FALSE(a.plan_trials());
    for (std::size_t g = 0; g < a.groups().size(); ++g) {
      CHECK(a.groups()[g].trying == a.groups()[g].chosen);
      a.observe(g, 1000 + static_cast<float>(i % 7));
    }
    a.conclude(0, 64);
  }
  CHECK(selects(a) == 0);
  CHECK(a.lost() == 0);
}

TEST_CASE("a frozen selection never changes, and thaws") {
  adaptation how;
  how.frozen = true;
  agent a(views::usual({1, 1.1f}), how);
  selection const first = a.current();
  simulated_machine m = machine_of(views::usual({2, 1}), 1);
  play(a, m, how, 1000);
  CHECK(a.event_count() == 0);
  CHECK(a.lost() == 0);
  REQUIRE(a.groups().size() == first.groups.size());
  for (std::size_t g = 0; g < first.groups.size(); ++g) CHECK(a.groups()[g].chosen == first.groups[g].chosen);
  a.freeze(false);
  play(a, m, how, 400);
  for (group const& g : a.groups()) CHECK(g.chosen == 1);
}

TEST_CASE("a deadline is honoured: nothing is tried that may take a call past it") {
  agent_view const truth = views::usual({1, 1.5f, 0.8f});  // 12 us, 18 us, 9.6 us; all predicted to be equal
  adaptation how;
  how.deadline = {12'500};
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    agent a(views::usual({1, 1.45f, 1.4f}), how);
    simulated_machine m = machine_of(truth, seed, {0, 0, 0.01f, 0, 0, 0});
    for (int i = 0; i < 2000; ++i) {
      m.next();
      a.plan_trials();
      double all = 0;
      for (std::size_t g = 0; g < a.groups().size(); ++g) {
        group const s = a.groups()[g];
        all += double(m.time(s.first, s.last, s.trying));
        a.observe(g, m.observed(s.first, s.last, s.trying));
      }
      a.conclude(0, 64);
      REQUIRE(all <= how.deadline.value);
    }
  }
  SECTION("with time to spare trials go on") {
    how.deadline = {100'000};
    agent a(views::usual({1, 1.2f, 1.1f}), how);
    simulated_machine m = machine_of(truth, 1);
    play(a, m, how, 500);
    for (group const& g : a.groups()) CHECK(g.chosen == 2);
  }
}

TEST_CASE(
    "a subgraph with too large a share is split, neighbours with small "
    "shares are merged, and it ends") {
  std::vector<float> ns(16, 1000);
  ns[5] = 30'000, ns[6] = 30'000;
  adaptation how;
  bool const small_ones = GENERATE(false, true);
  how.initial_granularity = small_ones ? 10 : 1, how.performance_threshold = 0.4f, how.merging_threshold = 0.15f;
  agent a(views::chain(ns, {1, 1.5f}), how);
  simulated_machine m = machine_of(views::chain(ns, {1, 1.5f}), 1);
  play(a, m, how, 64 * 40);
  CHECK(views::whole(a.groups(), views::chain(ns, {1, 1.5f})));
  std::size_t splits = 0, merges = 0;
  for (std::size_t i = 0; i < a.events(); ++i) {
    splits += a.event(i).kind == adaptation_event::what::split;
    merges += a.event(i).kind == adaptation_event::what::merge;
  }
  if (small_ones)
    CHECK(merges >= 3);
  else
    CHECK(splits >= 3);
  for (std::size_t g = 0; g < a.groups().size(); ++g) {
    bool const one = a.groups()[g].last - a.groups()[g].first == 1;
    CHECK((one || a.share(g) <= how.performance_threshold + 0.02f));
    if (g + 1 < a.groups().size() && a.groups()[g].chosen == a.groups()[g + 1].chosen)
      CHECK(a.share(g) + a.share(g + 1) >= how.merging_threshold - 0.02f);
  }
  std::size_t const count = a.event_count();
  play(a, m, how, 64 * 200);
  CHECK(a.event_count() <= count + 2);  // it came to rest
}

TEST_CASE("subgraphs are not split below the shortest time worth timing") {
  adaptation how;
  how.initial_granularity = 8, how.regroup_period = 1;
  agent a(views::chain(std::vector<float>(8, 60), {1}), how);
  CHECK(a.groups().size() == 2);
  timed_calls(a, 100, [](group const& g) { return 60.0f * static_cast<float>(g.last - g.first); });
  CHECK(a.groups().size() == 2);
}

TEST_CASE(
    "a selection is set, comes back as it was, and is refused where it "
    "does not fit") {
  agent_view v = views::usual({1, 1.1f, 1.2f});
  v.usable[2] = 0;
  agent a(v, {});
  selection const s{{{0, 5, 1, 1}, {5, 12, 0, 0}}};
  a.set(s);
  REQUIRE(a.current().groups.size() == 2);
  CHECK(a.current().groups[0].last == 5);
  CHECK(a.current().groups[0].chosen == 1);
  CHECK(a.current().groups[1].chosen == 0);
  a.set(a.current());
  CHECK(a.current().groups[0].chosen == 1);

  for (selection const& bad :
       {selection{}, selection{{{0, 11, 0, 0}}}, selection{{{0, 13, 0, 0}}}, selection{{{1, 12, 0, 0}}},
        selection{{{0, 6, 0, 0}, {7, 12, 0, 0}}}, selection{{{0, 6, 0, 0}, {5, 12, 0, 0}}},
        selection{{{0, 0, 0, 0}, {0, 12, 0, 0}}}, selection{{{0, 12, 3, 3}}}, selection{{{0, 12, -1, 0}}},
        selection{{{0, 12, 2, 2}}}}) {
    CHECK_THROWS_AS(a.set(bad), error);
    CHECK(a.current().groups[0].chosen == 1);  // nothing changed
    CHECK(a.current().groups.size() == 2);
  }
}

TEST_CASE("a variant that becomes usable later is tried and taken") {
  agent_view v = views::usual({1, 1});
  v.usable[1] = 0;
  agent a(v, {});
  simulated_machine m = machine_of(views::usual({1, 0.7f}), 2);
  play(a, m, {}, 200);
  for (group const& g : a.groups()) CHECK(g.chosen == 0);
  a.make_usable(1);
  play(a, m, {}, 200);
  for (group const& g : a.groups()) CHECK(g.chosen == 1);
}

TEST_CASE("a selection that was set is left at once where another variant is better, whatever was predicted") {
  agent_view const truth = views::usual({1.54f, 3.7f, 13});
  int all = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    agent a(views::usual({1.46f, 6, 22}), {});
    simulated_machine m = machine_of(truth, seed);
    play(a, m, {}, 200);
    a.set({{{0, 12, 2, 2}}});
    CHECK(a.groups().size() == 1);
    play(a, m, {}, 40);
    for (group const& g : a.groups()) CHECK(g.chosen == 0);
    all += selects(a);
  }
  CHECK(all <= 25);
}

TEST_CASE("events are kept in order, the newest ones where there are many") {
  adaptation how;
  how.initial_granularity = 1, how.shortest = {}, how.regroup_period = 1;
  agent a(views::usual({1, 1}), how, {}, 2);
  timed_calls(a, 200, [](group const& g) { return 1000.0f * static_cast<float>(g.last - g.first); });
  CHECK(a.event_count() > 2);
  REQUIRE(a.events() == 2);
  CHECK(a.event(0).call <= a.event(1).call);
  CHECK(a.event(0).time <= a.event(1).time);
}

TEST_CASE(
    "whatever times it sees, every operation is covered once, and "
    "nothing is lost beyond the budget") {
  CHECK(rc::check([] {
    int const variants = *rc::gen::inRange(1, 5);
    std::vector<float> ns;
    for (int i = *rc::gen::inRange(1, 24); i > 0; --i) ns.push_back(static_cast<float>(*rc::gen::inRange(0, 3000)));
    agent_view v = views::chain(ns, std::vector<float>(static_cast<std::size_t>(variants), 1));
    for (std::uint8_t& u : v.usable) u = *rc::gen::arbitrary<bool>();
    v.usable[static_cast<std::size_t>(*rc::gen::inRange(0, variants))] = 1;
    adaptation how;
    how.initial_granularity = *rc::gen::inRange(1, 10), how.regroup_period = *rc::gen::inRange(1, 4), how.shortest = {};
    how.performance_threshold = 0.01f * static_cast<float>(*rc::gen::inRange(2, 100));
    how.merging_threshold = how.performance_threshold * 0.01f * static_cast<float>(*rc::gen::inRange(0, 99));
    agent a(v, how);
    for (int raw : *rc::gen::container<std::vector<int>>(500, rc::gen::inRange(0, 1'000'000))) {
      a.plan_trials();
      RC_ASSERT(views::whole(a.groups(), v));
      for (std::size_t g = 0; g < a.groups().size(); ++g)
        a.observe(g, raw % 50 == 0 ? 1e9f : static_cast<float>((raw >> (g % 8)) % 4096));
      a.conclude(static_cast<std::uint64_t>(raw), 64);
      RC_ASSERT(views::whole(a.groups(), v));
      if (raw % 97 == 0) a.set(a.current());
    }
  }));
}

}  // namespace
