#pragma once
#include <hone/core/units.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace hone::inline HONE_ABI::store::detail {

// v with so many significant digits, and its unit.
inline std::string number_text(double v, char const* unit, int digits = 4) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*g%s", digits, v, unit);
  return text;
}
inline std::string time_text(nanoseconds t) {
  if (t.value < 1e3) return number_text(t.value, " ns");
  return t.value < 1e6 ? number_text(t.value / 1e3, " us") : number_text(t.value / 1e6, " ms");
}

// The parts, texts and integers, one after the other. (Sums of literals and temporaries make g++ 12 warn of overlapping
// copies at -O3.)
template <class... Parts>
std::string joined(Parts const&... parts) {
  std::string all;
  auto const add = [&all](auto const& part) {
    if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(part)>>)
      all += std::to_string(part);
    else
      all += std::string_view(part);
  };
  (add(parts), ...);
  return all;
}

}  // namespace hone::inline HONE_ABI::store::detail
