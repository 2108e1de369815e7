#pragma once

// HONE_ODR_UNITS, from CMake, is X(plain) X(unoptimised) ...: one function a translation unit of the ODR test.
namespace odr {
#define X(unit) double unit();
HONE_ODR_UNITS
#undef X
}  // namespace odr
