#pragma once
#include <hone/hw/profile.hpp>

// A processor of 8 lanes whose prices reward multiples of 8 channels.
inline constexpr hone::profile eight_lanes{
    .name = "eight lanes",
    .target = hone::isa::avx2,
    .vectors = {8, 16, 4, true},
    .clock = {3.0},
    .f32 = {2},
    .bf16 = {2},
    .int8 = {1}};
