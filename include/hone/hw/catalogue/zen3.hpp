#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// AMD EPYC 7763 (Zen 3, 2021): 64 cores, AVX2, 7 nm.
// Sources: AMD software optimisation guide for family 19h (widths, cycles); uops.info and Agner Fog, instruction tables
// (vpmaddwd on 2 of 4 pipes, vpaddd on all 4); AMD's product page (clock: the boost of one core; power); Chips and
// Cheese (bandwidth of the third level, about 27 bytes a cycle; memory).
struct zen3 {
  static constexpr power draws{280_W, cpu_idle_part, 64, 2.45_GHz, 6};
  static constexpr profile value{
      .name = "zen3",
      .target = isa::avx2,
      .vectors = {.lanes = 8, .registers = 16, .dot_uops = 4, .fma = true, .paired_dot_uops = 3},
      .clock = 3.5_GHz,
      .cores = 64,
      .issue_width = 6,
      .vector_ports = 4,
      .load_ports = 2,   // of 32 bytes
      .store_ports = 1,  // of 32 bytes
      .window = 256,
      .call = cycles{20} / 3.5_GHz,
      .op_overhead = cycles{10} / 3.5_GHz,
      .f32 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},  // pipes 0 and 1
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 3, .chain_cycles = 1, .cycles_per_tile = 2},  // 2 of 3 on two pipes
      .cache = {{{32_KiB, 224_GBps, 1.1_ns, nm7.l1},                               // 64 bytes a cycle, 4 cycles
                 {512_KiB, 112_GBps, 3.4_ns, nm7.l2},                              // 32 bytes a cycle, 12 cycles
                 {32_MiB, 94_GBps, 13.2_ns, nm7.l3}}},  // of one complex of 8 cores; 46 cycles
      .memory = {256_GiB, 25_GBps, 105_ns, ddr_byte},
      .mac_f32 = nm7.mac_f32,
      .mac_bf16 = nm7.mac_f32,
      .mac_int8 = nm7.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "amd",
      .processors = {{{0x19, 0x00, 0x0f}, {0x19, 0x20, 0x5f}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
