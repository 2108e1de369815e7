#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// No machine in particular: a 64-bit desktop core of the last ten years, of which only scalar code is expected. Compile
// for it to have a variant that runs everywhere. The figures are round middles, not those of one product.
struct any {
  static constexpr power draws{65_W, cpu_idle_part, 4, 3_GHz, 4};
  static constexpr profile value{
      .name = "any",
      .target = isa::scalar,
      .vectors = {.lanes = 1, .registers = 16, .dot_uops = 4, .fma = false},
      .clock = 3_GHz,
      .cores = 4,
      .issue_width = 4,
      .vector_ports = 4,  // four integer units; two of them for floating point
      .load_ports = 2,
      .store_ports = 1,
      .window = 192,
      .call = cycles{20} / 3_GHz,
      .op_overhead = cycles{10} / 3_GHz,
      .f32 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},  // a multiply and an add a cycle
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 1, .chain_cycles = 1, .cycles_per_tile = 2},  // one multiplication a cycle
      .cache = {{{32_KiB, 48_GBps, 1.3_ns, nm14.l1},
                 {256_KiB, 48_GBps, 4_ns, nm14.l2},
                 {8_MiB, 24_GBps, 14_ns, nm14.l3}}},
      .memory = {16_GiB, 12_GBps, 80_ns, ddr_byte},
      .mac_f32 = nm14.mac_f32,
      .mac_bf16 = nm14.mac_f32,  // Hone widens bf16 weights and multiplies in f32
      .mac_int8 = nm14.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
  };
};

}  // namespace hone::inline HONE_ABI::hw
