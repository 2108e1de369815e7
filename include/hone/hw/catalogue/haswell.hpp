#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Intel Xeon E5-2680 v3 (Haswell-EP, 2014): 12 cores, AVX2 and FMA, 22 nm. The baseline of x86-64-v3.
// Sources: Agner Fog, instruction tables, and uops.info (ports, latencies); Intel 64 optimisation manual (widths); D.
// Molka et al., "Cache coherence protocol and memory performance of the Intel Haswell-EP architecture", ICPP 2015 (the
// same processor at 2.5 GHz: latencies, one core's bandwidths); Intel ARK (clock, power).
struct haswell {
  static constexpr power draws{120_W, cpu_idle_part, 12, 2.5_GHz, 4};
  static constexpr profile value{
      .name = "haswell",
      .target = isa::avx2,
      .vectors = {.lanes = 8, .registers = 16, .dot_uops = 4, .fma = true, .paired_dot_uops = 3},
      .clock = 2.5_GHz,
      .cores = 12,
      .issue_width = 4,
      .vector_ports = 3,  // 0, 1, 5
      .load_ports = 2,    // 32 bytes each
      .store_ports = 1,
      .window = 192,
      .call = cycles{20} / 2.5_GHz,
      .op_overhead = cycles{10} / 2.5_GHz,
      .f32 = {.mac_uops_per_cycle = 2, .chain_cycles = 5, .cycles_per_tile = 2},  // ports 0 and 1
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 5, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 1.5, .chain_cycles = 1, .cycles_per_tile = 2},  // 2 of 3 on port 0
      .cache = {{{32_KiB, 127_GBps, 1.6_ns, nm22.l1},
                 {256_KiB, 69_GBps, 4.8_ns, nm22.l2},
                 {30_MiB, 26_GBps, 21.2_ns, nm22.l3}}},
      .memory = {64_GiB, 10.3_GBps, 96.4_ns, ddr_byte},
      .mac_f32 = nm22.mac_f32,
      .mac_bf16 = nm22.mac_f32,
      .mac_int8 = nm22.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "intel",
      .processors = {{{6, 0x3c, 0x3c}, {6, 0x3f, 0x3f}, {6, 0x45, 0x46}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
