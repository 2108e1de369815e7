#pragma once
#include <hone/core/error.hpp>
#include <hone/core/units.hpp>
#include <hone/hw/clock.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <span>
#include <thread>
#include <vector>

namespace hone::inline HONE_ABI::calibration {

// What is timed: does it n times, back to back.
using repeat = std::function<void(int n)>;
// Called with the share done, 0 to 1.
using progress = std::function<void(double)>;

// How to measure on machines that lose time slices and have neighbours on the same core (KERNELS.md): chunks are short, so
// that many are undisturbed, and all cases take turns, so that all meet the same neighbours and the same clock.
struct patience {
  int rounds{40};
  nanoseconds chunk{3e5};    // the length of one timing; 0.6 ms at most
  hw::host const* follow{};  // the machine whose clock to follow; null: take times as they come
};
// Time of one repetition.
struct timing {
  nanoseconds best{};    // the least of the rounds' but for a tenth of them: the machine undisturbed
  nanoseconds median{};  // the machine as it was
};
// All cases' times. Where the clock could be followed, each is what it would have been at `clock`, the median of all.
struct timings {
  std::vector<timing> cases;
  gigahertz clock{};
};

namespace detail {

inline nanoseconds time_of(repeat const& run, int n) {
  hw::ticks const start = hw::now_after();
  run(n);
  hw::ticks const end = hw::now_after();
  return {static_cast<double>(end - start) / hw::ticks_per_nanosecond()};
}
// How many repetitions fill a chunk; at least one.
inline int repetitions(repeat const& run, nanoseconds chunk) {
  int n = 1;
  for (;;) {
    nanoseconds const t = std::min(time_of(run, n), time_of(run, n));
    if (t > 0.25 * chunk || n > (1 << 28))
      return std::max(1, static_cast<int>(static_cast<double>(n) * std::min(4.0, chunk / std::max(t, nanoseconds{1}))));
    n *= 4;
  }
}

}  // namespace detail

// Times all cases, in turns. About rounds * cases * 2 chunks long.
inline timings measure(std::span<repeat const> cases, patience how = {}, progress const& tell = {}) {
  if (how.rounds < 1 || !(how.chunk.value > 0))
    raise("cannot measure", "there is not one round, or a chunk of no length", "calibration::measure",
          "ask for 30 rounds or more of 0.1 to 0.6 ms");
  std::vector<int> n;
  for (repeat const& run : cases) n.push_back(detail::repetitions(run, how.chunk));
  struct sample {
    nanoseconds time;
    gigahertz clock;
  };
  std::vector<std::vector<sample>> samples(cases.size());
  std::vector<gigahertz> clocks;
  for (int round = 0; round < how.rounds; ++round) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      cases[i](1);
      nanoseconds const t = detail::time_of(cases[i], n[i]);
      gigahertz const clock = how.follow != nullptr ? hw::clock_now(*how.follow) : gigahertz{};
      samples[i].push_back({t / n[i], clock}), clocks.push_back(clock);
      // time slices are given to those who also sleep
      std::this_thread::sleep_for(std::chrono::nanoseconds(static_cast<long long>(std::min(t.value, 1e6))));
    }
    if (tell) tell(static_cast<double>(round + 1) / how.rounds);
  }
  std::sort(clocks.begin(), clocks.end());
  timings result{{}, clocks.empty() ? gigahertz{} : clocks[clocks.size() / 2]};
  for (std::vector<sample> const& mine : samples) {
    std::vector<nanoseconds> t;
    for (sample const& s : mine) t.push_back(result.clock.value > 0 ? s.time * (s.clock / result.clock) : s.time);
    std::sort(t.begin(), t.end());
    result.cases.push_back({t[t.size() / 10], t[t.size() / 2]});
  }
  return result;
}

}  // namespace hone::inline HONE_ABI::calibration
