// What every kernel of a pass starts from: the pass's constants, tags of a fixed number of lanes, partial loads and
// stores. The pattern of all *-inl.hpp: included plainly, the header includes what it needs and repeats itself by
// foreach.inc; repeated (HONE_PASS is defined), it is the code of one pass.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_VECTOR_INL_HPP)
#define HONE_SIMD_VECTOR_INL_HPP
#include <hone/simd/kernel.hpp>
#include <hone/simd/targets.hpp>
#define HONE_SELF <hone/simd/vector-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {
namespace hn = HONE_HN;

inline constexpr isa target = HONE_ISA;
inline constexpr int registers = HONE_REGISTERS;

// A kernel of operations of kind K in number format F: a specialisation with
//   template <op O, int Lanes> static void run(kernel_args const&) noexcept;
// where O is canonical. Without one an operation runs its scalar reference (f32 only).
template <op_kind const* K, format F>
struct kernel {};

template <int Lanes>
using f32_tag = hn::CappedTag<float, Lanes>;
template <int Lanes>
using f32_vector = hn::Vec<f32_tag<Lanes>>;

// v, which the compiler must have in a register here: g++ else folds the load into each of its uses.
template <class V>
HWY_INLINE V in_register(V v) {
#if HWY_ARCH_X86 && !defined(__clang__)
  if constexpr (target != isa::scalar) asm("" : "+v"(v.raw));
#endif
  return v;
}

// A sum: of one lane, which g++ else carries in integer registers, to and fro for each addition.
template <class V>
HWY_INLINE V as_sum(V v) {
#if HWY_ARCH_X86_64 && !defined(__clang__)
  if constexpr (target == isa::scalar) {
    auto sum = v.raw;  // a float, or of Highway's SSE2 a register with one
    asm("" : "+x"(sum));
    return V{sum};
  }
#endif
  return v;
}

// v, of f32, as it is computed up to here: flags that let compilers reorder sums would delete additions that round.
template <class V>
HWY_INLINE V as_written(V v) {
#if HWY_ARCH_X86_64
  if constexpr (sizeof(v) == sizeof(float)) {
    float f = v.raw;
    asm("" : "+x"(f));
    return V{f};
  } else {
    asm("" : "+v"(v.raw));
  }
#elif HWY_ARCH_ARM_A64
  asm("" : "+w"(v.raw));
#endif
  return v;
}

// The first n elements of v, 0 < n <= Lanes, to p, which need not be aligned. Nothing after them is written.
template <class D, class T>
HWY_INLINE void store_first(D d, hn::Vec<D> v, T* p, int n) {
  constexpr int lanes = static_cast<int>(hn::MaxLanes(D()));
  if (lanes == 1 || n == lanes) return hn::StoreU(v, d, p);
  if constexpr (lanes * sizeof(T) == 64) {  // AVX-512 has masked stores
    hn::BlendedStore(v, hn::FirstN(d, static_cast<std::size_t>(n)), d, p);
  } else {
    alignas(64) T all[static_cast<std::size_t>(lanes)];
    hn::Store(v, d, all);
    std::memcpy(p, all, static_cast<std::size_t>(n) * sizeof(T));
  }
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
