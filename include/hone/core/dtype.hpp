#pragma once
#include <hone/config/config.hpp>

#include <bit>
#include <cstdint>

namespace hone::inline HONE_ABI {

// Formats of stored numbers. u8 is a quantised activation (value = scale * (q - zero)), i8 a quantised weight
// (symmetric, -127..127), i32 an accumulator or bias in accumulator units.
enum class dtype : std::uint8_t { f32, bf16, i8, u8, i32 };

constexpr int size_of(dtype t) {
  switch (t) {
    case dtype::f32:
    case dtype::i32: return 4;
    case dtype::bf16: return 2;
    case dtype::i8:
    case dtype::u8: return 1;
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

}  // namespace hone::inline HONE_ABI
