#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Google TPU v1 (2015): one systolic array of 256 x 256 8-bit multipliers at 700 MHz, 28 nm. It has no floating-point
// arithmetic: only int8 networks run on it.
// Source: N. Jouppi et al., "In-datacenter performance analysis of a tensor processing unit", ISCA 2017 (array, clock,
// 24 MiB unified buffer, 167 GiB/s between it and the array, 34 GB/s to weights in DDR3, PCIe 3.0 x16, 28 W idle of 75
// W). Round trip by PCIe about.
struct tpu_v1 {
  static constexpr profile value{
      .name = "tpu_v1",
      .kind = device::systolic_array,
      .vectors = {.lanes = 256, .registers = 16, .dot_uops = 1, .fma = true},  // the activation unit: a row a cycle
      .clock = 0.7_GHz,
      .vector_ports = 1,
      .call = 10_us,
      .f32 = {.mac_uops_per_cycle = 0},
      .bf16 = {.mac_uops_per_cycle = 0},
      .int8 = {.mac_uops_per_cycle = 1, .chain_cycles = 1},
      .cache = {{{24_MiB, 179_GBps, 10_ns, nm28.l3}}},
      .memory = {8_GiB, 34_GBps, 100_ns, ddr_byte},
      .interconnect = 12.5_GBps,
      .unit_rows = 256,
      .unit_columns = 256,
      .mac_int8 = nm28.mac_int8,
      .idle = 28_W,
      .vendor = "google",
  };
};

}  // namespace hone::inline HONE_ABI::hw
