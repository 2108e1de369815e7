#pragma once
#include <hone/hw/profile.hpp>

namespace hone::inline HONE_ABI {

// The microkernel figures of p for the number format of o.
constexpr microkernel const& microkernel_of(op const& o, profile const& p) {
  if (o.from == dtype::u8) return p.int8;
  return o.weights == dtype::bf16 ? p.bf16 : p.f32;
}

// Time of one call of o, in the tile that o.t says, on p.
constexpr nanoseconds price(op const& o, profile const& p) {
  work const w = o.kind->count(o, p.vectors);
  microkernel const& k = microkernel_of(o, p);
  double const macs = k.mac_uops_per_cycle > 0 ? w.mac_uops / k.mac_uops_per_cycle : 0;
  double arithmetic = macs + w.vector_uops / p.vector_ports;
  double const loads = w.load_uops / p.load_ports, chain = w.chain * k.chain_cycles;
  if (loads > arithmetic) arithmetic = loads;
  if (chain > arithmetic) arithmetic = chain;
  return cycles{arithmetic / k.efficiency + w.tiles * k.cycles_per_tile} / p.clock + p.op_overhead;
}

}  // namespace hone::inline HONE_ABI
