// Dot products of four bytes in each lane of a vector, exact on every target.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_INT8_DOT_INL_HPP)
#define HONE_SIMD_INT8_DOT_INL_HPP
#include <hone/simd/int8_vector-inl.hpp>
#define HONE_SELF <hone/simd/int8_dot-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Whether one instruction is a dot product; whether one adds up pairs of products as 16-bit words, saturating.
inline constexpr bool has_dot = target == isa::avx512_vnni;
inline constexpr bool has_pairs = target != isa::scalar && target != isa::neon;

// ---- instructions, by the width of V: Highway lacks them, or its operations take several times as long to compile

#if HWY_ARCH_X86
template <class V>
HWY_INLINE V word_shift_right(V x) {
  if constexpr (sizeof(x.raw) == 64)
    return V{_mm512_srli_epi16(x.raw, 8)};
  else if constexpr (sizeof(x.raw) == 32)
    return V{_mm256_srli_epi16(x.raw, 8)};
  else
    return V{_mm_srli_epi16(x.raw, 8)};
}
template <class V>
HWY_INLINE V word_shift_right_signed(V x) {
  if constexpr (sizeof(x.raw) == 64)
    return V{_mm512_srai_epi16(x.raw, 8)};
  else if constexpr (sizeof(x.raw) == 32)
    return V{_mm256_srai_epi16(x.raw, 8)};
  else
    return V{_mm_srai_epi16(x.raw, 8)};
}
template <class V>
HWY_INLINE V word_shift_left(V x) {
  if constexpr (sizeof(x.raw) == 64)
    return V{_mm512_slli_epi16(x.raw, 8)};
  else if constexpr (sizeof(x.raw) == 32)
    return V{_mm256_slli_epi16(x.raw, 8)};
  else
    return V{_mm_slli_epi16(x.raw, 8)};
}
// In each lane the sum of the products of its two pairs of 16-bit words.
template <class V>
HWY_INLINE V word_products(V a, V b) {
  if constexpr (sizeof(a.raw) == 64)
    return V{_mm512_madd_epi16(a.raw, b.raw)};
  else if constexpr (sizeof(a.raw) == 32)
    return V{_mm256_madd_epi16(a.raw, b.raw)};
  else
    return V{_mm_madd_epi16(a.raw, b.raw)};
}
// In each 16-bit word the sum of the products of the unsigned bytes of x by the signed bytes of w, saturated.
template <class V>
HWY_INLINE V byte_products(V x, V w) {
  if constexpr (sizeof(x.raw) == 64)
    return V{_mm512_maddubs_epi16(x.raw, w.raw)};
  else if constexpr (sizeof(x.raw) == 32)
    return V{_mm256_maddubs_epi16(x.raw, w.raw)};
  else
    return V{_mm_maddubs_epi16(x.raw, w.raw)};
}
#elif HWY_ARCH_ARM
template <class V>
HWY_INLINE V word_shift_right(V x) {
  return V{vreinterpretq_s32_u16(vshrq_n_u16(vreinterpretq_u16_s32(x.raw), 8))};
}
template <class V>
HWY_INLINE V word_shift_right_signed(V x) {
  return V{vreinterpretq_s32_s16(vshrq_n_s16(vreinterpretq_s16_s32(x.raw), 8))};
}
template <class V>
HWY_INLINE V word_shift_left(V x) {
  return V{vreinterpretq_s32_s16(vshlq_n_s16(vreinterpretq_s16_s32(x.raw), 8))};
}
#endif

// ---- dot products

// Vectors of bytes as words: the even and the odd bytes.
template <int Lanes>
struct byte_words {
  i32_vector<Lanes> even, odd;

  HWY_INLINE byte_words() {}  // what a compiler adds by itself is not of the pass's target
  HWY_INLINE byte_words(i32_vector<Lanes> e, i32_vector<Lanes> o) : even(e), odd(o) {}
};

// Each lane of a sum += the four products of a lane's unsigned bytes (activations) by its signed bytes (weights).
// PairsFit (op::pairs_fit): no two products of neighbouring bytes 2k and 2k + 1 leave 16 bits together, so that where
// there is no dot product vpmaddubsw is exact. Operands are dwords as they lie in memory; or, where pairs may not fit,
// their bytes widened to words, once for many products.
template <int Lanes, bool PairsFit>
struct byte_dots {
  using V = i32_vector<Lanes>;
  static constexpr bool in_words = !has_dot && !(has_pairs && PairsFit);
  using operand = std::conditional_t<in_words, byte_words<Lanes>, V>;

  static HWY_INLINE operand activations(V x) {
    if constexpr (in_words)
      return {hn::And(x, hn::Set(i32_tag<Lanes>(), 0x00ff00ff)), word_shift_right(x)};
    else
      return x;
  }
  static HWY_INLINE operand weights(V w) {
    if constexpr (in_words)
      return {word_shift_right_signed(word_shift_left(w)), word_shift_right_signed(w)};
    else
      return w;
  }
  static HWY_INLINE V add(V sum, operand x, operand w) {
#if HWY_ARCH_X86
    if constexpr (in_words)
      return hn::Add(sum, hn::Add(word_products(x.even, w.even), word_products(x.odd, w.odd)));
    else if constexpr (!has_dot)
      return hn::Add(sum, word_products(byte_products(x, w), hn::Set(i32_tag<Lanes>(), 0x00010001)));
    else if constexpr (Lanes == 16)
      return V{_mm512_dpbusd_epi32(sum.raw, x.raw, w.raw)};
    else if constexpr (Lanes == 8)
      return V{_mm256_dpbusd_epi32(sum.raw, x.raw, w.raw)};
    else
      return V{_mm_dpbusd_epi32(sum.raw, x.raw, w.raw)};
#elif HWY_ARCH_ARM
    auto const words = [](V v) { return vreinterpretq_s16_s32(v.raw); };
    int16x8_t const xe = words(x.even), xo = words(x.odd), we = words(w.even), wo = words(w.odd);
    int32x4_t const low = vmlal_s16(vmull_s16(vget_low_s16(xe), vget_low_s16(we)), vget_low_s16(xo), vget_low_s16(wo));
    int32x4_t const high = vmlal_high_s16(vmull_high_s16(xe, we), xo, wo);
    return hn::Add(sum, V{vpaddq_s32(low, high)});
#endif
  }
};

// sum + r * m, r in 0..255. Small: |m| < 2^15, which spares targets with word products the full multiplication.
template <bool Small, int Lanes>
HWY_INLINE i32_vector<Lanes> multiply_add(i32_vector<Lanes> sum, i32_vector<Lanes> r, i32_vector<Lanes> m) {
#if HWY_ARCH_X86
  using V = i32_vector<Lanes>;
  if constexpr (Small && has_dot) {
    if constexpr (Lanes == 16)
      return V{_mm512_dpwssd_epi32(sum.raw, r.raw, m.raw)};
    else if constexpr (Lanes == 8)
      return V{_mm256_dpwssd_epi32(sum.raw, r.raw, m.raw)};
    else
      return V{_mm_dpwssd_epi32(sum.raw, r.raw, m.raw)};
  } else if constexpr (Small) {
    return hn::Add(sum, word_products(r, m));
  } else
#endif
    return hn::Add(sum, hn::Mul(r, m));
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
