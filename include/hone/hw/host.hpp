#pragma once
#include <hone/hw/profile.hpp>

#include <string>
#include <vector>

namespace hone::inline HONE_ABI::hw {

// One level of cache, as one core sees it. Zero: not known.
struct cache_level {
  bytes size{};
  int line{};       // bytes
  int shared_by{};  // logical processors
  bool operator==(cache_level const&) const = default;
};

// Where the clock of a host comes from: the processor (CPUID leaf 16h, its base clock), the operating system (cpufreq,
// the highest clock), or a measurement (as it ran then).
enum class clock_source : std::uint8_t { unknown, processor, operating_system, measured };
constexpr char const* name(clock_source s) {
  constexpr char const* names[]{"unknown", "processor", "operating system", "measured"};
  return names[static_cast<int>(s)];
}

// A machine that programs run on, as far as it is known: empty, zero and -1 mean that it is not. Virtual machines and
// containers hide things; nothing here is guessed.
struct host {
  std::string vendor{};                     // "intel", "amd", "arm"; others as they spell themselves
  std::string brand{};                      // "Intel(R) Xeon(R) Processor"
  int family{-1}, model{-1}, stepping{-1};  // Arm: architecture, part number, variant * 16 + revision
  std::vector<isa> isas{};                  // that kernels may use, the best last
  std::vector<std::string> extensions{};    // those that matter to networks, as Linux names them
  int cores{}, threads{};                   // that this process may use: physical ones, logical ones
  std::array<cache_level, 3> cache{};       // data or unified, innermost first
  gigahertz clock{};
  clock_source clock_from{};
  bytes memory{};
  bool virtual_machine{};

  isa best() const { return isas.empty() ? isa::scalar : isas.back(); }
  bool runs(isa i) const {
    for (isa known : isas)
      if (known == i) return true;
    return false;
  }
};

// True if h is one of the processors that p stands for.
inline bool same_processor(host const& h, profile const& p) {
  if (h.vendor.empty() || h.vendor != p.vendor) return false;
  for (processor_range const& r : p.processors)
    if (r.family >= 0 && r.family == h.family && r.first <= h.model && h.model <= r.last) return true;
  return false;
}

}  // namespace hone::inline HONE_ABI::hw
