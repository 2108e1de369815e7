#pragma once
#include <hone/run/simulation.hpp>

namespace hone::inline HONE_ABI {

// Trains the exploration policy for one plan, in simulation, before the first call: policy search by
// parameter-exploring policy gradients (Sehnke et al., Neural Networks 23, 2010). Every episode draws a machine and
// lets the very agent that will run play on it twice, with the policy moved a little to one side and to the other in
// the logarithms of its four figures; the policy moves towards the side that lost less time against the best selection.
// A quarter of the episodes is held out: on their machines the result is compared with the start, and kept only if it
// loses less.
//
// `machine(n)` gives the n-th simulated machine's predicted times (float const*, ns, [op][variant]); they depart from
// it as `departure` says. Time: about 0.1 ms an episode for 4 subgraphs and 4 variants.
template <class Machines>
class policy_search {
 public:
  policy_search(agent_view const& view, adaptation const& how, Machines& machine, exploration_policy const& start = {})
      : view_(view), how_(how), machine_(machine), start_(start), agent_(view, how, start, 0), random_(how.seed) {}

  training_result run() {
    int const all = how_.rl_training_epochs, training = all - (all + 3) / 4;
    exploration_policy policy = start_;
    double usual = 0;  // of the differences between the two sides
    for (int n = 0; n < training; ++n) {
      std::array<float, figures> move{};
      for (float& m : move) m = width * random_.normal();
      double const difference = loss(moved(policy, move, -1), n) - loss(moved(policy, move, 1), n);
      double const size = difference < 0 ? -difference : difference;
      usual += (size - usual) / (n < 20 ? n + 1 : 20);
      if (usual > 0) {
        double const step = difference / usual;
        policy = moved(policy, move, rate * static_cast<float>(step > 2 ? 2 : step < -2 ? -2 : step));
      }
    }
    training_result r{policy, all, 0, 0};
    for (int n = training; n < all; ++n)
      r.regret_before += static_cast<float>(loss(start_, n)), r.regret_after += static_cast<float>(loss(policy, n));
    if (all > training) {
      auto const count = static_cast<float>(all - training);
      r.regret_before /= count, r.regret_after /= count;
    }
    if (!(r.regret_after < r.regret_before)) r.policy = start_, r.regret_after = r.regret_before;
    return r;
  }

  // The share of time that the agent with this policy loses on machine n against the best selection. A change of
  // variant counts as eight calls of a subgraph: code and weights that are not in the caches, and a reader of reports.
  double loss(exploration_policy const& p, int n) {
    simulated_machine m(
        view_.ops, view_.variants, machine_(n), departure{}, how_.seed * 1000003 + static_cast<std::uint64_t>(n));
    agent_.restart(p);
    episode const e = play(agent_, m, how_, timed_calls);
    double const calls = static_cast<double>(timed_calls) * how_.sample_period;
    return e.regret() +
           8 * static_cast<double>(agent_.event_count()) / calls / static_cast<double>(agent_.groups().size());
  }

 private:
  static constexpr std::size_t figures = 4;
  static constexpr int timed_calls = 64;
  static constexpr float width = 0.4f, rate = 0.1f;

  // p with the logarithms of its figures moved, within bounds.
  static exploration_policy moved(exploration_policy p, std::array<float, figures> const& move, float k) {
    auto const by = [&](float v, std::size_t i, float low, float high) {
      v *= __builtin_expf(k * move[i]);
      return v < low ? low : v > high ? high : v;
    };
    return {by(p.boldness, 0, 0.5f, 6), by(p.prior_spread, 1, 0.02f, 0.5f), by(p.proof, 2, 2, 6),
            by(p.drift, 3, 1e-4f, 1e-2f)};
  }

  agent_view const& view_;
  adaptation how_;
  Machines& machine_;
  exploration_policy start_;
  agent agent_;
  random_bits random_;
};

}  // namespace hone::inline HONE_ABI
