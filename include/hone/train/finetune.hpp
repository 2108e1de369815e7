#pragma once
#include <hone/train/calibrate.hpp>
#include <hone/train/int8.hpp>
#include <hone/train/thinning.hpp>

namespace hone::inline HONE_ABI::train {

struct fine_tuning_options {
  // Adam's steps are as long as the rate even where gradients are next to nothing, as a trained network's are: a rate that
  // is right for training moves it away from what it knows.
  training_options training{.epochs = 4, .rate = 2e-5};
  double validation{0.1};  // share of the examples that tuning does not see: the epoch is kept that fits them best
  int thinning_epochs{4};  // before channels are removed: the whole network, at thinning_rate
  double thinning_rate{2e-3};
  double cost_weight{0.02};   // of SHAL's cost in the loss, relative to the cross-entropy
  double percentile{0.9999};  // of an edge's values that its range covers
};

// A network specialised for a machine.
struct specialised {
  dynamic_graph canonical{};
  tensor_set weights{};          // canonical tensors: what artifacts store
  evaluation before{}, after{};  // on the examples to judge by, under the machine's numerics: untuned, tuned
};

namespace detail {
inline void check_options(options const& o, fine_tuning_options const& how) {
  auto const within = [](char const* what, double v, double low, double high) {
    if (!(v >= low && v <= high))
      raise("cannot specialise a network", message() << what << " is " << number(v).c_str(), "train::fine_tune",
            message("take ") << number(low).c_str() << " to " << number(high).c_str());
  };
  if (o.precision != dtype::f32 && o.precision != dtype::bf16 && o.precision != dtype::i8)
    raise("cannot specialise a network", message() << "its precision would be " << name(o.precision),
          "train::fine_tune", "take f32, bf16 or int8");
  within("options::prune", static_cast<double>(o.prune), 0, 0.99);
  within("validation", how.validation, 0, 0.9);
  within("percentile", how.percentile, 0.5, 1);
  within("cost_weight", how.cost_weight, 0, 1e6);
  within("thinning_epochs", how.thinning_epochs, 0, 1e6);
  check_options(how.training);
}
// Values for variables of g from nodes that are given: `load` gives their values, recipes what follows from them.
template <class Load>
void fill(variables<float>& v, dynamic_graph const& g, std::vector<bool> const& given, Load load) {
  std::vector<bool> needed(g.weights.size(), false);
  for (variable const& e : v.list())
    if (weight_at(g, e.node).what != role::range) needed[static_cast<std::size_t>(e.node)] = true;
  pass::need_inputs(g, needed, given);
  pass::node_values const values = pass::evaluate_nodes(g, needed, given, load);
  for (std::size_t i = 0; i < v.list().size(); ++i) {
    std::span<float> const to = v.of(static_cast<int>(i));
    if (buffer const& b = values[static_cast<std::size_t>(v.list()[i].node)]; b.size() > 0)
      std::copy_n(b.as<float>(), to.size(), to.data());
  }
}
inline buffer as_buffer(std::span<float const> values) {
  buffer b(values.size_bytes());
  std::memcpy(b.data(), values.data(), values.size_bytes());
  return b;
}
inline evaluation judge(canonical_numerics& n, data_set const& d, crew& hands) {
  n.refresh();
  tape<float> t(n, hands, 128, 8);
  check_data(d, n.graph().ops[0].out, t.result_shape().size());
  return evaluate(t, d);
}
}  // namespace detail

// The canonical tensors that variables (masters and ranges of g) stand for.
inline tensor_set stored_tensors(dynamic_graph const& g, variables<float> const& v) {
  std::vector<bool> needed = pass::parameters_of(g), given(g.weights.size(), false);
  for (variable const& e : v.list()) given[static_cast<std::size_t>(e.node)] = true;
  std::vector<bool> const used = needed;
  pass::need_inputs(g, needed, given);
  pass::node_values const values = pass::evaluate_nodes(g, needed, given, [&](weight const& w) {
    return detail::as_buffer(v.of(v.find(static_cast<int>(&w - g.weights.data()))));
  });
  tensor_set out;
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i]) out.add(tensor_name(g, g.weights[i]).c_str(), g.weights[i].type, g.weights[i].dims).data = values[i];
  return out;
}

namespace detail {
// The model's parameters after the channels that o removes on m have been faded out; `base` itself if there are none.
inline tensor_set thinned(dynamic_graph const& description, tensor_set const& base, options const& o, profile const& m,
                          data_set const& d, fine_tuning_options const& how) {
  dynamic_graph const whole = pass::canonical(description, options{}, m);
  dynamic_graph const slim = pass::canonical(description, options{.prune = o.prune}, m);
  variables<float> v(description, leaves_of(description));
  assign(v, description, base);
  thinning fade(whole, slim, v, pass::evaluate_parameters(whole, base));
  if (fade.empty() || how.thinning_epochs == 0) return base;
  numerics<float> n(description, v);
  cost_term const cost(whole, v, m, how.cost_weight);
  training_options t = how.training;
  t.epochs = how.thinning_epochs, t.rate = how.thinning_rate;
  fit_hooks hooks;
  hooks.term = [&](std::span<float> gradient) { return cost(gradient); };
  hooks.after_step = [&](int step, int steps) { fade(step, steps); };
  fit(n, d, t, hooks);
  return as_tensors(v, description);
}

// Trains the masters of a canonical graph; keeps what some of d, kept aside, says is best: an epoch's end, or the start.
inline void tune(canonical_numerics& n, profile const& m, data_set const& d, fine_tuning_options const& how,
                 crew& hands) {
  dynamic_graph const& g = n.graph();
  variables<float>& v = n.state();
  bool const judges = how.validation > 0 && how.validation * static_cast<double>(d.size()) >= 1;
  divided const part = judges ? split(d, 1 - how.validation, how.training.seed) : divided{d, {}};
  double least = judges ? judge(n, part.test, hands).loss : 0;
  std::vector<float> best(v.values().begin(), v.values().end());
  cost_term const cost(g, v, m, how.cost_weight);
  fit_hooks hooks;
  hooks.by_forms = false;
  hooks.term = [&](std::span<float> gradient) { return cost(gradient); };
  hooks.before_epoch = [&](int epoch) {
    if (epoch > 0) calibrate(g, v, d, hands, how.percentile, 0.5);
  };
  hooks.after_epoch = [&](int) {
    double const loss = judges ? judge(n, part.test, hands).loss : 0;
    if (!(loss <= least)) return;
    least = loss;
    best.assign(v.values().begin(), v.values().end());
  };
  fit(n, part.train, how.training, hooks);
  std::copy(best.begin(), best.end(), v.values().begin());
}
}  // namespace detail

// Specialises a trained model for machine m under options o, and tunes it to that machine's numerics: fades out and removes
// channels (where o and SHAL's cost say so), folds and fuses, calibrates ranges (int8), then trains on under the exact
// arithmetic of the machine, SHAL's cost of channels being a term of the loss, and keeps the best epoch by examples that it
// sets aside. `judge` is evaluated before and after, and nothing else. f32 without pruning changes nothing, and is not
// tuned. Deterministic and raising as train::train is.
inline specialised fine_tune(dynamic_graph const& description, tensor_set const& base, options const& o,
                             profile const& m, data_set const& d, data_set const& judge,
                             fine_tuning_options const& how = {}) {
  detail::check_options(o, how);
  specialised out;
  crew hands(how.training.threads);
  for (data_set const* examples : {&d, &judge})
    check_data(*examples, description.ops[0].out, description.ops.back().out.size());
  out.canonical = pass::canonical(description, o, m);
  dynamic_graph const& g = out.canonical;
  bool const prunes = !g.ops.empty() && o.prune > 0;
  tensor_set const slim = prunes ? detail::thinned(description, base, o, m, d, how) : base;
  variables<float> v(g, masters_of(g));
  detail::fill(
      v, g, std::vector<bool>(g.weights.size(), false), [&](weight const& w) { return pass::load_node(g, w, slim); });
  calibrate(g, v, d, hands, how.percentile);
  canonical_numerics n(g, v);
  out.before = detail::judge(n, judge, hands);
  if (prunes || o.precision != dtype::f32) detail::tune(n, m, d, how, hands);
  out.after = detail::judge(n, judge, hands);
  out.weights = stored_tensors(g, v);
  return out;
}

}  // namespace hone::inline HONE_ABI::train
