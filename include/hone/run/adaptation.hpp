#pragma once
#include <hone/core/units.hpp>

#include <cstdint>

namespace hone::inline HONE_ABI {

// How an engine forms its subgraphs and chooses among variants while it runs. The defaults suit a network of
// microseconds called thousands of times a second.
struct adaptation {
  int initial_granularity{4};          // subgraphs at the start (at most one an operation)
  float performance_threshold{0.40f};  // a subgraph with a larger share of the time is split
  float merging_threshold{0.15f};      // neighbours of one variant with a smaller share together are merged
  float exploration{0.02f};            // largest share of time that trying other variants may cost; 0: exploit only
  nanoseconds deadline{};              // if set, never try what is expected to take a call past it
  int sample_period{64};               // one call in so many is timed
  int regroup_period{64};              // splits and merges are considered after so many timed calls
  int rl_training_epochs{200};         // episodes of training in simulation, at set-up; 0: the built-in policy
  int resident_variants{3};            // variants packed and ready, the best predicted first; all: a large number
  std::uint64_t seed{1};               // of the training's simulated noise
  bool frozen{false};                  // keep the first selection: runs are reproducible to the bit
};

// What happened to the selection, in order: for reports, and to understand a machine.
struct adaptation_event {
  enum class what : std::uint8_t { select, split, merge };
  std::uint64_t call{};  // calls of run() before it
  what kind{};
  std::int16_t first{}, last{};   // operations [first, last) concerned
  std::int16_t from{-1}, to{-1};  // select: variants; split: to = where; merge: to = where the parts met
};

}  // namespace hone::inline HONE_ABI
