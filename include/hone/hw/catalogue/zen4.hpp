#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// AMD EPYC 9554 (Zen 4, 2022): 64 cores, AVX-512 with VNNI and BF16 on 256-bit units, 5 nm, which counts as 7 nm here.
// Measured by us on a guest at 3.67 GHz: 512-bit FMA and vpdpbusd 1 a cycle, 4 cycles; read bandwidths of one core 220
// / 117 / 98 / 32 GB/s; indirect call 1.4 ns. Other sources: AMD software optimisation guide for Zen 4 (widths),
// uops.info, Chips and Cheese (latencies: 4, 14 and 50 cycles, about 110 ns), AMD's product page (power).
struct zen4 {
  static constexpr power draws{360_W, cpu_idle_part, 64, 3.1_GHz, 6};
  static constexpr profile value{
      .name = "zen4",
      .target = isa::avx512_vnni,
      .vectors = {.lanes = 16, .registers = 32, .dot_uops = 1, .fma = true},
      .clock = 3.67_GHz,
      .cores = 64,
      .issue_width = 6,
      .vector_ports = 2,   // four of 256 bits
      .load_ports = 1,     // two of 256 bits
      .store_ports = 0.5,  // one of 256 bits
      .window = 320,
      .call = cycles{20} / 3.67_GHz,
      .op_overhead = cycles{10} / 3.67_GHz,
      .f32 = {.mac_uops_per_cycle = 1, .chain_cycles = 4, .cycles_per_tile = 2},
      .bf16 = {.mac_uops_per_cycle = 1, .chain_cycles = 4, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 1, .chain_cycles = 4, .cycles_per_tile = 2},
      .cache = {{{32_KiB, 220_GBps, 1.1_ns, nm7.l1},
                 {1_MiB, 117_GBps, 3.8_ns, nm7.l2},
                 {32_MiB, 98_GBps, 13.6_ns, nm7.l3}}},  // of one complex of 8 cores
      .memory = {384_GiB, 32_GBps, 110_ns, ddr_byte},
      .mac_f32 = nm7.mac_f32,
      .mac_bf16 = nm7.mac_f32,
      .mac_int8 = nm7.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "amd",
      .processors = {{{0x19, 0x10, 0x1f}, {0x19, 0x60, 0x7f}, {0x19, 0xa0, 0xaf}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
