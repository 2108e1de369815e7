#pragma once
#include <hone/run/measure_kernels.hpp>
#include <hone/run/measure_memory.hpp>
#include <hone/run/prior.hpp>

#include <string>

namespace hone::inline HONE_ABI::calibration {

// The kernels of one instruction set, laid open for timing.
struct family {
  profile const* representative{};   // a machine of the catalogue with this instruction set: tiles were chosen for it
  std::vector<kernel_bench> fitted;  // networks that the profile is fitted to
  std::vector<kernel_bench> unseen;  // and such that only say how good the fit is
};

// One timed kernel or network.
struct timed {
  std::string what;
  shal::measurement measured;
  bool fitted{};
  nanoseconds median{};
};

// Timings of families.
struct measured_families {
  std::vector<std::vector<timed>> rows;  // by family
  gigahertz clock{};                     // that all times are for; 0: they are as they came
};
// Times every operation and every network of all families, in turns. `best` of each timing counts: the machine
// undisturbed.
inline measured_families measure_families(std::span<family const> families, patience how, progress const& tell = {}) {
  std::vector<repeat> cases;
  measured_families result;
  for (family const& f : families) {
    std::vector<timed>& mine = result.rows.emplace_back();
    for (auto const* list : {&f.fitted, &f.unseen})
      for (kernel_bench const& b : *list) {
        bool const fitted = list == &f.fitted;
        for (std::size_t i = 0; fitted && i < b.size(); ++i) {
          if (!b.runs(i)) continue;
          cases.push_back([&b, i](int n) { b.one(i, n); });
          mine.push_back({std::string(b.name()) + ", " + b.layer(i), b.of_one(i, {}), true, {}});
        }
        cases.push_back([&b](int n) { b.all(n); });
        mine.push_back({b.name(), b.of_all({}), fitted, {}});
      }
  }
  timings const times = measure(cases, how, tell);
  result.clock = times.clock;
  std::size_t next = 0;
  for (std::vector<timed>& mine : result.rows)
    for (timed& t : mine) t.measured.time = times.cases[next].best, t.median = times.cases[next++].median;
  return result;
}

// The profile that explains `rows` best, starting from base.
inline shal::fitted fit(profile const& base, std::span<timed const> rows) {
  std::vector<shal::measurement> measured;
  for (timed const& t : rows)
    if (t.fitted) measured.push_back(t.measured);
  return shal::fit(base, measured);
}

// A profile of the host before anything is measured: the nearest of the catalogue, with what the host tells of itself.
inline profile host_profile(hw::host const& h, profile const& nearest) {
  profile p = nearest;
  if (h.cores > 0) p.cores = h.cores;
  if (h.clock.value > 0) p.clock = h.clock;
  if (h.memory.value > 0) p.memory.size = h.memory;
  if (h.cache[0].size.value > 0)
    for (std::size_t i = 0; i < p.cache.size(); ++i) {
      p.cache[i].size = h.cache[i].size;
      if (p.cache[i].size.value > 0 && !(p.cache[i].bandwidth.value > 0))
        p.cache[i] = {h.cache[i].size, p.memory.bandwidth, p.memory.latency, p.memory.energy};
    }
  return p;
}

// Replaces bandwidths, and `latencies` too, of `host` (whose sizes are right) by measurements. Bandwidths are those at which
// `dense`, a dense kernel that reads `weight_bytes` of weights a call, takes them from each level: narrower registers take
// less. Memory gets at most `most_bytes` of memory to work in; where that is not twice the last cache, it keeps the host's
// figures.
inline void measure_memory(profile& host, kernel_entry dense, kernel_args const& args, std::size_t weight_bytes,
                           std::size_t most_bytes, bool latencies = true, progress const& tell = {}) {
  double inside = 0;  // size of the level before
  for (int i = 0; i < shal::levels; ++i) {
    if (tell) tell(static_cast<double>(i) / shal::levels);
    memory_level& level = i < shal::levels - 1 ? host.cache[static_cast<std::size_t>(i)] : host.memory;
    bool const outermost = i == shal::levels - 1;
    if (!(level.size.value > 0)) continue;
    // well outside the level before, and well inside this one
    double const most = 0.6 * level.size.value,
                 touched = outermost    ? 2 * inside
                           : inside > 0 ? std::min(most, 4 * inside)
                                        : most;
    double const before_this = inside;
    inside = outermost ? inside : level.size.value;
    if (touched > static_cast<double>(most_bytes) || (!outermost && touched < 1.5 * before_this)) continue;
    auto const bytes_touched = static_cast<std::size_t>(touched);
    if (latencies) level.latency = measure_latency(bytes_touched);
    if (i > 0) level.bandwidth = measure_bandwidth(dense, args, weight_bytes, bytes_touched);
  }
  // what noise may have inverted: a level is no better than the one inside it
  memory_level const* before = nullptr;
  for (int i = 0; i < shal::levels; ++i) {
    memory_level& level = i < shal::levels - 1 ? host.cache[static_cast<std::size_t>(i)] : host.memory;
    if (!(level.size.value > 0)) continue;
    if (before != nullptr) {
      level.latency = std::max(level.latency, before->latency);
      level.bandwidth = std::min(level.bandwidth, before->bandwidth);
    }
    before = &level;
  }
  if (tell) tell(1);
}

}  // namespace hone::inline HONE_ABI::calibration
