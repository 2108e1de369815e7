#pragma once
#include <hone/nn/nd/element.hpp>

// One number of one type as one of another, rounded once.
namespace hone::inline HONE_ABI::nd {

// The float next to v on the side where its last bit is 1, or v itself where it is a float: rounding it again, to fewer
// bits, gives what rounding v would (round to odd).
constexpr float to_odd_float(double v) {
  auto const f = static_cast<float>(v);
  auto const bits = std::bit_cast<std::uint32_t>(f);
  if (static_cast<double>(f) == v || bits % 2 != 0 || not_a_number(v)) return f;
  // f has an even last bit and is not v: its neighbour towards v has an odd one. Infinity's is the largest float.
  bool const away = (static_cast<double>(f) < v) == (v > 0);
  return std::bit_cast<float>(away ? bits + 1 : bits - 1);
}
// The same of an integer.
constexpr double to_odd_double(std::uint64_t v) {
  return v >> 53 == 0 ? static_cast<double>(v) : static_cast<double>(v >> 11 | ((v & 0x7ff) != 0 ? 1 : 0)) * 2048.0;
}
template <class X>
constexpr float to_odd(X v) {
  if constexpr (std::is_same_v<X, float>)
    return v;
  else if constexpr (std::is_same_v<X, double> || sizeof(X) < 8)
    return to_odd_float(static_cast<double>(v));
  else if constexpr (std::is_signed_v<X>)
    return v < 0 ? -to_odd_float(to_odd_double(0 - static_cast<std::uint64_t>(v)))
                 : to_odd_float(to_odd_double(static_cast<std::uint64_t>(v)));
  else
    return to_odd_float(to_odd_double(v));
}

// A float towards zero, clipped to the integers of T; NaN gives 0.
template <class T, class X>
constexpr T to_integer(X v) {
  constexpr T least = std::numeric_limits<T>::min(), most = std::numeric_limits<T>::max();
  constexpr int bits = std::numeric_limits<T>::digits;
  constexpr X above = static_cast<X>(std::uint64_t{1} << (bits - 1)) * X(2);  // 2^bits, exactly
  if (not_a_number(v)) return 0;
  if (v >= above) return most;
  if (v <= static_cast<X>(least)) return least;
  return static_cast<T>(v);
}

// X is float, double, i32, i64 or u64; T any stored type.
template <class T, class X>
constexpr T convert_to(X v) {
  if constexpr (std::is_same_v<T, half>)
    return {to_f16(to_odd(v))};
  else if constexpr (std::is_same_v<T, brain>)
    return {to_bf16(to_odd(v))};
  else if constexpr (std::is_same_v<T, truth>)
    return {static_cast<std::uint8_t>(v != X(0))};
  else if constexpr (std::is_integral_v<T> && std::is_floating_point_v<X>)
    return to_integer<T>(v);
  else
    return static_cast<T>(v);
}

}  // namespace hone::inline HONE_ABI::nd
