#pragma once
#include <hone/config/config.hpp>

#include <compare>

namespace hone::inline HONE_ABI {

// A number with a unit. Quantities of one unit add, compare and scale; their ratio is a plain number.
template <class Unit>
struct quantity {
  double value{};

  constexpr auto operator<=>(quantity const&) const = default;
  constexpr quantity& operator+=(quantity o) { return value += o.value, *this; }
  friend constexpr quantity operator+(quantity a, quantity b) { return {a.value + b.value}; }
  friend constexpr quantity operator-(quantity a, quantity b) { return {a.value - b.value}; }
  friend constexpr quantity operator*(quantity a, double k) { return {a.value * k}; }
  friend constexpr quantity operator*(double k, quantity a) { return {a.value * k}; }
  friend constexpr quantity operator/(quantity a, double k) { return {a.value / k}; }
  friend constexpr double operator/(quantity a, quantity b) { return a.value / b.value; }
};

using nanoseconds = quantity<struct nanosecond_unit>;
using picojoules = quantity<struct picojoule_unit>;
using bytes = quantity<struct byte_unit>;
using gigahertz = quantity<struct gigahertz_unit>;
using cycles = quantity<struct cycle_unit>;
using gigabytes_per_second = quantity<struct gigabyte_per_second_unit>;  // = bytes per nanosecond
using watts = quantity<struct watt_unit>;

constexpr nanoseconds operator/(cycles n, gigahertz f) { return {n.value / f.value}; }
constexpr nanoseconds operator/(bytes n, gigabytes_per_second r) { return {n.value / r.value}; }
constexpr picojoules operator*(watts p, nanoseconds t) { return {p.value * t.value * 1e3}; }  // 1 W * 1 ns = 1000 pJ

namespace literals {
constexpr nanoseconds operator""_ns(unsigned long long v) { return {static_cast<double>(v)}; }
constexpr nanoseconds operator""_ns(long double v) { return {static_cast<double>(v)}; }
constexpr nanoseconds operator""_us(unsigned long long v) { return {static_cast<double>(v) * 1e3}; }
constexpr nanoseconds operator""_us(long double v) { return {static_cast<double>(v) * 1e3}; }
constexpr nanoseconds operator""_ms(unsigned long long v) { return {static_cast<double>(v) * 1e6}; }
constexpr nanoseconds operator""_ms(long double v) { return {static_cast<double>(v) * 1e6}; }
constexpr bytes operator""_B(unsigned long long v) { return {static_cast<double>(v)}; }
constexpr bytes operator""_KiB(unsigned long long v) { return {static_cast<double>(v) * 1024.0}; }
constexpr bytes operator""_MiB(unsigned long long v) { return {static_cast<double>(v) * 1048576.0}; }
constexpr bytes operator""_GiB(unsigned long long v) { return {static_cast<double>(v) * 1073741824.0}; }
constexpr gigahertz operator""_GHz(long double v) { return {static_cast<double>(v)}; }
constexpr gigahertz operator""_GHz(unsigned long long v) { return {static_cast<double>(v)}; }
constexpr gigabytes_per_second operator""_GBps(unsigned long long v) { return {static_cast<double>(v)}; }
constexpr gigabytes_per_second operator""_GBps(long double v) { return {static_cast<double>(v)}; }
constexpr picojoules operator""_pJ(unsigned long long v) { return {static_cast<double>(v)}; }
constexpr picojoules operator""_pJ(long double v) { return {static_cast<double>(v)}; }
constexpr watts operator""_W(unsigned long long v) { return {static_cast<double>(v)}; }
constexpr watts operator""_W(long double v) { return {static_cast<double>(v)}; }
}  // namespace literals

}  // namespace hone::inline HONE_ABI
