// A time is not an energy: units do not mix.
// expect-gcc: no match for .operator\+.
// expect-clang: invalid operands to binary expression
// expect: mixed_units\.cpp
// errors: 1
#include <hone/core/units.hpp>

using namespace hone::literals;

#if defined(HONE_FIXED)
auto const sum = 2_ns + 3_ns;
#else
auto const sum = 2_ns + 3_pJ;
#endif
