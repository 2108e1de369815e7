// The digits network in its three precisions, each compiled for every machine of the example. One file for all of them:
// the headers of the kernels and the runtime that engines share are compiled once.
#include "model.hpp"

#include <hone/engine.hpp>

HONE_INSTANTIATE(digits::network, hone::hw::sapphire_rapids, hone::hw::skylake_x, hone::hw::haswell, hone::hw::nehalem,
                 hone::hw::any);
HONE_INSTANTIATE(digits::network_bf16, hone::hw::sapphire_rapids, hone::hw::skylake_x, hone::hw::haswell,
                 hone::hw::nehalem, hone::hw::any);
HONE_INSTANTIATE(digits::network_int8, hone::hw::sapphire_rapids, hone::hw::skylake_x, hone::hw::haswell,
                 hone::hw::nehalem, hone::hw::any);
