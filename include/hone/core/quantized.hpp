#pragma once
#include <hone/config/config.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>

// The numbers of int8 networks, bit by bit (DESIGN.md, decision 5). Every kernel, the emulator and the trainer give what
// these functions give, whatever flags a user compiles with: -ffast-math and contraction find nothing here to merge.
namespace hone::inline HONE_ABI {

// v, as if it had been stored and loaded again: a compiler cannot reassociate or contract across it.
constexpr float settled(float v) {
  if (std::is_constant_evaluated()) return v;
  auto bits = std::bit_cast<std::uint32_t>(v);
  asm("" : "+r"(bits));
  return std::bit_cast<float>(bits);
}

// The integer nearest to v, ties to even. |v| <= 2^22; the current rounding mode is to nearest even.
constexpr std::int32_t rne(float v) {
  constexpr float magic = 0x1.8p23f;  // floats from here to 2^24 are integers, their bits count up with them
  return std::bit_cast<std::int32_t>(settled(v) + magic) - std::bit_cast<std::int32_t>(magic);
}

// f32(acc) * scale: a quantised layer's f32 result (logits), and a dequantised number. Both roundings to nearest even.
// A scale is 0 or normal, so that flushing subnormals changes nothing.
constexpr float rescale(std::int32_t acc, float scale) {
  return settled(settled(static_cast<float>(acc)) * settled(scale));
}

// clamp(rne(v) + zero, 0, 255) for every v; infinities saturate, NaN counts as 0. 0 <= zero <= 255.
constexpr std::uint8_t to_u8(float v, int zero) {
  v = settled(v);
  auto const magnitude = std::bit_cast<std::uint32_t>(v) & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint8_t>(zero);
  bool const negative = std::bit_cast<std::int32_t>(v) < 0;
  std::int32_t const n = magnitude < 0x44000000u ? rne(v) : negative ? -512 : 512;  // 0x44000000 is 512.f
  std::int32_t const q = n + zero;
  return static_cast<std::uint8_t>(q < 0 ? 0 : q > 255 ? 255 : q);
}

// clamp(rne(f32(acc) * scale) + zero, 0, 255): the stored result of a quantised layer, for every acc. scale >= 0.
constexpr std::uint8_t requantize(std::int32_t acc, float scale, int zero) { return to_u8(rescale(acc, scale), zero); }

// clamp(rne(x * k) + zero, 0, 255), k = 1 / (the real value of one step), k <= 2^125. NaN counts as 0.
constexpr std::uint8_t quantize(float x, float k, int zero) { return to_u8(settled(x) * settled(k), zero); }

// The real value of q: f32(q - zero) * scale.
constexpr float dequantize(std::uint8_t q, int zero, float scale) { return rescale(q - zero, scale); }

// q within least and most: what an activation that is a clip leaves of a stored number.
constexpr std::uint8_t clipped(std::uint8_t q, int least, int most) {
  return static_cast<std::uint8_t>(q < least ? least : q > most ? most : q);
}

// Two stored numbers dequantised, added or multiplied in f32, and quantised again: k is the reciprocal of the result's
// step. 0 <= steps <= 2^50, so that nothing here overflows to an infinity that meets another; k as for quantize. What a
// machine that flushes subnormals loses is under half a step.
constexpr std::uint8_t sum_of(float a, float b, float k, int zero) {
  return quantize(settled(a) + settled(b), k, zero);
}
constexpr std::uint8_t product_of(float a, float b, float k, int zero) {
  return quantize(settled(a) * settled(b), k, zero);
}

}  // namespace hone::inline HONE_ABI
