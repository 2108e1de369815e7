#pragma once
#include <hone/hw/catalogue.hpp>
#include <hone/hw/host.hpp>

#include <cmath>
#include <span>

namespace hone::inline HONE_ABI::hw {

// A profile that stands for a host, and why.
struct neighbour {
  profile const* machine{};  // null: no candidate was a CPU
  double distance{};         // 0: nothing known tells them apart
  std::string reason{};      // "the same processor", ...
};

namespace detail {

// How far from each other two figures are, in doublings; 0 if one is not known.
inline double doublings(double a, double b) { return a > 0 && b > 0 ? std::fabs(std::log2(a / b)) : 0; }

// Instruction sets first: one that h does not run is worse than anything else, a lesser one than h's best wastes a part
// of the machine. Then the processor, then its vendor; caches and clock tell the rest apart, their weights add up to
// less.
inline double distance(host const& h, profile const& p) {
  double d = 0;
  if (!h.runs(p.target)) d += 10000;
  d += 1000 * doublings(max_lanes(h.best()), max_lanes(p.target)) + (h.best() != p.target ? 500 : 0);
  if (!same_processor(h, p)) d += h.vendor.empty() ? 0 : h.vendor == p.vendor ? 100 : 200;
  for (std::size_t i = 0; i < p.cache.size(); ++i) d += doublings(h.cache[i].size.value, p.cache[i].size.value);
  return d + doublings(h.clock.value, p.clock.value);
}

inline std::string reason(host const& h, profile const& p) {
  std::string const set = name(p.target);
  if (!h.runs(p.target)) return "no candidate has an instruction set that this machine runs";
  if (same_processor(h, p)) return h.best() == p.target ? "the same processor" : "the same processor, by " + set;
  std::string const what = h.best() == p.target ? "the same instruction set, " : "the nearest instruction set, ";
  if (!h.vendor.empty() && h.vendor == p.vendor) return what + set + ", of the same vendor";
  return what + set + ", and the nearest caches and clock";
}

}  // namespace detail

// Of `candidates` the CPU that is most like h; the first of several that are equally near.
inline neighbour nearest(host const& h, std::span<profile const* const> candidates) {
  neighbour best{};
  for (profile const* p : candidates) {
    if (p->kind != device::cpu) continue;
    double const d = detail::distance(h, *p);
    if (best.machine == nullptr || d < best.distance) best.machine = p, best.distance = d;
  }
  if (best.machine != nullptr) best.reason = detail::reason(h, *best.machine);
  return best;
}
// The same of the whole catalogue.
inline neighbour nearest(host const& h) { return nearest(h, catalogue_profiles); }

}  // namespace hone::inline HONE_ABI::hw
