#pragma once
#include <hone/config/config.hpp>

#include <bit>
#include <cstdint>

// Double arithmetic that no compiler flag changes: the weight steps whose results are stored integers use nothing else.
// (-ffast-math turns a division by a constant into a product, and reassociates sums.)
namespace hone::inline HONE_ABI::exact {

inline double settled(double v) {
  auto bits = std::bit_cast<std::uint64_t>(v);
  asm("" : "+r"(bits));
  return std::bit_cast<double>(bits);
}
inline double add(double a, double b) { return settled(settled(a) + settled(b)); }
inline double multiply(double a, double b) { return settled(settled(a) * settled(b)); }
inline double divide(double a, double b) { return settled(settled(a) / settled(b)); }
inline double magnitude(double v) { return v < 0 ? -v : v; }

// clamp(v rounded to nearest, ties to even, lo, hi); NaN gives lo. |lo|, |hi| <= 2^30.
inline std::int32_t round(double v, std::int32_t lo, std::int32_t hi) {
  v = settled(v);
  if (!(v > lo)) return lo;
  if (v > hi) return hi;
  double const magic = settled(0x1.8p52);
  double const shifted = add(v, magic);
  return static_cast<std::int32_t>(settled(shifted - magic));
}

}  // namespace hone::inline HONE_ABI::exact
