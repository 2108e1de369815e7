#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Intel Xeon X5570 (Nehalem-EP, 2009): 4 cores, SSE4.2, 45 nm. The baseline of x86-64-v2; Westmere, Sandy Bridge and
// Ivy Bridge, which have no AVX2 either, are near it. Sources: Agner Fog, instruction tables (ports, latencies); Intel
// 64 optimisation manual (widths); D. Molka et al., "Memory performance and cache coherency effects on an Intel Nehalem
// multiprocessor system", PACT 2009 (the same processor's latencies and one core's bandwidths); Intel ARK (clock,
// power).
struct nehalem {
  static constexpr power draws{95_W, cpu_idle_part, 4, 2.93_GHz, 4};
  static constexpr profile value{
      .name = "nehalem",
      .target = isa::sse4,
      .vectors = {.lanes = 4, .registers = 16, .dot_uops = 4, .fma = false, .paired_dot_uops = 3},
      .clock = 2.93_GHz,
      .cores = 4,
      .issue_width = 4,   // fused micro-operations renamed a cycle
      .vector_ports = 3,  // 0, 1, 5
      .load_ports = 1,    // 16 bytes, port 2
      .store_ports = 1,
      .window = 128,
      .call = cycles{20} / 2.93_GHz,
      .op_overhead = cycles{10} / 2.93_GHz,
      .f32 = {.mac_uops_per_cycle = 2,
              .chain_cycles = 3,
              .cycles_per_tile = 2},  // mulps port 0, addps port 1, 3 cycles
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 3, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 1.5, .chain_cycles = 1, .cycles_per_tile = 2},  // 2 of 3 on one port
      .cache = {{{32_KiB, 45.6_GBps, 1.3_ns, nm45.l1},
                 {256_KiB, 31_GBps, 3.4_ns, nm45.l2},
                 {8_MiB, 26_GBps, 13_ns, nm45.l3}}},
      .memory = {24_GiB, 13.9_GBps, 65_ns, ddr_byte},
      .mac_f32 = nm45.mac_f32,
      .mac_bf16 = nm45.mac_f32,
      .mac_int8 = nm45.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "intel",
      .processors = {{{6, 0x1a, 0x1a}, {6, 0x1e, 0x1f}, {6, 0x2e, 0x2e}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
