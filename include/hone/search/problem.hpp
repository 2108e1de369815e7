#pragma once
#include <hone/core/graph.hpp>
#include <hone/pass/pipeline.hpp>
#include <hone/search/cost.hpp>
#include <hone/search/space.hpp>
#include <hone/train/fit.hpp>

#include <functional>

namespace hone::inline HONE_ABI::search {

// What a candidate stands for: a network, how it is specialised, how it is trained, and on which of the caller's data
// sets (input resolutions, front ends).
struct blueprint {
  dynamic_graph graph{};
  options how{};
  train::training_options training{};
  int data{0};
};

// What is searched for: among `candidates`, networks of a small error that cost little.
struct problem {
  space candidates{};
  std::function<blueprint(candidate const&)> build{};  // raises, or throws, where a candidate is no network
  std::vector<cost> costs{};                           // objectives besides the error
  std::vector<budget> budgets{};
};

// What is known of a candidate before any training.
struct assessment {
  std::string flaw{};              // why it is no network; empty where it is one
  std::vector<double> costs{};     // of problem::costs, in their units
  std::vector<double> budgeted{};  // of problem::budgets
  double macs{}, parameters{};     // of the network as it is trained

  // By how much, in parts of the budget, the worst of the budgets is exceeded; at most 0 where all are kept.
  double excess(std::vector<budget> const& budgets) const {
    if (!flaw.empty()) return HUGE_VAL;
    double most = -1;
    for (std::size_t i = 0; i < budgets.size(); ++i) most = std::max(most, budgeted[i] / budgets[i].most - 1);
    return most;
  }
  bool feasible(std::vector<budget> const& budgets) const { return excess(budgets) <= 0; }
};

namespace detail {

// Predictions for the machines that are asked for, each made once.
class predictions {
 public:
  explicit predictions(blueprint const& b) : b_(b) {}
  double operator()(cost const& c) {
    for (auto const& [machine, p] : made_)
      if (machine == c.on) return value_of(p, c.what);
    made_.push_back({c.on, shal::predict(pass::finalize(pass::canonical(b_.graph, b_.how, *c.on), *c.on), *c.on)});
    return value_of(made_.back().second, c.what);
  }

 private:
  blueprint const& b_;
  std::vector<std::pair<profile const*, shal::prediction>> made_{};
};

inline double parameters_of(dynamic_graph const& g) {
  double n = 0;
  for (weight const& w : g.weights)
    if (w.leaf()) n += w.elements();
  return n;
}

}  // namespace detail

// Builds the candidate's network and predicts what it costs, through the same passes as engines: no training. About 25
// microseconds a machine for ten layers.
inline assessment assess(problem const& p, candidate const& c) {
  assessment a;
  try {
    blueprint const b = p.build(c);
    detail::predictions of(b);
    for (cost const& what : p.costs) a.costs.push_back(of(what));
    for (budget const& what : p.budgets) a.budgeted.push_back(of(what.of));
    for (op const& o : b.graph.ops) a.macs += o.kind->count(o, vector_shape{}).macs;
    a.parameters = detail::parameters_of(b.graph);
  } catch (std::exception const& e) {
    a.flaw = e.what();
  }
  return a;
}

}  // namespace hone::inline HONE_ABI::search
