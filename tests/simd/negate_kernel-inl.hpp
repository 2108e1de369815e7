// A kernel as a user of the library writes one: its own header, one specialisation a pass.
#if !defined(HONE_PASS)
#if !defined(HONE_TESTS_NEGATE_KERNEL_INL_HPP)
#define HONE_TESTS_NEGATE_KERNEL_INL_HPP
#include <hone/nn/layer.hpp>
#include <hone/simd/vector-inl.hpp>
namespace mine {
inline constexpr hone::op_kind negate_kind{
    .name = "negate",
    .infer = hone::nn::keep_shape,
    .count = [](hone::op const&, hone::vector_shape const&) { return hone::work{}; },
};
}
#define HONE_SELF <tests/simd/negate_kernel-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {
template <>
struct kernel<&mine::negate_kind, format::f32> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    f32_tag<Lanes> const d;
    auto const* x = static_cast<float const*>(a.in[0]);
    auto* y = static_cast<float*>(a.out);
    int const n = O.out.size();
    for (int i = 0; i < n; i += Lanes)
      store_first(d, hn::Neg(hn::Load(d, x + i)), y + i, n - i < Lanes ? n - i : Lanes);
  }
};
}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
