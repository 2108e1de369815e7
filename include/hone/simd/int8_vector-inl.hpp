// What all int8 kernels start from: vectors of 32-bit lanes (sums, or dwords of four bytes), loads, loops.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_INT8_VECTOR_INL_HPP)
#define HONE_SIMD_INT8_VECTOR_INL_HPP
#include <hone/simd/vector-inl.hpp>
#define HONE_SELF <hone/simd/int8_vector-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

template <int Lanes>
using i32_tag = hn::CappedTag<std::int32_t, Lanes>;
template <int Lanes>
using i32_vector = hn::Vec<i32_tag<Lanes>>;

// Whether kernels for `Lanes` use vectors here. Else (no target but the compiler's least one, or under four lanes) they
// are plain loops over the definition, core/quantized.hpp; then nothing else of the int8_* headers is used.
template <int Lanes>
inline constexpr bool has_bytes = Lanes >= 4 && target != isa::scalar && (target != isa::neon || Lanes == 4);

// n, which the compiler does not see: loops to it stay loops, whatever n is (a pragma does not hold g++ back).
HWY_INLINE int hidden(int n) {
  asm("" : "+r"(n));
  return n;
}

// Calls f.template operator()<Count>(first) for runs [first, first + Count) that cover [0, N): of Block, then the rest.
template <int N, int Block, class F>
HWY_INLINE void in_blocks_of(F f) {
  if constexpr (N >= Block)
    for (int i = 0; i + Block <= N; i += Block) f.template operator()<Block>(i);
  if constexpr (N % Block != 0) f.template operator()<N % Block>(N / Block * Block);
}

// A vector of dwords, as it lies in memory.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> load_dwords(void const* p) {
  return hn::LoadU(i32_tag<Lanes>(), static_cast<std::int32_t const*>(p));
}
// One byte a lane.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> load_bytes(std::uint8_t const* p) {
  constexpr hn::Rebind<std::uint8_t, i32_tag<Lanes>> bytes{};
  return hn::PromoteTo(i32_tag<Lanes>(), hn::LoadU(bytes, p));
}
// Four bytes at p in every lane.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> broadcast(std::uint8_t const* p) {
  std::int32_t v;
  std::memcpy(&v, p, 4);
  return hn::Set(i32_tag<Lanes>(), v);
}

// g++ 12 at -O3 sees reads past an array in the steps of 16 where fewer bytes are left: they never get there.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overread"
#endif
// Copies n bytes, often few.
HWY_INLINE void copy_bytes(std::uint8_t* to, std::uint8_t const* from, int n) {
  for (; n >= 16; n -= 16, to += 16, from += 16) std::memcpy(to, from, 16);
  if ((n & 8) != 0) std::memcpy(to, from, 8), to += 8, from += 8;
  if ((n & 4) != 0) std::memcpy(to, from, 4), to += 4, from += 4;
  if ((n & 2) != 0) std::memcpy(to, from, 2), to += 2, from += 2;
  if ((n & 1) != 0) *to = *from;
}

// The same; n is under 64, often 8, 16 or 32.
HWY_INLINE void copy_few_bytes(std::uint8_t* to, std::uint8_t const* from, int n) {
  if (__builtin_constant_p(n))
    std::memcpy(to, from, static_cast<std::size_t>(n));
  else if (n == 32)
    std::memcpy(to, from, 32);
  else if (n == 16)
    std::memcpy(to, from, 16);
  else if (n == 8)
    std::memcpy(to, from, 8);
  else
    copy_bytes(to, from, n);
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

// Keeps v in a register at this point of the program: g++ otherwise reorders dot products and copies accumulators.
template <class V>
HWY_INLINE void pin(V& v) {
#if HWY_ARCH_X86
  asm volatile("" : "+v"(v.raw));
#elif HWY_ARCH_ARM
  asm volatile("" : "+w"(v.raw));
#endif
}

// v, of which a compiler knows nothing.
template <class V>
HWY_INLINE V hidden_vector(V v) {
#if HWY_ARCH_X86
  asm("" : "+v"(v.raw));
#endif
  return v;
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
