#pragma once
#include <hone/hw/process.hpp>

namespace hone::inline HONE_ABI::hw {

// Google TPU v4i (2020): four systolic arrays of 128 x 128 at 1.05 GHz, int8 and bf16 at the same rate, 7 nm. f32 goes
// through them as six bf16 products.
// Source: N. Jouppi et al., "Ten lessons from three generations shaped Google's TPUv4i", ISCA 2021 (arrays, clock, 128
// MiB common memory, 614 GB/s of HBM, 55 W idle of 175 W; vector unit of 128 x 8 lanes, two operations each). Six
// passes: XLA's highest precision. Bandwidth of the common memory and round trip by PCIe about.
struct tpu_v4i {
  static constexpr profile value{
      .name = "tpu_v4i",
      .kind = device::systolic_array,
      .vectors = {.lanes = 128, .registers = 32, .dot_uops = 1, .fma = true},
      .clock = 1.05_GHz,
      .vector_ports = 16,
      .call = 10_us,
      .f32 = {.mac_uops_per_cycle = 1, .chain_cycles = 1, .efficiency = 1.0 / 6},
      .bf16 = {.mac_uops_per_cycle = 1, .chain_cycles = 1},
      .int8 = {.mac_uops_per_cycle = 1, .chain_cycles = 1},
      .cache = {{{128_MiB, 2000_GBps, 100_ns, nm7.l3}}},
      .memory = {8_GiB, 614_GBps, 400_ns, hbm_byte},
      .interconnect = 12.5_GBps,
      .units = 4,
      .unit_rows = 128,
      .unit_columns = 128,
      .mac_f32 = nm7.mac_bf16 * 6,
      .mac_bf16 = nm7.mac_bf16,
      .mac_int8 = nm7.mac_int8,
      .idle = 55_W,
      .vendor = "google",
  };
};

}  // namespace hone::inline HONE_ABI::hw
