// The digits network in int8, compiled for every machine of the example.
#include "model.hpp"

#include <hone/engine.hpp>

HONE_INSTANTIATE(digits::network_int8, hone::hw::sapphire_rapids, hone::hw::skylake_x, hone::hw::haswell,
                 hone::hw::nehalem, hone::hw::any);
