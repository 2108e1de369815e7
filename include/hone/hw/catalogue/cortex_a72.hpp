#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Arm Cortex-A72 as in the Raspberry Pi 4 (2019): 4 cores at 1.5 GHz, 28 nm.
// Sources: Arm Cortex-A72 software optimisation guide (widths, long multiplications 1 a cycle); vfpbench by Hiroyuki
// Ogasawara on a Raspberry Pi 4 (128-bit fmla 1 a cycle, its accumulator after 3 cycles); J. Geerling, Raspberry Pi
// power benchmarks (2.7 W idle, 6.4 W with all cores busy); memory: LPDDR4-3200 of 32 bits, of which one core reads
// about 5 GB/s.
struct cortex_a72 {
  static constexpr power draws{6.4_W, 2.7 / 6.4, 4, 1.5_GHz, 3};
  static constexpr profile value{
      .name = "cortex_a72",
      .target = isa::neon,
      .vectors = {.lanes = 4, .registers = 32, .dot_uops = 6, .fma = true},
      .clock = 1.5_GHz,
      .cores = 4,
      .issue_width = 3,
      .vector_ports = 1.5,  // two 64-bit pipes: a 128-bit operation takes both in floating point, not in integers
      .load_ports = 1,
      .store_ports = 1,
      .window = 128,
      .call = cycles{20} / 1.5_GHz,
      .op_overhead = cycles{10} / 1.5_GHz,
      .f32 = {.mac_uops_per_cycle = 1, .chain_cycles = 3, .cycles_per_tile = 2},
      .bf16 = {.mac_uops_per_cycle = 1, .chain_cycles = 3, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 1.5, .chain_cycles = 3, .cycles_per_tile = 2},
      .cache = {{{32_KiB, 24_GBps, 2.7_ns, nm28.l1},  // 16 bytes a cycle, 4 cycles
                 {1_MiB, 12_GBps, 14_ns, nm28.l2}}},  // shared; about 21 cycles, 8 bytes a cycle
      .memory = {4_GiB, 5_GBps, 140_ns, ddr_byte},
      .mac_f32 = nm28.mac_f32,
      .mac_bf16 = nm28.mac_f32,
      .mac_int8 = nm28.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "arm",
      .processors = {{{8, 0xd08, 0xd08}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
