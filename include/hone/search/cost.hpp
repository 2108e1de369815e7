#pragma once
#include <hone/hw/profile.hpp>
#include <hone/shal/prediction.hpp>

#include <cmath>
#include <cstdio>
#include <string>

namespace hone::inline HONE_ABI::search {

// What SHAL predicts of a network, of one call with batch 1.
enum class metric : std::uint8_t {
  latency,       // ns, warm
  cold_latency,  // ns
  energy,        // pJ
  memory         // bytes: parameters and activations
};
constexpr char const* name(metric m) {
  constexpr char const* names[] = {"latency", "cold latency", "energy", "memory"};
  return names[static_cast<std::size_t>(m)];
}
constexpr double value_of(shal::prediction const& p, metric m) {
  switch (m) {
    case metric::latency: return p.latency.value;
    case metric::cold_latency: return p.cold_latency.value;
    case metric::energy: return p.energy.value;
    case metric::memory: return (p.arena + p.weights).value;
  }
  return {};
}
// "12.3 us", three digits.
inline std::string text(metric m, double value) {
  constexpr char const* units[3][4] = {{"ns", "us", "ms", "s"}, {"pJ", "nJ", "uJ", "mJ"}, {"B", "KiB", "MiB", "GiB"}};
  int const row = m == metric::memory ? 2 : m == metric::energy ? 1 : 0;
  double const step = row == 2 ? 1024 : 1000;
  int unit = 0;
  for (; unit < 3 && value >= 0.9995 * step; ++unit) value /= step;
  char digits[48];
  std::snprintf(digits, sizeof digits, "%.3g %s", value, units[row][unit]);
  return digits;
}

// A quantity that the search makes small: a metric on a machine.
struct cost {
  metric what{};
  profile const* on{};
  bool operator==(cost const&) const = default;
};
inline std::string name(cost const& c) { return std::string(name(c.what)) + " on " + c.on->name; }

// What a network may take at most, in the metric's unit.
struct budget {
  cost of{};
  double most{};
};
inline budget at_most(nanoseconds most, profile const& on, metric what = metric::latency) {
  return {{what, &on}, most.value};
}
inline budget at_most(picojoules most, profile const& on) { return {{metric::energy, &on}, most.value}; }
inline budget at_most(bytes most, profile const& on) { return {{metric::memory, &on}, most.value}; }

}  // namespace hone::inline HONE_ABI::search
