#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Intel Xeon Platinum 8380 (Ice Lake-SP, 2021): 40 cores, AVX-512 with VNNI, Intel's 10 nm, which counts as 7 nm here
// (WikiChip: about as dense).
// Sources: uops.info (ports, latencies); Intel 64 optimisation manual (widths, cache sizes and cycles); Intel ARK
// (clock, power; 3.0 GHz is the turbo with all cores busy); bandwidths as on Sapphire Rapids, in bytes a cycle.
struct ice_lake {
  static constexpr power draws{270_W, cpu_idle_part, 40, 2.3_GHz, 5};
  static constexpr profile value{
      .name = "ice_lake",
      .target = isa::avx512_vnni,
      .vectors = {.lanes = 16, .registers = 32, .dot_uops = 1, .fma = true},
      .clock = 3_GHz,
      .cores = 40,
      .issue_width = 5,
      .vector_ports = 2,
      .load_ports = 2,
      .store_ports = 1,  // one of 512 bits
      .window = 352,
      .call = cycles{20} / 3_GHz,
      .op_overhead = cycles{10} / 3_GHz,
      .f32 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 2, .chain_cycles = 5, .cycles_per_tile = 2},
      .cache = {{{48_KiB, 300_GBps, 1.7_ns, nm7.l1},                 // 5 cycles
                 {bytes{1.25 * 1048576}, 129_GBps, 4.7_ns, nm7.l2},  // 14 cycles
                 {60_MiB, 28_GBps, 24_ns, nm7.l3}}},
      .memory = {128_GiB, 14_GBps, 90_ns, ddr_byte},
      .mac_f32 = nm7.mac_f32,
      .mac_bf16 = nm7.mac_f32,
      .mac_int8 = nm7.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "intel",
      .processors = {{{6, 0x6a, 0x6a}, {6, 0x6c, 0x6c}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
