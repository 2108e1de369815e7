#pragma once
#include <hone/simd/kernels.hpp>
#include <hone/simd/step-inl.hpp>

namespace hone::inline HONE_ABI::simd {

// The function that runs O for vectors of `Lanes` 32-bit lanes on instruction set I: a constant, so that calls through
// it are direct. nullptr: this translation unit was not compiled for I. An I at or under the compiler's own target runs
// in the base pass. f32 kernels have no use for VNNI: they share the code of plain AVX-512.
template <op O, int Lanes, isa I>
constexpr kernel_entry entry_of() {
  constexpr op o = canonical(O);
  if constexpr (in_base_pass(I)) return HONE_BASE::step<o, Lanes>;
#if HONE_HAS_SSE4
  else if constexpr (I == isa::sse4)
    return sse4::step<o, Lanes>;
#endif
#if HONE_HAS_AVX2
  else if constexpr (I == isa::avx2)
    return avx2::step<o, Lanes>;
#endif
#if HONE_HAS_AVX512
  else if constexpr (I == isa::avx512 || (I == isa::avx512_vnni && format_of(o) != format::int8))
    return avx512::step<o, Lanes>;
#endif
#if HONE_HAS_AVX512_VNNI
  else if constexpr (I == isa::avx512_vnni)
    return avx512_vnni::step<o, Lanes>;
#endif
  else
    return nullptr;
}

}  // namespace hone::inline HONE_ABI::simd
