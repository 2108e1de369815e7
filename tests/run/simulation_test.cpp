#include <hone/run/simulation.hpp>

#include "catch2.hpp"
#include "tests/run/views.hpp"

namespace {

using namespace hone;

TEST_CASE("a simulated machine is the same for a seed, and times add up") {
  agent_view const v = views::usual({1, 2});
  simulated_machine a(v.ops, v.variants, v.predicted.data(), {}, 5), b(v.ops, v.variants, v.predicted.data(), {}, 5),
      other(v.ops, v.variants, v.predicted.data(), {}, 6);
  bool differ = false;
  for (int i = 0; i < 100; ++i) {
    a.next(), b.next(), other.next();
    CHECK(a.time(0, 12, 1) == b.time(0, 12, 1));
    CHECK(a.observed(3, 7, 0) == b.observed(3, 7, 0));
    CHECK(a.observed(3, 7, 0) == a.observed(3, 7, 0));
    CHECK(a.time(0, 5, 0) + a.time(5, 12, 0) == Approx(a.time(0, 12, 0)));
    differ = differ || a.time(0, 12, 0) != other.time(0, 12, 0);
  }
  CHECK(differ);
}

TEST_CASE("without departures a machine is as predicted; observations are noisy, and now and then interrupted") {
  agent_view const v = views::chain({100, 300}, {1, 2});
  simulated_machine exact(2, 2, v.predicted.data(), {0, 0, 0, 0, 0, 0}, 1);
  simulated_machine noisy(2, 2, v.predicted.data(), {0, 0, 0.03f, 0.03f, 0, 0}, 1);
  double sum = 0;
  int interrupted = 0;
  for (int i = 0; i < 2000; ++i) {
    exact.next(), noisy.next();
    CHECK(exact.observed(0, 2, 1) == Approx(800));
    float const t = noisy.observed(0, 1, 0);
    if (t > 120)
      ++interrupted;
    else
      sum += t;
  }
  CHECK(interrupted > 20);
  CHECK(interrupted < 100);
  CHECK(sum / (2000 - interrupted) == Approx(100).epsilon(0.01));
}

TEST_CASE("an episode adds up what was spent, and against what") {
  agent_view const v = views::chain({10'000, 30'000}, {1, 0.5f});
  adaptation how;
  how.exploration = 0, how.initial_granularity = 1;
  simulated_machine m(2, 2, v.predicted.data(), {0, 0, 0, 0, 0, 0}, 1);
  SECTION("with the best selection nothing is lost") {
    agent a(v, how);
    episode const e = play(a, m, how, 10);
    CHECK(e.spent == Approx(20'000.0 * 640));
    CHECK(e.regret() == Approx(0).margin(1e-9));
    CHECK(e.tried == 0);
  }
  SECTION("with the worst, as much as it takes") {
    agent a(v, how);
    a.set({{{0, 2, 0, 0}}});
    CHECK(play(a, m, how, 10).regret() == Approx(1));
  }
  SECTION("trials cost their calls alone") {
    how.exploration = 0.5f;
    agent a(views::chain({10'000, 30'000}, {1, 1.2f}), how);
    agent_view const truth = views::chain({10'000, 30'000}, {1, 2});
    simulated_machine slow(2, 2, truth.predicted.data(), {0, 0, 0, 0, 0, 0}, 1);
    episode const e = play(a, slow, how, 20);
    CHECK(e.tried > 0);
    CHECK(e.spent == Approx(e.best + e.tried));
    CHECK(e.tried == Approx(a.lost()).epsilon(0.05));
  }
}

}  // namespace
