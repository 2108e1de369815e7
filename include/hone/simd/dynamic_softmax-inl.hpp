// Softmax over the channels of each pixel in f32, of any shape: a run-time kernel.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_SOFTMAX_INL_HPP)
#define HONE_SIMD_DYNAMIC_SOFTMAX_INL_HPP
#include <hone/simd/dynamic_elementwise-inl.hpp>
#include <hone/simd/softmax-inl.hpp>
#define HONE_SELF <hone/simd/dynamic_softmax-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

struct softmax_values {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, elementwise_form const& f, float* y) {
    auto const* x = static_cast<float const*>(a.in[0]);
    for (int p = 0; p < f.pixels; ++p, x += f.channels, y += f.channels) {
      softmax_of<Lanes>(
          x, y, f.channels, [&](f32_vector<Lanes> v) __attribute__((always_inline)) {
            return clamped<Lanes>(f.act.clamp, v);
          });
    }
  }
};
template <>
struct run_time<&softmax_kind, format::f32> : dynamic_elementwise<softmax_values> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
