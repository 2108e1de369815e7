// One operation in one pass, as a function that engines call.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_STEP_INL_HPP)
#define HONE_SIMD_STEP_INL_HPP
#include <hone/simd/vector-inl.hpp>
#define HONE_SELF <hone/simd/step-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

template <op O, int Lanes>
constexpr kernel_entry select_step() {
  if constexpr (O.kind->evaluate.present)
    return &run_tensor;
  else if constexpr (requires { &kernel<O.kind, format_of(O)>::template run<O, Lanes>; })
    return &kernel<O.kind, format_of(O)>::template run<O, Lanes>;
  else
    return &run_reference<O>;
}
// The kernel of the canonical operation O for vectors of `Lanes` 32-bit lanes, or its reference.
template <op O, int Lanes>
inline constexpr kernel_entry step = select_step<O, Lanes>();

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
