// The processors of the catalogue, without its list: cheap enough for the first door.
#pragma once
#include <hone/hw/catalogue/any.hpp>
#include <hone/hw/catalogue/cascade_lake.hpp>
#include <hone/hw/catalogue/cortex_a53.hpp>
#include <hone/hw/catalogue/cortex_a72.hpp>
#include <hone/hw/catalogue/cortex_m7.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/ice_lake.hpp>
#include <hone/hw/catalogue/nehalem.hpp>
#include <hone/hw/catalogue/neoverse_n1.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>
#include <hone/hw/catalogue/skylake_x.hpp>
#include <hone/hw/catalogue/zen3.hpp>
#include <hone/hw/catalogue/zen4.hpp>
