#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Intel Xeon Gold 6248 (Cascade Lake, 2019): 20 cores, AVX-512 with VNNI, two 512-bit FMA units, 14 nm. The core of
// Skylake-SP with dot products: its sources, and uops.info for vpdpbusd (ports 0 and 5, 5 cycles).
struct cascade_lake {
  static constexpr power draws{150_W, cpu_idle_part, 20, 2.5_GHz, 4};
  static constexpr profile value{
      .name = "cascade_lake",
      .target = isa::avx512_vnni,
      .vectors = {.lanes = 16, .registers = 32, .dot_uops = 1, .fma = true},
      .clock = 2.5_GHz,
      .cores = 20,
      .issue_width = 4,
      .vector_ports = 2,
      .load_ports = 2,
      .store_ports = 1,
      .window = 224,
      .call = cycles{20} / 2.5_GHz,
      .op_overhead = cycles{10} / 2.5_GHz,
      .f32 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 2, .chain_cycles = 5, .cycles_per_tile = 2},
      .cache = {{{32_KiB, 250_GBps, 2_ns, nm14.l1},
                 {1_MiB, 107_GBps, 5.6_ns, nm14.l2},
                 {bytes{27.5 * 1048576}, 27_GBps, 20_ns, nm14.l3}}},
      .memory = {96_GiB, 13_GBps, 81_ns, ddr_byte},
      .mac_f32 = nm14.mac_f32,
      .mac_bf16 = nm14.mac_f32,
      .mac_int8 = nm14.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "intel",
      .processors = {{{6, 0x55, 0x55}}},
  };
};

}  // namespace hone::inline HONE_ABI::hw
