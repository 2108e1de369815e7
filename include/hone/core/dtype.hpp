#pragma once
#include <hone/config/config.hpp>

#include <bit>
#include <cstdint>

namespace hone::inline HONE_ABI {

// Formats of stored numbers. Between int8 operations u8 is a quantised activation (value = scale * (q - zero)), i8 a
// quantised weight, i32 an accumulator or bias in accumulator units; tensor operations (core/tensor_op.hpp) take them all
// as plain numbers. A boolean is a byte, 0 or 1. The order is in files: add at the end.
enum class dtype : std::uint8_t { f32, bf16, i8, u8, i32, f64, f16, i64, i16, u16, u32, u64, boolean };
inline constexpr int dtypes = static_cast<int>(dtype::boolean) + 1;

constexpr int size_of(dtype t) {
  switch (t) {
    case dtype::f64:
    case dtype::i64:
    case dtype::u64: return 8;
    case dtype::f32:
    case dtype::i32:
    case dtype::u32: return 4;
    case dtype::bf16:
    case dtype::f16:
    case dtype::i16:
    case dtype::u16: return 2;
    case dtype::i8:
    case dtype::u8:
    case dtype::boolean: return 1;
  }
  return 0;
}

constexpr char const* name(dtype t) {
  switch (t) {
    case dtype::f32: return "f32";
    case dtype::bf16: return "bf16";
    case dtype::i8: return "int8";
    case dtype::u8: return "uint8";
    case dtype::i32: return "int32";
    case dtype::f64: return "f64";
    case dtype::f16: return "f16";
    case dtype::i64: return "int64";
    case dtype::i16: return "int16";
    case dtype::u16: return "uint16";
    case dtype::u32: return "uint32";
    case dtype::u64: return "uint64";
    case dtype::boolean: return "bool";
  }
  return "?";
}

// The bf16 nearest to v, ties to even; NaN stays NaN (quiet), infinities stay.
constexpr std::uint16_t to_bf16(float v) {
  auto const u = std::bit_cast<std::uint32_t>(v);
  if ((u & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((u >> 16) | 0x40u);
  return static_cast<std::uint16_t>((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
}
constexpr float from_bf16(std::uint16_t v) { return std::bit_cast<float>(static_cast<std::uint32_t>(v) << 16); }

// The f16 nearest to v, ties to even; NaN stays NaN (quiet), what is too large becomes infinite.
constexpr std::uint16_t to_f16(float v) {
  auto const u = std::bit_cast<std::uint32_t>(v);
  std::uint32_t const sign = u >> 16 & 0x8000u, magnitude = u & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);
  if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // 65520 and above
  auto const rounded = [](std::uint32_t m, int shift) {                             // m / 2^shift, ties to even
    std::uint32_t const half = 1u << (shift - 1), odd = m >> shift & 1u;
    return (m + half - 1 + odd) >> shift;
  };
  if (magnitude >= 0x38800000u) return static_cast<std::uint16_t>(sign | (rounded(magnitude, 13) - (112u << 10)));
  int const shift = 126 - static_cast<int>(magnitude >> 23);  // subnormal: the mantissa in units of 2^-24
  if (shift > 25) return static_cast<std::uint16_t>(sign);
  return static_cast<std::uint16_t>(sign | rounded((magnitude & 0x7fffffu) | 0x800000u, shift));
}
constexpr float from_f16(std::uint16_t v) {
  std::uint32_t const sign = (v & 0x8000u) << 16, exponent = v >> 10 & 31u, mantissa = v & 0x3ffu;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  float const small = static_cast<float>(mantissa) * 0x1p-24f;
  return sign != 0 ? -small : small;
}

// The f32 nearest to v, ties to even, under any flags of the compiler; NaN stays NaN (quiet), infinities stay, what is
// too large becomes infinite.
constexpr float nearest_f32(double v) {
  auto const u = std::bit_cast<std::uint64_t>(v);
  auto const sign = static_cast<std::uint32_t>(u >> 63) << 31;
  std::uint64_t const magnitude = u & ~(std::uint64_t{1} << 63);
  auto const made = [&](std::uint64_t bits) { return std::bit_cast<float>(sign | static_cast<std::uint32_t>(bits)); };
  auto const rounded = [](std::uint64_t m, std::uint64_t shift) {  // m / 2^shift, ties to even
    return (m + (std::uint64_t{1} << (shift - 1)) - 1 + (m >> shift & 1)) >> shift;
  };
  if (magnitude > 0x7ff0000000000000u) return made(0x7fc00000u | (magnitude >> 29 & 0x3fffffu));
  if (magnitude >= 0x47effffff0000000u) return made(0x7f800000u);  // 2^128 - 2^103 and above
  if (magnitude >= 0x3810000000000000u) return made(rounded(magnitude, 29) - (std::uint64_t{896} << 23));
  std::uint64_t const shift = 926 - (magnitude >> 52);  // subnormal: the mantissa in units of 2^-149
  if (shift > 54) return made(0);
  return made(rounded((magnitude & 0xfffffffffffffu) | 0x10000000000000u, shift));
}

}  // namespace hone::inline HONE_ABI
