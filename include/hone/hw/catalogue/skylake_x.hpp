#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Intel Xeon Gold 6148 (Skylake-SP, 2017): 20 cores, AVX-512 without VNNI, two 512-bit FMA units, 14 nm.
// Sources: uops.info and Agner Fog, instruction tables (ports, latencies); Intel 64 optimisation manual (widths);
// WikiChip (AVX-512 turbo with all cores busy: 2.2 GHz); 7-cpu.com (latencies in cycles); bandwidths of the second
// level as on Sapphire Rapids, which has the same path (43 bytes a cycle), further out about 11 bytes a cycle and 13
// GB/s of one core.
struct skylake_x {
  static constexpr power draws{150_W, cpu_idle_part, 20, 2.4_GHz, 4};
  static constexpr profile value{
      .name = "skylake_x",
      .target = isa::avx512,
      .vectors = {.lanes = 16, .registers = 32, .dot_uops = 4, .fma = true, .paired_dot_uops = 3},
      .clock = 2.2_GHz,
      .cores = 20,
      .issue_width = 4,
      .vector_ports = 2,  // 0 (with 1) and 5 for 512 bits
      .load_ports = 2,    // 64 bytes each
      .store_ports = 1,
      .window = 224,
      .call = cycles{20} / 2.2_GHz,
      .op_overhead = cycles{10} / 2.2_GHz,
      .f32 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .bf16 = {.mac_uops_per_cycle = 2, .chain_cycles = 4, .cycles_per_tile = 2},
      .int8 = {.mac_uops_per_cycle = 2, .chain_cycles = 1, .cycles_per_tile = 2},
      .cache = {{{32_KiB, 220_GBps, 1.8_ns, nm14.l1},  // 5 cycles for vectors; 100 of 128 bytes a cycle
                 {1_MiB, 95_GBps, 6.4_ns, nm14.l2},    // 14 cycles
                 {bytes{27.5 * 1048576}, 24_GBps, 20_ns, nm14.l3}}},
      .memory = {96_GiB, 13_GBps, 85_ns, ddr_byte},
      .mac_f32 = nm14.mac_f32,
      .mac_bf16 = nm14.mac_f32,
      .mac_int8 = nm14.mac_int8,
      .instruction = draws.instruction(),
      .idle = draws.idle(),
      .vendor = "intel",
      .processors = {{{6, 0x55, 0x55}}},  // so has Cascade Lake, which VNNI tells apart
  };
};

}  // namespace hone::inline HONE_ABI::hw
