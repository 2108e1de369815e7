#pragma once
#include <hone/hw/profile.hpp>

// Machines with round numbers, so that tests can be worked out by hand. Not of the catalogue: its figures may change.
namespace shal_test {

// 4 GHz, 16 lanes, 2 vector ports, L1 / L2 / L3 of 32 KiB / 1 MiB / 32 MiB at 256 / 128 / 32 GB/s, memory at 16.
inline constexpr hone::profile server{
    .name = "server",
    .target = hone::isa::avx512_vnni,
    .vectors = {.lanes = 16, .registers = 32, .dot_uops = 1, .fma = true},
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
    .cache = {{{{32 * 1024.0}, {256}, {1}, {1}},
               {{1024 * 1024.0}, {128}, {4}, {2}},
               {{32 * 1048576.0}, {32}, {40}, {12}}}},
    .memory = {{64 * 1073741824.0}, {16}, {100}, {160}},
    .mac_f32 = {2},
    .mac_bf16 = {2},
    .mac_int8 = {0.1},
    .instruction = {30},
    .idle = {1},
};

// 1 GHz, one lane, in order, one cache.
inline constexpr hone::profile microcontroller{
    .name = "microcontroller",
    .target = hone::isa::scalar,
    .vectors = {.lanes = 1, .registers = 16, .dot_uops = 4, .fma = true},
    .clock = {1},
    .issue_width = 1,
    .vector_ports = 1,
    .load_ports = 1,
    .store_ports = 1,
    .window = 1,
    .call = {20},
    .op_overhead = {20},
    .f32 = {1, 4, 10, 1},
    .bf16 = {1, 4, 10, 1},
    .int8 = {1, 4, 10, 1},
    .cache = {{{{16 * 1024.0}, {4}, {2}, {1}}, {}, {}}},
    .memory = {{1073741824.0}, {1}, {100}, {160}},
    .mac_f32 = {4},
    .mac_bf16 = {4},
    .mac_int8 = {0.3},
    .instruction = {70},
    .idle = {0.1},
};

// 100 units of 4 x 32 lanes at 1 GHz, 512 threads saturate a unit; 3 us a launch.
inline constexpr hone::profile graphics{
    .name = "graphics",
    .kind = hone::device::gpu,
    .vectors = {.lanes = 32, .registers = 64, .dot_uops = 1, .fma = true},
    .clock = {1},
    .vector_ports = 4,
    .call = {5000},
    .op_overhead = {3000},
    .f32 = {4, 4, 0, 1},
    .bf16 = {4, 4, 0, 1},
    .int8 = {4, 4, 0, 1},
    .cache = {{{{128 * 1024.0}, {10000}, {30}, {1}}, {{32 * 1048576.0}, {4000}, {200}, {3}}, {}}},
    .memory = {{16 * 1073741824.0}, {1000}, {500}, {40}},
    .interconnect = {20},
    .units = 100,
    .unit_rows = 512,
    .mac_f32 = {1.5},
    .mac_bf16 = {1},
    .mac_int8 = {0.1},
    .instruction = {20},
    .idle = {50},
};

// One array of 128 x 128 at 1 GHz, activations in 8 MiB on chip, weights from memory at 100 GB/s.
inline constexpr hone::profile array{
    .name = "array",
    .kind = hone::device::systolic_array,
    .vectors = {.lanes = 128, .registers = 32, .dot_uops = 1, .fma = true},
    .clock = {1},
    .call = {10000},
    .f32 = {1, 1, 0, 1},
    .bf16 = {1, 1, 0, 1},
    .int8 = {1, 1, 0, 1},
    .cache = {{{{8 * 1048576.0}, {1000}, {10}, {1}}, {}, {}}},
    .memory = {{8 * 1073741824.0}, {100}, {300}, {100}},
    .interconnect = {10},
    .unit_rows = 128,
    .unit_columns = 128,
    .mac_f32 = {1.5},
    .mac_bf16 = {0.5},
    .mac_int8 = {0.1},
    .idle = {20},
};

}  // namespace shal_test
