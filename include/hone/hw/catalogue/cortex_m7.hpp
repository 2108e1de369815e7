#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Arm Cortex-M7 as in the STM32H743 (2017): a microcontroller at 480 MHz with 1 MiB of RAM on chip, 40 nm. Hone runs
// its scalar code there: no SIMD instructions are counted on. Sources: Arm Cortex-M7 technical reference manual (two
// instructions a cycle in order, 64-bit load path, single-precision fused multiply-add); STM32H743 data sheet (caches
// of 16 KiB; RAM behind 64 bits at 240 MHz; 280 uA a MHz at 3.3 V). Arm publishes no latencies: 3 cycles of vfma and
// the efficiency of compiled code are our estimates.
struct cortex_m7 {
  static constexpr power draws{0.44_W, cpu_idle_part, 1, 0.48_GHz, 2};
  static constexpr profile value{
      .name = "cortex_m7",
      .target = isa::scalar,
      .vectors = {.lanes = 1, .registers = 32, .dot_uops = 12, .fma = true},  // 4 loads each of two bytes, 4 mla
      .clock = 0.48_GHz,
      .cores = 1,
      .issue_width = 2,
      .vector_ports = 2,
      .load_ports = 1,
      .store_ports = 1,
      .window = 1,  // in order
      .call = cycles{40} / 0.48_GHz,
      .op_overhead = cycles{20} / 0.48_GHz,
      .f32 = {.mac_uops_per_cycle = 1, .chain_cycles = 3, .cycles_per_tile = 10, .efficiency = 0.6},
      .bf16 = {.mac_uops_per_cycle = 1, .chain_cycles = 3, .cycles_per_tile = 10, .efficiency = 0.6},
      .int8 = {.mac_uops_per_cycle = 2, .chain_cycles = 2, .cycles_per_tile = 10, .efficiency = 0.6},
      .cache = {{{16_KiB, 3.8_GBps, 4.2_ns, nm45.l1}}},
      .memory = {1_MiB, 1.9_GBps, 25_ns, nm45.l2},
      .mac_f32 = nm45.mac_f32,
      .mac_bf16 = nm45.mac_f32,
      .mac_int8 = nm45.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "arm",
      .processors = {{{7, 0xc27, 0xc27}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
