#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Intel Xeon Platinum 8480+ (Sapphire Rapids, 2023): 56 cores, AVX-512 with VNNI, BF16 and FP16, Intel 7. Emerald
// Rapids has the same core. Measured by us on guests of both at 3.0 to 3.5 GHz: instruction rates and latencies (zmm:
// FMA 2 a cycle, 4 cycles; vpdpbusd 2, 6 cycles; vpmaddwd and vpaddd 2; shuffles 1; loads 2, broadcasts from memory 3,
// stores 1), indirect call 4 cycles, read bandwidths of one core 304 / 151 / 32 / 18 GB/s, latencies 1.4 / 5.3 / 35 /
// 130 ns with huge pages (a quiet neighbourhood: memory 60). vdpbf16ps is half as fast as f32 here: Hone does without
// it. Other sources: Intel 64 optimisation manual (widths), Intel ARK (cores, caches, clock, power).
struct sapphire_rapids {
  static constexpr power draws{350_W, cpu_idle_part, 56, 2_GHz, 6};
  static constexpr profile value{
      .name = "sapphire_rapids",
      .target = isa::avx512_vnni,
      .vectors = {.lanes = 16, .registers = 32, .dot_uops = 1, .fma = true},
      .clock = 3.5_GHz,
      .cores = 56,
      .issue_width = 6,
      .vector_ports = 2,
      .load_ports = 2,
      .store_ports = 1,
      .window = 512,
      .call = cycles{20} / 3.5_GHz,
      .op_overhead = cycles{10} / 3.5_GHz,
      .f32 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 2, .chain_cycles = 6, .cycles_per_tile = 2},
      .cache = {{{48_KiB, 304_GBps, 1.4_ns, nm7.l1},
                 {2_MiB, 151_GBps, 5.3_ns, nm7.l2},
                 {105_MiB, 32_GBps, 35_ns, nm7.l3}}},
      .memory = {256_GiB, 18_GBps, 120_ns, ddr_byte},
      .mac_f32 = nm7.mac_f32,
      .mac_bf16 = nm7.mac_f32,
      .mac_int8 = nm7.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "intel",
      .processors = {{{6, 0x8f, 0x8f}, {6, 0xcf, 0xcf}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
