#include <hone/run/training.hpp>

#include "catch2.hpp"
#include "tests/run/views.hpp"

namespace {

using namespace hone;

// Machines as predicted; what departs from that is the simulation's.
struct as_predicted {
  agent_view const& view;
  float const* operator()(int) const { return view.predicted.data(); }
};

TEST_CASE("training finds a policy that loses less, on machines that it did not see") {
  for (std::vector<float> const& factors :
       {std::vector<float>{1, 1.02f, 1.05f, 1.1f}, std::vector<float>{1, 1, 1, 1}}) {
    agent_view const view = views::usual(factors);
    as_predicted machines{view};
    adaptation how;
    how.seed = 3;
    policy_search search(view, how, machines);
    training_result const r = search.run();
    CHECK(r.episodes == 200);
    CHECK(r.regret_after < r.regret_before);
    // 300 machines more, of which neither training nor its check saw one.
    double before = 0, after = 0;
    for (int n = 1000; n < 1300; ++n) before += search.loss({}, n), after += search.loss(r.policy, n);
    CAPTURE(before / 300, after / 300);
    CHECK(after < 0.95 * before);
  }
}

TEST_CASE("training is the same for a seed, and for another seed another") {
  agent_view const view = views::usual({1, 1.05f});
  as_predicted machines{view};
  adaptation how;
  how.rl_training_epochs = 40;
  auto const policy = [&](std::uint64_t seed) {
    how.seed = seed;
    return policy_search(view, how, machines).run();
  };
  CHECK(policy(1).policy == policy(1).policy);
  CHECK(policy(1).regret_before != policy(2).regret_before);
}

TEST_CASE("a policy that training cannot better is kept, and no figure leaves its bounds") {
  agent_view const view = views::usual({1, 4});  // nothing to decide
  as_predicted machines{view};
  for (int epochs : {0, 1, 2, 3, 50}) {
    adaptation how;
    how.rl_training_epochs = epochs;
    training_result const r = policy_search(view, how, machines).run();
    CHECK(r.episodes == epochs);
    CHECK(r.regret_after <= r.regret_before);
    if (r.regret_after == r.regret_before) CHECK(r.policy == exploration_policy{});
    CHECK(r.policy.proof >= 2);  // equal variants must not take turns
    CHECK(r.policy.proof <= 6);
    CHECK(r.policy.drift > 0);
  }
}

}  // namespace
