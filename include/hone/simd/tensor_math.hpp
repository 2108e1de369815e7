#pragma once
#include <hone/simd/tensor_math-inl.hpp>

namespace hone::inline HONE_ABI::simd {

// The routines compiled for instruction set I, for tensor_args::math. nullptr: there are none, operations run their
// portable code (of a lesser instruction set than the compiler's own target, too).
template <isa I>
constexpr tensor_math const* tensor_math_of() {
  if constexpr (in_base_pass(I)) {
    if constexpr (I != base_isa || max_lanes(I) < 4)
      return nullptr;
    else
      return &HONE_BASE::tensor_routines<max_lanes(I)>;
  }
#if HONE_HAS_SSE4
  else if constexpr (I == isa::sse4)
    return &sse4::tensor_routines<4>;
#endif
#if HONE_HAS_AVX2
  else if constexpr (I == isa::avx2)
    return &avx2::tensor_routines<8>;
#endif
#if HONE_HAS_AVX512
  else if constexpr (I == isa::avx512 || I == isa::avx512_vnni)
    return &avx512::tensor_routines<16>;
#endif
#if HONE_HAS_AVX512_VNNI
  else if constexpr (I == isa::avx512_vnni)
    return &avx512_vnni::tensor_routines<16>;
#endif
  else
    return nullptr;
}
// The same of an instruction set known at run time.
template <isa... I>
tensor_math const* tensor_math_among(isa target) {
  tensor_math const* found = nullptr;
  static_cast<void>(((target == I ? (found = tensor_math_of<I>(), true) : false) || ...));
  return found;
}

}  // namespace hone::inline HONE_ABI::simd
