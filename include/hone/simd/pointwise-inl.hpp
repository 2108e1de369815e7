// Elementwise functions (core/pointwise.hpp) on vectors: fused into the stores of other kernels, and kernels of their
// own.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_POINTWISE_INL_HPP)
#define HONE_SIMD_POINTWISE_INL_HPP
#include <hone/simd/vector-inl.hpp>
#define HONE_SELF <hone/simd/pointwise-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// tanh within 3e-7 (6 units in the last place): a rational minimax of degrees 9 and 8, the argument clamped to [-9, 9].
template <class D, class V = hn::Vec<D>>
HWY_INLINE V tanh_of(D d, V x) {
  auto const c = [d](float v) __attribute__((always_inline)) { return hn::Set(d, v); };
  x = hn::Min(hn::Max(x, c(-9.0f)), c(9.0f));
  V const s = hn::Mul(x, x);
  V p = hn::MulAdd(c(1.31836613e-8f), s, c(2.04714595e-5f)), q = hn::MulAdd(c(7.70244255e-7f), s, c(3.27135042e-4f));
  p = hn::MulAdd(p, s, c(0.00348656156f)), q = hn::MulAdd(q, s, c(0.0258419048f));
  p = hn::MulAdd(p, s, c(0.133731816f)), q = hn::MulAdd(q, s, c(0.467064786f));
  p = hn::MulAdd(p, s, c(0.999999907f)), q = hn::MulAdd(q, s, c(1.0f));
  return hn::Div(hn::Mul(x, p), q);
}

// Step S of a function, whose earlier steps' values are in r.
template <pw_step S, class D, class V = hn::Vec<D>>
HWY_INLINE V pointwise_step(D d, V x, V const* r) {
  if constexpr (S.what == pw::x)
    return x;
  else if constexpr (S.what == pw::constant)
    return hn::Set(d, S.value);
  else if constexpr (S.what == pw::add)
    return hn::Add(r[S.a], r[S.b]);
  else if constexpr (S.what == pw::sub)
    return hn::Sub(r[S.a], r[S.b]);
  else if constexpr (S.what == pw::mul)
    return hn::Mul(r[S.a], r[S.b]);
  else if constexpr (S.what == pw::div)
    return hn::Div(r[S.a], r[S.b]);
  else if constexpr (S.what == pw::max)
    return hn::Max(r[S.a], r[S.b]);
  else if constexpr (S.what == pw::min)
    return hn::Min(r[S.a], r[S.b]);
  else
    return tanh_of(d, r[S.a]);
}
template <pointwise F, class D, class V, std::size_t... I>
HWY_INLINE V pointwise_steps(D d, V x, std::index_sequence<I...>) {
  V r[]{(static_cast<void>(I), x)...};
  ((r[I] = pointwise_step<F.code[I]>(d, x, r)), ...);
  return r[sizeof...(I) - 1];
}
// F(x) in each lane.
template <pointwise F, class D, class V = hn::Vec<D>>
HWY_INLINE V apply(D d, V x) {
  if constexpr (F.empty())
    return x;
  else
    return pointwise_steps<F>(d, x, std::make_index_sequence<static_cast<std::size_t>(F.n)>());
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
