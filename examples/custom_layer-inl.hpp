// The SIMD kernel of mine::prelu: written once over Highway's operations, compiled for every instruction set.
#if !defined(HONE_PASS)
#if !defined(CUSTOM_LAYER_INL_HPP)
#define CUSTOM_LAYER_INL_HPP
#include "custom_layer.hpp"

#include <hone/simd/vector-inl.hpp>
#define HONE_SELF "custom_layer-inl.hpp"
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

template <>
struct kernel<&mine::prelu_kind, format::f32> {
  template <op O, int Lanes>
  static void run(kernel_args const& a) noexcept {
    f32_tag<Lanes> const d;
    auto const* slope = static_cast<float const*>(a.param[slot::weight]);
    for (int p = 0; p < O.out.pixels(); ++p) {
      auto const* x = static_cast<float const*>(a.in[0]) + p * O.out.c;
      auto* y = static_cast<float*>(a.out) + p * O.out.c;
      for (int c = 0; c < O.out.c; c += Lanes) {
        auto const v = hn::LoadU(d, x + c);
        auto const scaled = hn::Mul(v, hn::LoadU(d, slope + c));
        store_first(
            d, hn::IfThenElse(hn::Gt(v, hn::Zero(d)), v, scaled), y + c, O.out.c - c < Lanes ? O.out.c - c : Lanes);
      }
    }
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
