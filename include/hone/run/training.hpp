#pragma once
#include <hone/run/simulation.hpp>

namespace hone::inline HONE_ABI {

namespace detail {

// p with the logarithms of its figures moved, within bounds.
inline exploration_policy moved(exploration_policy const& p, std::array<float, 4> const& move, float k) {
  auto const by = [&](float v, std::size_t i, float low, float high) {
    v *= __builtin_expf(k * move[i]);
    return v < low ? low : v > high ? high : v;
  };
  return {by(p.boldness, 0, 0.5f, 6), by(p.prior_spread, 1, 0.02f, 0.5f), by(p.proof, 2, 2, 6),
          by(p.drift, 3, 1e-4f, 1e-2f)};
}
inline exploration_policy between(exploration_policy const& a, exploration_policy const& b, float share) {
  auto const at = [&](float from, float to) { return from + share * (to - from); };
  return {at(a.boldness, b.boldness), at(a.prior_spread, b.prior_spread), at(a.proof, b.proof), at(a.drift, b.drift)};
}

// The way that the policy takes from `start` in so many episodes; returns the mean of its second half.
template <class Loss>
exploration_policy search_policy(exploration_policy const& start, int episodes, std::uint64_t seed, Loss&& loss) {
  constexpr float width = 0.4f, rate = 0.1f;
  int const half = episodes / 2;
  random_bits random(seed);
  exploration_policy policy = start, mean = start;
  double usual = 0;  // of the differences between the two sides
  for (int n = 0; n < episodes; ++n) {
    std::array<float, 4> move{};
    for (float& m : move) m = width * random.normal();
    double const difference = loss(moved(policy, move, -1), n) - loss(moved(policy, move, 1), n);
    double const size = difference < 0 ? -difference : difference;
    usual += (size - usual) / (n < 20 ? n + 1 : 20);
    if (usual > 0) {
      double const step = difference / usual;
      policy = moved(policy, move, rate * static_cast<float>(step > 2 ? 2 : step < -2 ? -2 : step));
    }
    mean = n <= half ? policy : between(mean, policy, 1 / static_cast<float>(n - half + 1));
  }
  return mean;
}

}  // namespace detail

// Trains an exploration policy in simulation: policy search by parameter-exploring policy gradients (Sehnke et al.,
// Neural Networks 23, 2010). Every episode moves the policy a little to one side and to the other in the logarithms of
// its four figures, and then towards the side that lost less on the episode's machine. The result is the mean of the
// second half of the way: the way itself wanders. A quarter of the episodes is held out: on their machines the result is
// compared with the start, and kept only if it loses less.
//
// `loss(policy, n)`: the share of time that it loses on machine n.
template <class Loss>
training_result train_policy(exploration_policy const& start, int episodes, std::uint64_t seed, Loss&& loss) {
  int const training = episodes - (episodes + 3) / 4;
  training_result r{detail::search_policy(start, training, seed, loss), episodes, 0, 0};
  for (int n = training; n < episodes; ++n)
    r.regret_before += static_cast<float>(loss(start, n)), r.regret_after += static_cast<float>(loss(r.policy, n));
  if (episodes > training) {
    auto const count = static_cast<float>(episodes - training);
    r.regret_before /= count, r.regret_after /= count;
  }
  if (!(r.regret_after < r.regret_before)) r.policy = start, r.regret_after = r.regret_before;
  return r;
}

// Trains for one plan: the very agent that will run plays on simulated machines. `machine(n)` gives the n-th one's
// predicted times (float const*, ns, [op][variant]); they depart from it as `departure` says. Time: about 0.1 ms an
// episode for 4 subgraphs and 4 variants.
template <class Machines>
class policy_search {
 public:
  policy_search(agent_view const& view, adaptation const& how, Machines& machine, exploration_policy const& start = {})
      : view_(view), how_(how), machine_(machine), start_(start), agent_(view, how, start, 0) {}

  training_result run() {
    return train_policy(
        start_, how_.rl_training_epochs, how_.seed, [this](exploration_policy const& p, int n) { return loss(p, n); });
  }

  // The share of time that the agent with this policy loses on machine n against the best selection. A change of
  // variant counts as eight calls of a subgraph: code and weights that are not in the caches, and a reader of reports.
  double loss(exploration_policy const& p, int n, int timed_calls = 64) {
    simulated_machine m(
        view_.ops, view_.variants, machine_(n), departure{}, how_.seed * 1000003 + static_cast<std::uint64_t>(n));
    agent_.restart(p);
    episode const e = play(agent_, m, how_, timed_calls);
    double const calls = static_cast<double>(timed_calls) * how_.sample_period;
    return e.regret() +
           8 * static_cast<double>(agent_.event_count()) / calls / static_cast<double>(agent_.groups().size());
  }

 private:
  agent_view const& view_;
  adaptation how_;
  Machines& machine_;
  exploration_policy start_;
  agent agent_;
};

}  // namespace hone::inline HONE_ABI
