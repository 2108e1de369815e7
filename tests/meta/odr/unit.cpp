// Compiled several times under different flags; HONE_ODR_UNIT names the copy.
#include "unit.hpp"

#if defined(HONE_ODR_REVERSED)
#include <hone/core/units.hpp>

#include <hone/core/shape.hpp>
#else
#include <hone/core/shape.hpp>

#include <hone/core/units.hpp>
#endif

// The same number in every unit. Volatile, so that inline functions are really called.
double odr::HONE_ODR_UNIT() {
  double const volatile n = 10;
  return (hone::nanoseconds{n} + hone::cycles{n} / hone::gigahertz{2.5}).value;
}
