// Written by tests/run/profile_header_test.cpp.
// Not a machine.
// clang-format off
#pragma once
#include <hone/hw/profile.hpp>

namespace written {

// first
//
// second
struct server {
  static constexpr hone::profile value{
      .name = "server",
      .kind = hone::device::cpu,
      .target = hone::isa::avx512_vnni,
      .vectors = {16, 32, 1, true, 0},
      .clock = {4},
      .cores = 8,
      .issue_width = 6,
      .vector_ports = 2,
      .load_ports = 2,
      .store_ports = 1,
      .window = 1,
      .call = {5},
      .op_overhead = {2},
      .f32 = {2, 4, 8, 1},
      .bf16 = {2, 4, 8, 1},
      .int8 = {2, 4, 8, 1},
      .cache = {{{{32768}, {256}, {1}, {1}}, {{1048576}, {128}, {4}, {2}}, {{33554432}, {32}, {40}, {12}}}},
      .memory = {{68719476736}, {16}, {100}, {160}},
      .interconnect = {0},
      .units = 1,
      .unit_rows = 1,
      .unit_columns = 1,
      .mac_f32 = {2},
      .mac_bf16 = {2},
      .mac_int8 = {0.1},
      .instruction = {30},
      .idle = {1},
      .vendor = "",
      .processors = {{{-1, 0, 0}, {-1, 0, 0}, {-1, 0, 0}, {-1, 0, 0}}},
  };
};

struct gpu {
  static constexpr hone::profile value{
      .name = "graphics",
      .kind = hone::device::gpu,
      .target = hone::isa::none,
      .vectors = {32, 64, 1, true, 0},
      .clock = {1},
      .cores = 1,
      .issue_width = 4,
      .vector_ports = 4,
      .load_ports = 2,
      .store_ports = 1,
      .window = 192,
      .call = {5000},
      .op_overhead = {3000},
      .f32 = {4, 4, 0, 1},
      .bf16 = {4, 4, 0, 1},
      .int8 = {4, 4, 0, 1},
      .cache = {{{{131072}, {10000}, {30}, {1}}, {{33554432}, {4000}, {200}, {3}}, {{0}, {0}, {0}, {0}}}},
      .memory = {{17179869184}, {1000}, {500}, {40}},
      .interconnect = {20},
      .units = 100,
      .unit_rows = 512,
      .unit_columns = 1,
      .mac_f32 = {1.5},
      .mac_bf16 = {1},
      .mac_int8 = {0.1},
      .instruction = {20},
      .idle = {50},
      .vendor = "",
      .processors = {{{-1, 0, 0}, {-1, 0, 0}, {-1, 0, 0}, {-1, 0, 0}}},
  };
};

using best = server;
inline constexpr hone::profile const* profiles[]{&server::value, &gpu::value};

}  // namespace written
