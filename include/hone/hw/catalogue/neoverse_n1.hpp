#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Arm Neoverse N1 as in AWS Graviton2 (2020): 64 cores at 2.5 GHz, 7 nm.
// Sources: Arm Neoverse N1 software optimisation guide (widths; fmla 2 a cycle, its accumulator forwarded after 2
// cycles; long multiplications 1 a cycle); Arm learning path "memory subsystem", ASCT on Graviton2 (73.4 / 35.9 / 20.9
// GB/s of one core beyond the first level); Hot Chips 31 (1.0 W a core with its second level at 2.6 GHz); latencies
// about.
struct neoverse_n1 {
  static constexpr power draws{1_W, cpu_idle_part, 1, 2.6_GHz, 4};  // of one core
  static constexpr profile value{
      .name = "neoverse_n1",
      .target = isa::neon,
      .vectors = {.lanes = 4, .registers = 32, .dot_uops = 6, .fma = true},  // 4 long multiplications, addp, add
      .clock = 2.5_GHz,
      .cores = 64,
      .issue_width = 4,
      .vector_ports = 2,
      .load_ports = 2,
      .store_ports = 1,
      .window = 128,
      .call = cycles{20} / 2.5_GHz,
      .op_overhead = cycles{10} / 2.5_GHz,
      .f32 = {.mac_uops_per_cycle = 2, .chain_cycles = 2, .cycles_per_tile = 2},
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 2, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 1.5, .chain_cycles = 2, .cycles_per_tile = 2},  // 6 in the 4 cycles of one pipe
      .cache = {{{64_KiB, 80_GBps, 1.6_ns, nm7.l1},                                  // 32 bytes a cycle, 4 cycles
                 {1_MiB, 73_GBps, 4.4_ns, nm7.l2},                                   // 11 cycles
                 {32_MiB, 36_GBps, 30_ns, nm7.l3}}},
      .memory = {128_GiB, 21_GBps, 95_ns, ddr_byte},
      .mac_f32 = nm7.mac_f32,
      .mac_bf16 = nm7.mac_f32,
      .mac_int8 = nm7.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "arm",
      .processors = {{{8, 0xd0c, 0xd0c}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
