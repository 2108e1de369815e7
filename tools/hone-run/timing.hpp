#pragma once
// Latency of one call, warm and cold.
#include <hone/hw/ticks.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace tools {

struct latency {
  double p50{}, p99{};  // ns
};
struct latencies {
  latency warm, cold;
};

inline latency percentiles(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  auto const at = [&](double share) { return samples[static_cast<std::size_t>(share * double(samples.size() - 1))]; };
  return {at(0.5), at(0.99)};
}

// Times `call` alone: warm in a row (for half a second, at least 100 and at most 100,000 times), cold after 64 MB were
// rewritten (50 times). Lost time slices and a noisy neighbour show in p99.
template <class Call>
latencies time_calls(Call call) {
  namespace hw = hone::hw;
  double const rate = hw::ticks_per_nanosecond();
  auto const once = [&] {
    hw::ticks const start = hw::now_after();
    call();
    return static_cast<double>(hw::now_after() - start) / rate;
  };
  std::vector<double> warm, cold;
  for (int i = 0; i < 20; ++i) once();
  hw::ticks const begin = hw::now();
  while (warm.size() < 100 || (warm.size() < 100'000 && static_cast<double>(hw::now() - begin) / rate < 5e8))
    warm.push_back(once());
  std::vector<char> memory(std::size_t{64} << 20);
  for (int i = 0; i < 50; ++i) {
    std::memset(memory.data(), i, memory.size());
    asm volatile("" : : "r"(memory.data()) : "memory");
    cold.push_back(once());
  }
  return {percentiles(std::move(warm)), percentiles(std::move(cold))};
}

}  // namespace tools
