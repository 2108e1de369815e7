// What int8 depthwise kernels are made of: four rows interleaved byte by byte, so that a dword holds four taps of a
// column; vectors in the order of nn::quad_position, which makes packed results NHWC.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_INT8_QUADS_INL_HPP)
#define HONE_SIMD_INT8_QUADS_INL_HPP
#include <hone/simd/int8_dot-inl.hpp>
#include <hone/simd/int8_result-inl.hpp>
#define HONE_SELF <hone/simd/int8_quads-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Byte i of lane l of d[k] is the byte of v[i] that quad order puts there.
template <int Lanes>
HWY_INLINE void interleave(i32_vector<Lanes> const (&v)[4], i32_vector<Lanes> (&d)[4]) {
  constexpr i32_tag<Lanes> lanes{};
  constexpr hn::Repartition<std::uint8_t, i32_tag<Lanes>> bytes{};
  constexpr hn::Repartition<std::uint16_t, i32_tag<Lanes>> words{};
  // unqualified: Highway's scalar target, which does not come here, has no such functions
  auto const lower = [](auto tag, auto x, auto y) { return InterleaveLower(tag, BitCast(tag, x), BitCast(tag, y)); };
  auto const upper = [](auto tag, auto x, auto y) { return InterleaveUpper(tag, BitCast(tag, x), BitCast(tag, y)); };
  auto const a = lower(bytes, v[0], v[1]), b = lower(bytes, v[2], v[3]);
  auto const a2 = upper(bytes, v[0], v[1]), b2 = upper(bytes, v[2], v[3]);
  d[0] = hn::BitCast(lanes, lower(words, a, b)), d[1] = hn::BitCast(lanes, upper(words, a, b));
  d[2] = hn::BitCast(lanes, lower(words, a2, b2)), d[3] = hn::BitCast(lanes, upper(words, a2, b2));
}
// The same as operands of dot products.
template <int Lanes>
HWY_INLINE void interleave_words(i32_vector<Lanes> const (&v)[4], byte_words<Lanes> (&d)[4]) {
  constexpr i32_tag<Lanes> lanes{};
  constexpr hn::Repartition<std::uint8_t, i32_tag<Lanes>> bytes{};
  auto const lower = [](auto tag, auto x, auto y) { return InterleaveLower(tag, BitCast(tag, x), BitCast(tag, y)); };
  auto const upper = [](auto tag, auto x, auto y) { return InterleaveUpper(tag, BitCast(tag, x), BitCast(tag, y)); };
  auto const zero = hn::Zero(bytes);
  auto const even = lower(bytes, v[0], v[2]), odd = lower(bytes, v[1], v[3]);
  auto const even2 = upper(bytes, v[0], v[2]), odd2 = upper(bytes, v[1], v[3]);
  d[0] = {hn::BitCast(lanes, lower(bytes, even, zero)), hn::BitCast(lanes, lower(bytes, odd, zero))};
  d[1] = {hn::BitCast(lanes, upper(bytes, even, zero)), hn::BitCast(lanes, upper(bytes, odd, zero))};
  d[2] = {hn::BitCast(lanes, lower(bytes, even2, zero)), hn::BitCast(lanes, lower(bytes, odd2, zero))};
  d[3] = {hn::BitCast(lanes, upper(bytes, even2, zero)), hn::BitCast(lanes, upper(bytes, odd2, zero))};
}
template <int Lanes, class Operand>
HWY_INLINE void interleave_operands(i32_vector<Lanes> const (&v)[4], Operand (&d)[4]) {
  if constexpr (std::is_same_v<Operand, byte_words<Lanes>>)
    interleave_words<Lanes>(v, d);
  else
    interleave<Lanes>(v, d);
}

// acc += addend * multiplier, for the bytes at `addend`; multipliers in quad order.
template <result_form R, int Lanes>
HWY_INLINE void add_quads(std::uint8_t const* addend, std::int32_t const* multiplier, i32_vector<Lanes> (&acc)[4]) {
  auto const zero = hn::Zero(i32_tag<Lanes>());
  i32_vector<Lanes> const from[4]{load_dwords<Lanes>(addend), zero, zero, zero};
  i32_vector<Lanes> v[4];
  interleave<Lanes>(from, v);
  HONE_UNROLL for (int k = 0; k < 4; ++k) {
    acc[k] = multiply_add<!R.convert, Lanes>(acc[k], v[k], load_dwords<Lanes>(multiplier + k * Lanes));
  }
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
