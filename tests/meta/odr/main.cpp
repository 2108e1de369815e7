#include <cmath>
#include <cstdio>
#include <cstring>

#include "unit.hpp"

namespace {

// Whether this machine can run a unit, by the unit's name.
bool runs_here([[maybe_unused]] char const* unit) {
#if defined(__x86_64__)
  if (std::strncmp(unit, "haswell", 7) == 0) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (std::strncmp(unit, "skylake_avx512", 14) == 0)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
  if (std::strncmp(unit, "icelake_server", 14) == 0)
    return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vbmi2");
#endif
  return true;
}

}  // namespace

int main() {
  struct {
    char const* name;
    double (*value)();
  } const units[]{
#define X(unit) {#unit, odr::unit},
      HONE_ODR_UNITS
#undef X
  };
  int ran = 0;
  int wrong = 0;
  double const expected = units[0].value();
  for (auto const& unit : units) {
    if (!runs_here(unit.name)) continue;
    ++ran;
    double const value = unit.value();
    if (std::abs(value - expected) <= 1e-5 * expected) continue;  // not a NaN either
    ++wrong;
    std::printf("%s: %.17g, but %s: %.17g\n", unit.name, value, units[0].name, expected);
  }
  std::printf("%d units of %zu ran, %d differ\n", ran, sizeof units / sizeof *units, wrong);
  return wrong != 0 || ran < 3;
}
