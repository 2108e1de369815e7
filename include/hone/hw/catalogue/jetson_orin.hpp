#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// The GPU of NVIDIA Jetson AGX Orin 64 GB (2022): 16 Ampere multiprocessors that share the CPU's LPDDR5, Samsung 8 nm,
// which counts as 7 nm here. Ordinary cores, as on the H200.
// Sources: NVIDIA Jetson AGX Orin technical brief (units, clock, caches, bandwidth, power of the module); CUDA C++
// programming guide (compute capability 8.7). Latencies and overheads: those of desktop Ampere in cycles (38 / 262 /
// 466 by W. Luo et al., see nvidia_h200) and twice the H200's time to launch, since the CPU is slower; our estimates.
struct jetson_orin {
  static constexpr power draws{60_W, gpu_idle_part, 16, 1.3_GHz, 4};
  static constexpr profile value{
      .name = "jetson_orin",
      .kind = device::gpu,
      .vectors = {.lanes = 32, .registers = 64, .dot_uops = 1, .fma = true},
      .clock = 1.3_GHz,
      .cores = 16,
      .issue_width = 4,
      .vector_ports = 4,
      .load_ports = 1,
      .store_ports = 1,
      .call = 15_us,
      .op_overhead = 5_us,
      .f32 = {.mac_uops_per_cycle = 4, .chain_cycles = 4},
      .bf16 = {.mac_uops_per_cycle = 4, .chain_cycles = 4},
      .int8 = {.mac_uops_per_cycle = 2, .chain_cycles = 4},
      .cache = {{{16 * 192_KiB, 2660_GBps, 29_ns, nm7.l1}, {4_MiB, 660_GBps, 202_ns, nm7.l2}}},
      .memory = {bytes{64e9}, 204.8_GBps, 358_ns, ddr_byte},
      .units = 16,
      .unit_rows = 1024,
      .mac_f32 = nm7.mac_f32,
      .mac_bf16 = nm7.mac_f32,
      .mac_int8 = nm7.mac_int8,
      .instruction = draws.instruction(),
      .idle = 60_W * gpu_idle_part,
      .vendor = "nvidia",
  };
};

}  // namespace hone::inline HONE_ABI::hw
