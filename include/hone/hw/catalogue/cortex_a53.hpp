#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Arm Cortex-A53 as in the Raspberry Pi 3 (2016): 4 in-order cores at 1.2 GHz, 40 nm, which counts as 45 nm here.
// Sources: vfpbench by Hiroyuki Ogasawara on an MT8183 (128-bit vmla 1 a cycle, its accumulator after 4 cycles); ncnn's
// notes on dual issue (vector loads are 64 bits a cycle and keep multiply-accumulates from issuing: hence the
// efficiency, our estimate); Chips and Cheese, "Arm's Cortex A53" (first level 3, second about 15 cycles); J. Geerling,
// Raspberry Pi power benchmarks (1.4 W idle, 3.7 W busy); memory: LPDDR2-900 of 32 bits, of which one core reads about
// 2.2 GB/s.
struct cortex_a53 {
  static constexpr power draws{3.7_W, 1.4 / 3.7, 4, 1.2_GHz, 2};
  static constexpr profile value{
      .name = "cortex_a53",
      .target = isa::neon,
      .vectors = {.lanes = 4, .registers = 32, .dot_uops = 6, .fma = true},
      .clock = 1.2_GHz,
      .cores = 4,
      .issue_width = 2,
      .vector_ports = 1,  // of 128 bits
      .load_ports = 0.5,  // 8 bytes a cycle
      .store_ports = 1,   // 16 bytes
      .window = 1,        // in order
      .call = cycles{40} / 1.2_GHz,
      .op_overhead = cycles{20} / 1.2_GHz,
      .f32 = {.mac_uops_per_cycle = 1, .chain_cycles = 4, .cycles_per_tile = 12, .efficiency = 0.6},
      .bf16 = {.mac_uops_per_cycle = 1, .chain_cycles = 4, .cycles_per_tile = 12, .efficiency = 0.6},
      .int8 = {.mac_uops_per_cycle = 1, .chain_cycles = 4, .cycles_per_tile = 12, .efficiency = 0.6},
      .cache = {{{32_KiB, 9.6_GBps, 2.5_ns, nm45.l1}, {512_KiB, 4.8_GBps, 12.5_ns, nm45.l2}}},
      .memory = {1_GiB, 2.2_GBps, 160_ns, ddr_byte},
      .mac_f32 = nm45.mac_f32,
      .mac_bf16 = nm45.mac_f32,
      .mac_int8 = nm45.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "arm",
      .processors = {{{8, 0xd03, 0xd03}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
