#pragma once
#include <hone/core/artifact.hpp>
#include <hone/hw/nearest.hpp>

namespace hone::inline HONE_ABI::hw {

// What an artifact that is made for p says of its hardware.
inline hardware metadata(profile const& p) {
  hardware m{};
  m.device = name(p.kind), m.name = p.name;
  if (p.target != isa::none) m.isa = name(p.target);
  for (std::size_t i = 0; i < m.cache.size(); ++i) m.cache[i] = p.cache[i].size;
  m.memory_bandwidth = p.memory.bandwidth, m.interconnect_bandwidth = p.interconnect;
  m.cores = p.cores, m.clock = p.clock;
  return m;
}

// What h says of itself when it asks for an artifact. Where h is a processor of the catalogue, by that name and with
// its memory's bandwidth, which no machine tells; else by its brand.
inline hardware metadata(host const& h) {
  hardware m{};
  neighbour const near = nearest(h);
  bool const known = near.machine != nullptr && same_processor(h, *near.machine);
  m.name = known ? near.machine->name : h.brand;
  m.isa = name(h.best());
  for (std::size_t i = 0; i < m.cache.size(); ++i) m.cache[i] = h.cache[i].size;
  if (known) m.memory_bandwidth = near.machine->memory.bandwidth;
  m.cores = h.cores, m.clock = h.clock;
  return m;
}

}  // namespace hone::inline HONE_ABI::hw
