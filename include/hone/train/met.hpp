#pragma once
#include <hone/core/artifact.hpp>
#include <hone/hw/metadata.hpp>
#include <hone/shal/environment.hpp>
#include <hone/shal/prediction.hpp>
#include <hone/train/finetune.hpp>

#include <functional>

namespace hone::inline HONE_ABI::train {

// What a specialisation may choose from, and what it must keep.
struct met_options {
  int samples{6};                                                     // environments to draw
  std::uint64_t seed{1};                                              // of the draws
  std::vector<dtype> precisions{dtype::f32, dtype::bf16, dtype::i8};  // that may be chosen
  float prune{0};            // largest share of a layer's channels removed; half of it is tried too
  double accuracy_floor{0};  // share of right answers that tuning must keep
  fine_tuning_options tuning{};
  std::string model{};  // name of the artifacts
  provenance origin{};  // copied to every artifact; a data_hash of 0 is filled in
};

// One sampled environment and what the network became for it.
struct met_result {
  shal::sample environment{};
  options chosen{};
  specialised network{};
  shal::prediction predicted{};
  hone::artifact artifact{};
};

namespace detail {

// What the network becomes on m under o, and what that costs.
struct candidate {
  options how{};
  std::uint64_t plan_id{};
  shal::prediction predicted{};
};
inline std::vector<candidate> candidates(dynamic_graph const& description, profile const& m, met_options const& o) {
  std::vector<candidate> all;
  for (dtype precision : o.precisions)
    for (float prune : {0.0f, o.prune / 2, o.prune}) {
      options const how{.precision = precision, .prune = prune};
      dynamic_graph const canonical = pass::canonical(description, how, m);
      std::uint64_t const id = pass::plan_id(canonical);
      bool const known = std::any_of(all.begin(), all.end(), [&](candidate const& c) { return c.plan_id == id; });
      if (!known) all.push_back({how, id, shal::predict(pass::finalize(canonical, m), m)});
    }
  std::stable_sort(all.begin(), all.end(),
                   [](candidate const& a, candidate const& b) { return a.predicted.latency < b.predicted.latency; });
  return all;
}

inline artifact make_artifact(met_result const& r, met_options const& o, std::uint64_t data_hash) {
  artifact a{};
  a.model = o.model, a.plan_id = pass::plan_id(r.network.canonical), a.precision = r.chosen.precision;
  a.made_for = hw::metadata(r.environment.machine), a.origin = o.origin, a.weights = r.network.weights;
  if (a.origin.data_hash == 0) a.origin.data_hash = data_hash;
  shal::prediction const& p = r.predicted;
  a.figures = {
      .accuracy_before = r.network.before.accuracy,
      .accuracy = r.network.after.accuracy,
      .latency = p.latency,
      .cold_latency = p.cold_latency,
      .throughput = p.throughput,
      .traffic = p.traffic(),
      .arena = p.arena,
      .energy = p.energy};
  return a;
}

}  // namespace detail

// The multi-environment trainer: draws environments from a weighted distribution and specialises the trained network
// `base` for each: of the precisions and prunings allowed, the one that SHAL predicts to be the fastest there is tuned
// under that machine's numerics with its cost in the loss, and kept if it stays at the accuracy floor on `judge`; else the
// next. `sink` gets every result, its artifact ready to be stored, as it is made. Raises where the distribution is empty,
// where tuning does, or where no candidate reaches the floor. Deterministic for its seeds.
inline void multi_environment_train(dynamic_graph const& description, tensor_set const& base,
                                    std::span<shal::environment const> distribution, data_set const& d,
                                    data_set const& judge, met_options const& o,
                                    std::function<void(met_result const&, int n, int of)> const& sink) {
  if (o.samples < 1 || o.precisions.empty())
    raise("cannot specialise a network", "no environment is to be drawn, or no precision is allowed", "met_options",
          "draw at least one, and allow f32, bf16 or i8");
  std::uint64_t const data_hash = fingerprint(d);
  for (int n = 0; n < o.samples; ++n) {
    met_result r{};
    r.environment = shal::draw(distribution, o.seed, static_cast<std::uint64_t>(n));
    profile const& m = r.environment.machine;
    double best = 0;
    bool found = false;
    for (detail::candidate const& c : detail::candidates(description, m, o)) {
      r.chosen = c.how, r.predicted = c.predicted;
      r.network = fine_tune(description, base, c.how, m, d, judge, o.tuning);
      best = std::max(best, r.network.after.accuracy);
      found = r.network.after.accuracy >= o.accuracy_floor;
      if (found) break;
    }
    if (!found)
      raise("cannot specialise a network",
            message() << "no candidate reaches the accuracy floor; the best has " << detail::number(100 * best).c_str()
                      << "% right, wanted " << detail::number(100 * o.accuracy_floor).c_str() << "%",
            m.name, "lower the floor, allow f32, or tune for more epochs");
    r.artifact = detail::make_artifact(r, o, data_hash);
    sink(r, n + 1, o.samples);
  }
}

}  // namespace hone::inline HONE_ABI::train
