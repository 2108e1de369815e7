#pragma once
#include <hone/search/learning_curve.hpp>
#include <hone/search/optimizer.hpp>
#include <hone/train/finetune.hpp>
#include <hone/train/trainer.hpp>

namespace hone::inline HONE_ABI::search {

// A candidate's training: how far it came, and what became of it.
struct trained {
  outcome how{};
  double error{1};               // on the validation set, as the machine computes; where stopped, at the last rung
  std::vector<rung> rungs{};     // the errors on the way, in f32
  tensor_set base{};             // the parameters as trained; empty where it failed
  train::specialised network{};  // specialised and tuned for the machine; empty unless finished
  std::string note{};            // where it failed: why
};

struct training_rules {
  int rungs{
      2};  // times at which a training may be stopped: after 1/3 of the epochs, 1/9, ... (successive halving by thirds)
  train::fine_tuning_options tuning{};
};

// The epochs, counted from 1, after which `rules` look at a training of so many.
inline std::vector<int> rungs_of(int epochs, training_rules const& rules) {
  std::vector<int> at;
  for (int i = 0, e = epochs / 3; i < rules.rungs && e > 0; ++i, e /= 3) at.insert(at.begin(), e);
  return at;
}

// Trains b's network on d.train, asks `goes_on` at every rung whether it is worth going on, and specialises what is
// left for machine m; errors are those of d.test, the validation set. Where the training diverges or the data do not
// fit the result says so: nothing is raised. Deterministic for b.training.seed.
template <class GoesOn>
trained train_candidate(blueprint const& b, profile const& m, train::divided const& d, training_rules const& rules,
                        GoesOn goes_on) {
  trained t;
  try {
    std::vector<int> const looks = rungs_of(b.training.epochs, rules);
    bool stopped = false;
    train::variables<float> v(b.graph, train::leaves_of(b.graph));
    train::assign(v, b.graph, train::initialize(b.graph, b.training.seed));
    auto const numbers = train::detail::numerics_for(b.training.precision, b.graph, v);
    train::fit_hooks hooks;
    hooks.goes_on = [&](int epoch) {
      if (std::find(looks.begin(), looks.end(), epoch + 1) == looks.end()) return true;
      t.base = train::as_tensors(v, b.graph);
      auto const seen = train::evaluate(b.graph, t.base, d.test, b.training.threads, b.training.precision);
      t.rungs.push_back({epoch + 1, 1 - seen.accuracy}), t.error = 1 - seen.accuracy;
      stopped = !goes_on(t.rungs.back());
      return !stopped;
    };
    train::fit(*numbers, d.train, b.training, hooks);
    t.base = train::as_tensors(v, b.graph);
    t.how = stopped ? outcome::stopped : outcome::finished;
    if (stopped) return t;
    train::fine_tuning_options tuning = rules.tuning;
    tuning.training.seed = b.training.seed, tuning.training.threads = b.training.threads;
    t.network = train::fine_tune(b.graph, t.base, b.how, m, d.train, d.test, tuning);
    t.error = 1 - t.network.after.accuracy;
  } catch (std::exception const& e) {
    t = {.how = outcome::failed, .rungs = std::move(t.rungs), .note = e.what()};
  }
  return t;
}

// Whether a training with these costs may still come to add to the front: two standard deviations to the good, by the
// curves of those that came to their end.
inline bool is_promising(rung const& r, std::vector<double> const& costs, learning_curve const& curve,
                         improvement const& front) {
  if (!curve.knows(r.epochs)) return true;
  belief const end = curve.at_end(r);
  objectives const known = objectives_of(0, costs);
  return front.expected({end.log_mean - 2 * end.log_deviation, 0}, {known.begin() + 1, known.end()}) > 0;
}

}  // namespace hone::inline HONE_ABI::search
