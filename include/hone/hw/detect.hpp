#pragma once
#include <hone/hw/clock.hpp>
#include <hone/hw/detail/cpuid.hpp>
#include <hone/hw/detail/system_files.hpp>
#include <hone/hw/supported.hpp>

#if defined(__linux__)
#include <sched.h>
#endif

namespace hone::inline HONE_ABI::hw {

namespace detail {

// The logical processors that this process may use; empty if the system does not tell.
inline std::vector<int> usable_processors() {
  std::vector<int> out;
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    for (int i = 0; i < CPU_SETSIZE; ++i)
      if (CPU_ISSET(i, &set)) out.push_back(i);
#endif
  return out;
}

}  // namespace detail

// The machine underneath: instruction sets by CPUID and the operating system, identity and base clock by CPUID or
// /proc/cpuinfo, caches and cores by /sys or CPUID, the clock by measurement where nobody tells it. What is hidden
// stays unknown; never fails. A few milliseconds; keep the answer.
inline host detect() {
  host h{};
  for (isa i : all_isas)
    if (supported(i)) h.isas.push_back(i);
  std::string const root;
  std::vector<int> const cpus = detail::usable_processors();
  int const first = cpus.empty() ? 0 : cpus[0];
  h.threads = static_cast<int>(cpus.size());
  h.cores = detail::physical_cores(root, cpus);
  h.memory = detail::memory_size(root);
  bool const caches = detail::find_caches(h, root, first);
#if defined(__x86_64__) || defined(__i386__)
  detail::identify(h, detail::cpuid);
  detail::find_extensions(h, root, "flags");
  if (!caches) detail::find_caches(h, detail::cpuid);
  h.clock = detail::base_clock(detail::cpuid);
  if (h.clock.value > 0) h.clock_from = clock_source::processor;
#else
  static_cast<void>(caches);
  detail::identify_arm(h, root);
  detail::find_extensions(h, root, "Features");
#endif
  if (h.clock.value > 0) return h;
  h.clock = detail::highest_clock(root, first);
  if (h.clock.value > 0) return h.clock_from = clock_source::operating_system, h;
  h.clock = measured_clock(h);
  if (h.clock.value > 0) h.clock_from = clock_source::measured;
  return h;
}

}  // namespace hone::inline HONE_ABI::hw
