#pragma once
#include <hone/hw/host.hpp>

namespace tests {

// A host that is exactly the machine of p.
inline hone::hw::host host_like(hone::profile const& p) {
  using hone::isa;
  hone::hw::host h{};
  h.vendor = p.vendor, h.brand = p.name;
  if (p.processors[0].family >= 0) h.family = p.processors[0].family, h.model = p.processors[0].first;
  for (isa i : hone::all_isas)
    if (i == isa::scalar || i == p.target || (i < p.target && p.target != isa::neon)) h.isas.push_back(i);
  h.cores = h.threads = p.cores;
  for (std::size_t i = 0; i < h.cache.size(); ++i) h.cache[i] = {p.cache[i].size, 64, 1};
  h.clock = p.clock, h.clock_from = hone::hw::clock_source::measured;
  h.memory = p.memory.size;
  return h;
}

}  // namespace tests
