#include "benchmarks/adapt/simulated.hpp"

#include <hone/hw/catalogue.hpp>
#include <hone/pass/partition.hpp>
#include <hone/run/prior.hpp>

#include <algorithm>
#include <memory>

#include "examples/digits/model.hpp"

namespace bench::adapt {
namespace {

namespace nn = hone::nn;
namespace hw = hone::hw;

struct keywords
    : hone::model<nn::input<49, 10>, nn::conv2d<32, nn::extent{10, 4}, 2>, nn::relu, nn::depthwise_conv2d<3>, nn::relu,
                  nn::conv2d<32, 1>, nn::relu, nn::global_avg_pool, nn::dense<12>> {};
struct keywords_int8 : hone::specialized<keywords, hone::options{.precision = hone::dtype::i8}> {};
struct perceptron : hone::model<nn::input<64>, nn::dense<256>, nn::relu, nn::dense<256>, nn::relu, nn::dense<16>> {};

/// The start of training: a guess by hand.
constexpr hone::exploration_policy guess{1.5f, 0.2f, 2.5f, 0.001f};
constexpr int timed_calls = 256;

/// One variant of a plan as far as it can be priced; it has no kernels.
template <class Spec, class Machine>
hone::variant_view priced() {
  static constexpr auto const& graph = hone::plan<Spec, Machine>::final_graph;
  hone::variant_view v{};
  v.machine = &Machine::value, v.ops = graph.ops.begin(), v.weights = graph.weights.begin();
  v.arena = graph.arena, v.packed = graph.packed;
  return v;
}
template <class Model>
hone::plan_view plan_of() {
  using spec = hone::specialization_of<Model>;
  static std::array const variants{
      priced<spec, hw::sapphire_rapids>(), priced<spec, hw::skylake_x>(),   priced<spec, hw::haswell>(),
      priced<spec, hw::nehalem>(),         priced<spec, hw::neoverse_n1>(), priced<spec, hw::any>()};
  static std::array<std::int16_t, spec::canonical.ops.size()> live{};
  hone::pass::count_live(spec::canonical, live.data());
  hone::plan_view v{};
  v.ops = static_cast<int>(live.size()), v.variants = variants, v.live = live.data();
  return v;
}

/// Whether `here` runs kernels for `wanted`.
bool runs(hone::profile const& here, hone::isa wanted) {
  if (wanted == hone::isa::scalar || wanted == here.target) return true;
  return here.target != hone::isa::neon && wanted != hone::isa::neon && wanted < here.target;
}

/// A plan on a machine: what the agent is told, and the machines that it may find itself on.
struct world {
  world(hone::plan_view const& plan, hone::profile const& here, bool known, std::uint64_t seed)
      : machines(plan, &here, seed) {
    view.ops = plan.ops, view.variants = static_cast<int>(plan.variants.size());
    hone::plan_prices(plan, known ? &here : nullptr).price(view.predicted);
    view.live.assign(plan.live, plan.live + plan.ops);
    choose_resident(plan, here);
  }
  hone::agent_view view;
  hone::shal_machines machines;

 private:
  /// As many variants as an engine packs, the best predicted ones.
  void choose_resident(hone::plan_view const& plan, hone::profile const& here) {
    std::size_t const n = plan.variants.size();
    std::vector<float> total(n, 0);
    for (std::size_t i = 0; i < view.predicted.size(); ++i) total[i % n] += view.predicted[i];
    std::vector<std::size_t> order;
    for (std::size_t v = 0; v < n; ++v)
      if (runs(here, plan.variants[v].machine->target)) order.push_back(v);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return total[a] < total[b]; });
    order.resize(std::min(order.size(), std::size_t{3}));
    view.usable.assign(n, 0);
    for (std::size_t v : order) view.usable[v] = 1;
  }
};
using worlds = std::vector<std::unique_ptr<world>>;

/// Every plan on every machine, in turns priced for that machine and for those that it was compiled for.
worlds all_worlds(std::uint64_t seed) {
  std::array const plans{plan_of<digits::network>(), plan_of<digits::network_bf16>(), plan_of<digits::network_int8>(),
                         plan_of<keywords>(),        plan_of<keywords_int8>(),        plan_of<perceptron>()};
  std::array const machines{
      &hw::nehalem::value,     &hw::haswell::value,         &hw::skylake_x::value, &hw::cascade_lake::value,
      &hw::ice_lake::value,    &hw::sapphire_rapids::value, &hw::zen3::value,      &hw::zen4::value,
      &hw::neoverse_n1::value, &hw::cortex_a53::value,      &hw::cortex_a72::value};
  worlds all;
  for (auto const& p : plans)
    for (auto const* m : machines)
      all.push_back(std::make_unique<world>(p, *m, all.size() % 2 == 0, seed + all.size()));
  return all;
}

/// Regret of one agent, mean over worlds, in percent.
double regret(worlds const& in, hone::adaptation const& how, hone::departure const& d, std::uint64_t seed) {
  double sum = 0;
  for (std::size_t w = 0; w < in.size(); ++w) {
    hone::agent agent(in[w]->view, how, how.policy, 0);
    float const* const times = in[w]->machines(static_cast<int>(seed));
    hone::simulated_machine m(in[w]->view.ops, in[w]->view.variants, times, d, 1000 * seed + w);
    sum += hone::play(agent, m, how, 4 * timed_calls).regret();
  }
  return 100 * sum / static_cast<double>(in.size());
}

}  // namespace

std::vector<simulated_regret> simulate() {
  constexpr int draws = 10;
  hone::adaptation first_choice, guessed, own;
  first_choice.exploration = 0, guessed.policy = guess;
  hone::departure stationary, restless;
  stationary.pace = stationary.change = 0, restless.change = 0.02f;
  worlds const in = all_worlds(1'000'000);  // machines that training did not see
  std::vector<simulated_regret> rows;
  for (auto const& [name, how] :
       {std::pair{"first choice", first_choice}, std::pair{"untrained", guessed}, std::pair{"hone", own}}) {
    simulated_regret row{name};
    for (std::uint64_t seed = 1; seed <= draws; ++seed) {
      row.stationary += regret(in, how, stationary, seed) / draws;
      row.usual += regret(in, how, {}, seed) / draws;
      row.restless += regret(in, how, restless, seed) / draws;
    }
    rows.push_back(row);
  }
  return rows;
}

hone::training_result train(int episodes) {
  worlds const in = all_worlds(1);
  std::vector<hone::policy_search<hone::shal_machines>> searches;
  searches.reserve(in.size());
  for (auto const& w : in) searches.emplace_back(w->view, hone::adaptation{}, w->machines);
  return hone::train_policy(guess, episodes, 1, [&](hone::exploration_policy const& p, int n) {
    double sum = 0;
    for (auto& search : searches) sum += search.loss(p, n, timed_calls);
    return sum / static_cast<double>(searches.size());
  });
}

}  // namespace bench::adapt
