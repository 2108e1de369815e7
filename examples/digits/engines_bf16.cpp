// The digits network in bf16, compiled for every machine of the example.
#include "model.hpp"

#include <hone/engine.hpp>

HONE_INSTANTIATE(digits::network_bf16, hone::hw::sapphire_rapids, hone::hw::skylake_x, hone::hw::haswell,
                 hone::hw::nehalem, hone::hw::any);
