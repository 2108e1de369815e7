#include <rapidcheck.h>
#include <hone/run/executor.hpp>

#include "catch2.hpp"
#include "tests/run/fake_plan.hpp"
#include "tests/shal/machines.hpp"

namespace {

using namespace hone;

adaptation quick() {
  adaptation how;
  how.shortest = {}, how.rl_training_epochs = 0, how.resident_variants = 9;
  return how;
}
// One call; returns the variant that ran the last operation.
int call(executor& e) {
  float const x[2]{5, 0};
  float const* y = e.run<sizeof x>(x);
  CHECK(y[0] == 5 + fake::ops - 1);
  return static_cast<int>(y[1]);
}

TEST_CASE("every call runs every operation once, in order, whether it is timed, on trial or neither") {
  fake::today() = {};
  plan_view const plan = fake::plan({1, 1.01, 1.02, 1});
  adaptation how = quick();
  how.initial_granularity = GENERATE(1, 3, 8), how.warm_up = GENERATE(0, 2, 5);
  executor e(plan, packed_weights(plan, fake::tensors(), 9, nullptr), how);
  long const before = fake::today().calls;  // packing runs each variant once
  for (int i = 0; i < 50'000; ++i) call(e);
  CHECK(fake::today().in_order);
  CHECK(fake::today().calls - before == 50'000);
  CHECK(e.calls() == 50'000);
  CHECK(e.agent().spent() > 0);
  for (int v : {0, 1, 2}) CHECK(fake::today().ran[v] > 7);  // all were tried
  CHECK(fake::today().ran[3] == 0);
}

TEST_CASE("without exploration, or frozen, only the chosen variant runs") {
  fake::today() = {};
  plan_view const plan = fake::plan();
  adaptation how = quick();
  SECTION("without exploration") { how.exploration = 0; }
  SECTION("frozen") { how.frozen = true; }
  executor e(plan, packed_weights(plan, fake::tensors(), 1, nullptr), how);
  for (int i = 0; i < 20'000; ++i)
    if (call(e) != 0) FAIL("another variant ran");
  CHECK(fake::today().ran[1] == 0);
  CHECK(fake::today().ran[2] == 0);
}

TEST_CASE("a selection runs as it was set, in calls of any kind") {
  fake::today() = {};
  plan_view const plan = fake::plan();
  adaptation how = quick();
  how.frozen = true;
  executor e(plan, packed_weights(plan, fake::tensors(), 9, nullptr), how);
  fake::diary& d = fake::today();
  e.set({{{0, 3, 1, 1}, {3, 8, 2, 2}}});
  d = {};
  for (int i = 0; i < 1000; ++i) CHECK(call(e) == 2);
  CHECK(d.in_order);
  CHECK(d.ran[0] == 0);
  CHECK(d.ran[1] == 2 * 1000);
  CHECK(d.ran[2] == 5 * 1000);
  CHECK_THROWS_AS(e.set({{{0, 3, 1, 1}}}), error);
  CHECK(call(e) == 2);
}

TEST_CASE("a variant that becomes resident is taken up") {
  plan_view const plan = fake::plan({1, 1, 1, 1});
  packed_weights const weights(plan, fake::tensors(), 1, nullptr);
  fake::today() = {};
  executor e(plan, weights, quick());
  for (int i = 0; i < 5000; ++i) call(e);
  CHECK(fake::today().ran[1] == 0);
  CHECK_THROWS_AS(e.set({{{0, 8, 1, 1}}}), error);
  REQUIRE(weights.inside().add(1));
  long const packed = fake::today().ran[1];
  for (int i = 0; i < 50'000 && fake::today().ran[1] == packed; ++i) call(e);
  CHECK(fake::today().ran[1] > packed);
  e.set({{{0, 8, 1, 1}}});
  e.freeze(true);
  CHECK(call(e) == 1);
}

TEST_CASE("about one call in sample_period is timed, never in step with the caller") {
  plan_view const plan = fake::plan();
  fake::today() = {};
  for (auto& v : fake::today().ns)
    for (double& t : v) t = 1000;  // 7 us a call: the spacing of 20 us does not count
  adaptation how = quick();
  how.initial_granularity = 1, how.exploration = 0, how.sample_period = 50;
  executor e(plan, packed_weights(plan, fake::tensors(), 1, nullptr), how);
  std::vector<int> timed;
  for (int i = 0, seen = 0; i < 5000; ++i) {
    call(e);
    if (int const n = e.agent().known(0, 0).samples; n != seen) timed.push_back(i), seen = n;
  }
  CHECK(timed.size() > 80);
  CHECK(timed.size() < 125);
  int different = 0;
  for (std::size_t i = 2; i < timed.size(); ++i) different += timed[i] - timed[i - 1] != timed[i - 1] - timed[i - 2];
  CHECK(different > 40);
}

TEST_CASE("the profile of this machine is read while a context is made, and not later") {
  plan_view const plan = fake::plan();
  packed_weights const weights(plan, fake::tensors(), 9, nullptr);
  auto here = std::make_unique<profile>(shal_test::server);
  adaptation how = quick();
  how.here = here.get();
  executor const first(plan, weights, how);
  float const predicted = first.agent().predicted(0, fake::ops, 1);
  here.reset();
  executor const second(plan, weights, first.to_copy());
  CHECK(second.agent().predicted(0, fake::ops, 1) == predicted);
}

TEST_CASE("the longest of waits are waited") {
  plan_view const plan = fake::plan();
  adaptation how = quick();
  how.sample_period = how.regroup_period = how.warm_up = 1 << 30;
  executor e(plan, packed_weights(plan, fake::tensors(), 9, nullptr), how);
  for (int i = 0; i < 10'000; ++i) call(e);
  CHECK(e.agent().spent() == 0);
}

TEST_CASE("contexts made alike with the policy of a trained one need no training") {
  plan_view const plan = fake::plan();
  adaptation how = quick();
  how.rl_training_epochs = 20;
  executor const trained(plan, packed_weights(plan, fake::tensors(), 9, nullptr), how);
  CHECK(trained.agent().training().episodes == 20);
  adaptation const again = trained.to_copy();
  CHECK(again.rl_training_epochs == 0);
  CHECK(again.policy == trained.agent().policy());
}

TEST_CASE("in any order of calls, selections, freezing and residence, operations run once a call and in order") {
  CHECK(rc::check([] {
    plan_view const plan = fake::plan({1, 1.1, 0.9, 1});
    packed_weights const weights(plan, fake::tensors(), *rc::gen::inRange(1, 3), nullptr);
    adaptation how = quick();
    how.initial_granularity = *rc::gen::inRange(1, 9), how.regroup_period = *rc::gen::inRange(1, 4);
    how.performance_threshold = 0.3f, how.merging_threshold = 0.2f, how.warm_up = *rc::gen::inRange(0, 4);
    fake::today() = {};
    executor e(plan, weights, how);
    for (int action : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100))) {
      if (action < 80) {
        for (int i = 0; i < 5 * action; ++i) call(e);
      } else if (action < 85) {
        e.freeze(action % 2 == 0);
      } else if (action < 90) {
        weights.inside().add(static_cast<std::size_t>(action % 4));
      } else {
        e.set(e.agent().current());
      }
      RC_ASSERT(fake::today().in_order);
    }
  }));
}

}  // namespace
