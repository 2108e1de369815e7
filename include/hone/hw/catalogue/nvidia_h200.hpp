#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// NVIDIA H200 SXM (Hopper, 2024): 132 multiprocessors, 141 GB of HBM3e, TSMC 4N, which counts as 7 nm here.
// A network of batch 1 runs on its ordinary cores: tensor cores want larger matrices. int8 uses dp4a at half the rate.
// Sources: NVIDIA H200 data sheet and H100 white paper (units, clock, sizes, bandwidth, power); CUDA C++ programming
// guide (results a cycle for compute capability 9.0, registers); W. Luo et al., "Benchmarking and dissecting the Nvidia
// Hopper GPU architecture via microbenchmarking", 2024 (41 / 263 / 479 cycles to the first level, second level,
// memory); Chips and Cheese (5.6 TB/s of the second level); launch and round trip: NVIDIA's blog on CUDA graphs, about.
struct nvidia_h200 {
  static constexpr power draws{700_W, gpu_idle_part, 132, 1.98_GHz, 4};
  static constexpr profile value{
      .name = "nvidia_h200",
      .kind = device::gpu,
      .vectors = {.lanes = 32, .registers = 64, .dot_uops = 1, .fma = true},  // 64 of 65536 for each of 1024 threads
      .clock = 1.98_GHz,
      .cores = 132,
      .issue_width = 4,  // warps of 32 threads
      .vector_ports = 4,
      .load_ports = 1,  // 128 bytes a cycle
      .store_ports = 1,
      .call = 10_us,
      .op_overhead = 2.5_us,
      .f32 = {.mac_uops_per_cycle = 4, .chain_cycles = 4},
      .bf16 = {.mac_uops_per_cycle = 4, .chain_cycles = 4},  // in f32, as everywhere in Hone
      .int8 = {.mac_uops_per_cycle = 2, .chain_cycles = 4},
      .cache = {{{132 * 256_KiB, 33000_GBps, 21_ns, nm7.l1}, {50_MiB, 5600_GBps, 133_ns, nm7.l3}}},
      .memory = {bytes{141e9}, 4800_GBps, 242_ns, hbm_byte},
      .interconnect = 55_GBps,  // PCIe 5.0 x16: 63 GB/s less headers
      .units = 132,
      .unit_rows = 1024,
      .mac_f32 = nm7.mac_f32,
      .mac_bf16 = nm7.mac_f32,
      .mac_int8 = nm7.mac_int8,
      .instruction = draws.instruction(),
      .idle = 700_W * gpu_idle_part,
      .vendor = "nvidia",
  };
};

}  // namespace hone::inline HONE_ABI::hw
