// A type without a profile is no machine: the compiler says that `value` is missing.
// expect: [Mm]achine
// expect-gcc: required expression .M::value. is invalid
// expect-clang: no member named 'value' in 'mine'
// errors: 1
#include <hone/hw/catalogue/any.hpp>

struct mine {
#if defined(HONE_FIXED)
  static constexpr hone::profile value = hone::hw::any::value;
#else
  static constexpr hone::profile profile = hone::hw::any::value;
#endif
};

template <hone::hw::machine Machine>
constexpr double clock_of() {
  return Machine::value.clock.value;
}

double const mine_runs_at = clock_of<mine>();
