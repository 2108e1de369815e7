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
// Tries little, and believes late.
constexpr exploration_policy shy{0.5f, 0.1f, 4, 1e-3f};

adaptation training_for(int episodes, std::uint64_t seed = 1) {
  adaptation how;
  how.rl_training_epochs = episodes, how.seed = seed;
  return how;
}
// Mean over machines of which training saw none.
double loss(agent_view const& view, exploration_policy const& p) {
  as_predicted machines{view};
  adaptation const how;
  policy_search search(view, how, machines);
  double sum = 0;
  for (int n = 1000; n < 1300; ++n) sum += search.loss(p, n) / 300;
  return sum;
}

TEST_CASE("training finds a policy that loses less, on machines that it did not see") {
  for (std::vector<float> const& factors :
       {std::vector<float>{1, 1.02f, 1.05f, 1.1f}, std::vector<float>{1, 1, 1, 1}}) {
    agent_view const view = views::usual(factors);
    as_predicted machines{view};
    training_result const r = policy_search(view, training_for(200, 3), machines, shy).run();
    CHECK(r.episodes == 200);
    CHECK(r.regret_after < r.regret_before);
    double const before = loss(view, shy), after = loss(view, r.policy);
    CAPTURE(before, after);
    CHECK(after < 0.8 * before);
  }
}

TEST_CASE("the default policy was trained: training for a plan gains next to nothing") {
  CHECK(pretrained.policy == exploration_policy{});
  CHECK(pretrained.episodes > 0);
  CHECK(pretrained.regret_after < pretrained.regret_before);
  for (std::vector<float> const& factors :
       {std::vector<float>{1, 1.02f, 1.05f, 1.1f}, std::vector<float>{1, 1, 1, 1}, std::vector<float>{1, 1, 1.9f}}) {
    agent_view const view = views::usual(factors);
    as_predicted machines{view};
    training_result const r = policy_search(view, training_for(200), machines).run();
    double const own = loss(view, {}), trained = loss(view, r.policy), shys = loss(view, shy);
    CAPTURE(own, trained, shys);
    CHECK(own < 1.1 * trained);
    CHECK(own < 0.9 * shys);
  }
}

TEST_CASE("training is the same for a seed, and for another seed another") {
  agent_view const view = views::usual({1, 1.05f});
  as_predicted machines{view};
  auto const result = [&](std::uint64_t seed) {
    return policy_search(view, training_for(40, seed), machines, shy).run();
  };
  CHECK(result(1).policy == result(1).policy);
  CHECK(result(1).regret_before != result(2).regret_before);
}

TEST_CASE("a policy that training cannot better is kept, and no figure leaves its bounds") {
  agent_view const view = views::usual({1, 4});  // nothing to decide
  as_predicted machines{view};
  for (int episodes : {0, 1, 2, 3, 50}) {
    training_result const r = policy_search(view, training_for(episodes), machines).run();
    CHECK(r.episodes == episodes);
    CHECK(r.regret_after <= r.regret_before);
    if (r.regret_after == r.regret_before) CHECK(r.policy == exploration_policy{});
    CHECK(r.policy.proof >= 2);  // equal variants must not take turns
    CHECK(r.policy.proof <= 6);
    CHECK(r.policy.drift > 0);
  }
}

TEST_CASE("a loss of any kind is searched") {
  // 0 where prior_spread is 0.3; the other figures do not matter
  auto const distance = [](exploration_policy const& p, int) {
    double const d = p.prior_spread / 0.3 - 1;
    return d * d;
  };
  training_result const r = train_policy(shy, 400, 1, distance);
  CHECK(r.policy.prior_spread == Approx(0.3).epsilon(0.15));
  CHECK(r.regret_before == Approx(4.0 / 9));
}

}  // namespace
