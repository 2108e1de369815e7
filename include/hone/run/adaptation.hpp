#pragma once
#include <hone/core/error.hpp>
#include <hone/core/units.hpp>

#include <cstdint>

namespace hone::inline HONE_ABI {

struct profile;

// How boldly to try, how readily to believe: what training in simulation tunes (run/training.hpp). The defaults come out
// of such training, over plans and machines of all kinds (run/agent.hpp, `pretrained`).
struct exploration_policy {
  float boldness{1.84f};      // try a variant that would win if it were this many standard errors better than it seems
  float prior_spread{0.46f};  // standard error of a prediction beside those of the other variants
  float proof{2.06f};         // standard errors by which a variant must be better before it replaces the chosen one
  float drift{0.0017f};       // by how much a time changes from one timed call to the next: limits what is remembered

  bool operator==(exploration_policy const&) const = default;
};

// How an engine forms its subgraphs and chooses among variants while it runs. The defaults suit a network of
// microseconds called thousands of times a second. Bad figures are refused when an engine or a context is made.
struct adaptation {
  int initial_granularity{4};          // subgraphs at the start (at most one an operation)
  float performance_threshold{0.40f};  // a subgraph with a larger share of the time is split
  float merging_threshold{0.15f};      // neighbours of one variant with a smaller share together are merged
  float exploration{0.02f};            // largest share of time that trying other variants may cost; 0: exploit only
  nanoseconds deadline{};              // if set, never try what may take a call past it
  nanoseconds shortest{200};           // subgraphs are not made shorter: neighbours overlap, and timing one takes 20 ns
  int sample_period{64};               // one call in about so many is timed, but at most one in 20 us
  int regroup_period{64};              // splits and merges are considered after so many timed calls
  int warm_up{2};                      // calls that a variant on trial runs before it is timed, to fill the caches
  // Episodes of training in simulation for this very plan, at set-up, beyond those that `policy` went through already:
  // 0.1 ms each (run/training.hpp). Good for unusual figures of the above; with the defaults it gains next to nothing.
  int rl_training_epochs{0};
  exploration_policy policy{};  // where that training starts, and the policy without it
  int resident_variants{3};     // variants packed at set-up, the best predicted first; all: a large number
  std::uint64_t seed{1};        // of the training's simulated machines, and of the sampling
  bool frozen{false};           // keep the first selection: runs are reproducible to the bit
  // This machine, where its profile is known (hw/nearest.hpp, or a header that hone-calibrate wrote): its prices rank
  // the variants until they are measured. Null: each variant is priced on the machine that it was compiled for. Read
  // while weights, engines and contexts are made, not later.
  profile const* here{};
};

// Raises where a figure makes no sense.
inline void check(adaptation const& a) {
  auto const refuse = [](char const* why, char const* fix) {
    raise("cannot use this adaptation", why, "hone::adaptation", fix);
  };
  if (!(a.exploration >= 0 && a.exploration < 1))
    refuse("exploration is a share of time, from 0 to less than 1", "0.02 allows 2%");
  if (!(a.performance_threshold > 0 && a.performance_threshold <= 1) || !(a.merging_threshold >= 0))
    refuse("thresholds are shares of time, from 0 to 1", "0.4 splits what takes more than 40%");
  if (!(a.merging_threshold < a.performance_threshold))
    refuse("what merging_threshold merges, performance_threshold would split again",
           "make merging_threshold the smaller one");
  if (a.sample_period < 1 || a.regroup_period < 1 || a.initial_granularity < 1)
    refuse("sample_period, regroup_period and initial_granularity are at least 1", "leave them at their defaults");
  constexpr int most = 1 << 30;  // sums of two of them are figures still
  if (a.sample_period > most || a.warm_up > most || a.initial_granularity > most)
    refuse("sample_period, warm_up and initial_granularity are at most 2^30", "set exploration to 0 to try nothing");
  if (a.warm_up < 0 || a.rl_training_epochs < 0 || a.resident_variants < 1)
    refuse(
        "warm_up and rl_training_epochs are at least 0, resident_variants at least 1", "leave them at their defaults");
  if (!(a.deadline.value >= 0) || !(a.shortest.value >= 0))
    refuse("deadline and shortest are times, and not negative", "give nanoseconds; 0 means none");
  exploration_policy const& p = a.policy;
  auto const good = [](float figure) { return figure >= 0 && figure < 100; };
  if (!good(p.boldness) || !good(p.prior_spread) || !good(p.proof) || !good(p.drift))
    refuse("a figure of its policy is negative or no number", "leave the policy at its defaults, or train it");
}

// What happened to the selection, in order: for reports, and to understand a machine.
struct adaptation_event {
  enum class what : std::uint8_t { select, split, merge };
  std::uint64_t call{};  // calls before it
  nanoseconds time{};    // that the network has run until then, as sampled
  what kind{};
  std::int16_t first{}, last{};   // operations [first, last) concerned
  std::int16_t from{-1}, to{-1};  // select: variants; split: to = where; merge: to = where the parts met
};
constexpr char const* name(adaptation_event::what w) {
  constexpr char const* names[]{"select", "split", "merge"};
  return names[static_cast<int>(w)];
}

}  // namespace hone::inline HONE_ABI
