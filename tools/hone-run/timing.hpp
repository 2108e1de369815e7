#pragma once
// Latency of one call, warm and cold.
#include <hone/hw/ticks.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace tools {

struct latency {
  double p50{}, p99{};  // ns
  std::size_t calls{};
};
struct latencies {
  latency warm, cold;
};
// How long warm calls are timed, and cold ones; or how many warm ones.
struct timing_limits {
  double seconds{0.5};
  std::size_t calls{};  // 0: as many as fit
};

inline latency percentiles(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  auto const at = [&](double share) { return samples[static_cast<std::size_t>(share * double(samples.size() - 1))]; };
  return {at(0.5), at(0.99), samples.size()};
}

// Times `call` alone, after some untimed ones: warm in a row, at most a million times, and cold after 64 MB were
// rewritten, at most 50 times; each for as long as the limits say, but ten and five times at least. Lost time slices
// and a noisy neighbour show in p99.
template <class Call>
latencies time_calls(Call call, timing_limits const& limits) {
  namespace hw = hone::hw;
  double const rate = hw::ticks_per_nanosecond();
  auto const once = [&] {
    hw::ticks const start = hw::now_after();
    call();
    return static_cast<double>(hw::now_after() - start) / rate;
  };
  hw::ticks begin = hw::now();
  auto const within = [&](double share) {
    return static_cast<double>(hw::now() - begin) / rate < share * limits.seconds * 1e9;
  };
  std::vector<double> warm, cold;
  for (int i = 0; i < 20 && (i == 0 || within(0.2)); ++i) once();
  begin = hw::now();
  auto const more = [&] {
    if (limits.calls != 0) return warm.size() < limits.calls;
    return warm.size() < 10 || (warm.size() < 1'000'000 && within(1));
  };
  while (more()) warm.push_back(once());
  std::vector<char> memory(std::size_t{64} << 20);
  begin = hw::now();
  for (int i = 0; i < 50 && (i < 5 || within(1)); ++i) {
    std::memset(memory.data(), i, memory.size());
    asm volatile("" : : "r"(memory.data()) : "memory");
    cold.push_back(once());
  }
  return {percentiles(std::move(warm)), percentiles(std::move(cold))};
}

}  // namespace tools
