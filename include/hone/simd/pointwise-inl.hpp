// Elementwise functions (core/pointwise.hpp) on vectors: fused into the stores of other kernels, and kernels of their
// own.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_POINTWISE_INL_HPP)
#define HONE_SIMD_POINTWISE_INL_HPP
#include <hone/simd/vector-inl.hpp>

#include <bit>
#define HONE_SELF <hone/simd/pointwise-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Bounds that a NaN passes. x86 keeps the second operand of a comparison with it; Highway elsewhere keeps the number.
inline constexpr bool keeps_second = target != isa::scalar && target != isa::neon;
template <class D, class V = hn::Vec<D>>
HWY_INLINE V at_least(D d, V x, float low) {
  V const bound = hn::Set(d, low);
  if constexpr (keeps_second)
    return hn::Max(bound, x);
  else
    return hn::IfThenElse(hn::Lt(x, bound), bound, x);
}
template <class D, class V = hn::Vec<D>>
HWY_INLINE V at_most(D d, V x, float high) {
  V const bound = hn::Set(d, high);
  if constexpr (keeps_second)
    return hn::Min(bound, x);
  else
    return hn::IfThenElse(hn::Lt(bound, x), bound, x);
}
// A polynomial of x, coefficients from the highest power on.
template <class D, std::size_t N, class V = hn::Vec<D>>
HWY_INLINE V polynomial(D d, V x, float const (&c)[N]) {
  V p = hn::Set(d, c[0]);
  HONE_UNROLL for (std::size_t i = 1; i < N; ++i) p = hn::MulAdd(p, x, hn::Set(d, c[i]));
  return p;
}
// x P(x^2) / Q(x^2).
template <class D, std::size_t N, class V = hn::Vec<D>>
HWY_INLINE V odd_rational(D d, V x, float const (&p)[N], float const (&q)[N]) {
  V const s = hn::Mul(x, x);
  return hn::Div(hn::Mul(x, polynomial(d, s, p)), polynomial(d, s, q));
}
// tanh: minimax of degrees 9 and 8 on [-9, 9].
template <class D, class V = hn::Vec<D>>
HWY_INLINE V tanh_of(D d, V x) {
  return odd_rational(
      d, at_most(d, at_least(d, x, -9.0f), 9.0f), {1.3354646e-8f, 2.060907e-5f, 3.4955873e-3f, 0.13381025f, 1.0f},
      {7.776552e-7f, 3.2856336e-4f, 2.5876978e-2f, 0.46714342f, 1.0f});
}
// erf: minimax of degrees 11 and 10 on [-3.925, 3.925]; never beyond 1, so that 1 + erf does not turn negative.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V erf_of(D d, V x) {
  V const y = odd_rational(d, at_most(d, at_least(d, x, -3.925f), 3.925f),
                           {2.046022e-6f, 2.8484492e-4f, 3.7726008e-3f, 5.2769456e-2f, 0.1905949f, 1.1283791f},
                           {3.804779e-5f, 1.1638706e-3f, 1.4983299e-2f, 0.1141832f, 0.50224304f, 1.0f});
  return at_most(d, at_least(d, y, -1.0f), 1.0f);
}

// e^x = 2^n e^r, where |r| <= log(2) / 2.
template <class D>
struct power {
  using V = hn::Vec<D>;
  using integers = hn::RebindToSigned<D>;
  V whole;  // n + 1.5 * 2^23: n in its low bits
  V r;

  // v 2^n, where v and that are normal numbers.
  HWY_INLINE V scaled(V v) const {
    auto const up = hn::ShiftLeft<23>(hn::BitCast(integers(), whole));
    return hn::BitCast(D(), hn::Add(hn::BitCast(integers(), v), up));
  }
  // e^x, where it is a normal number: a minimax of degree 5.
  HWY_INLINE V value() const {
    return scaled(polynomial(D(), r, {8.312501e-3f, 4.189033e-2f, 0.16667116f, 0.4999923f, 1.0f, 1.0f}));
  }
  // e^x - 1, where n < 128, relatively accurate near zero: a minimax of degree 6.
  HWY_INLINE V less_one() const {
    D const d;
    V const p = polynomial(d, r, {1.3882517e-3f, 8.3665475e-3f, 4.16672e-2f, 0.16666543f, 0.49999997f});
    V const scale = scaled(hn::Set(d, 1.0f)), e = hn::MulAdd(p, hn::Mul(r, r), r);
    return hn::MulAdd(e, scale, hn::Sub(scale, hn::Set(d, 1.0f)));
  }
};
inline constexpr float least_power = -87.33654f, most_power = 88.72283f;  // e^x is normal and finite
// Of x, or of -x, between least_power and most_power (or a NaN). log(2) in two parts.
template <bool Negated, class D, class V = hn::Vec<D>>
HWY_INLINE power<D> power_of(D d, V x) {
  V const magic = hn::Set(d, 12582912.0f);
  V const whole = as_written(hn::MulAdd(x, hn::Set(d, Negated ? -1.44269504f : 1.44269504f), magic));
  V const n = hn::Sub(whole, magic), high = hn::Set(d, 0.693359375f);
  V const r = as_written(Negated ? hn::NegMulSub(n, high, x) : hn::NegMulAdd(n, high, x));
  return {whole, hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r)};
}
// e^x for x <= most_power; 0 where it is below the normal numbers.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V bounded_exp(D d, V x) {
  V const y = power_of<false>(d, at_least(d, x, least_power)).value();
  return hn::IfThenZeroElse(hn::Lt(x, hn::Set(d, least_power)), y);
}
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp_of(D d, V x) {
  V const most = hn::Set(d, most_power), infinity = hn::Set(d, std::bit_cast<float>(0x7f800000u));
  // x + infinity: of a NaN a NaN
  return hn::IfThenElse(hn::Le(x, most), bounded_exp(d, at_most(d, x, most_power)), hn::Add(x, infinity));
}
// 1 / (1 + e^-x).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V sigmoid_of(D d, V x) {
  V const one = hn::Set(d, 1.0f);
  V const bounded = at_most(d, at_least(d, x, -most_power), -least_power);
  return hn::Div(one, hn::Add(one, power_of<true>(d, bounded).value()));
}
// x < 0 ? e^x - 1 : x. One of the two summands is zero.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V elu_of(D d, V x) {
  V const below = at_least(d, at_most(d, x, 0.0f), -20.0f);
  return hn::Add(at_least(d, x, 0.0f), power_of<false>(d, below).less_one());
}
// log(1 + e^x) = max(x, 0) + log(1 + u), u = e^-|x|. log(1 + u) = 2 artanh(u / (2 + u)), a minimax of degree 9.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V softplus_of(D d, V x) {
  V const u = power_of<false>(d, at_least(d, hn::Neg(hn::Abs(x)), least_power)).value();
  V const s = hn::Div(u, hn::Add(u, hn::Set(d, 2.0f))), z = hn::Mul(s, s), twice = hn::Add(s, s);
  V const p = hn::Mul(z, polynomial(d, z, {0.14005993f, 0.14000903f, 0.20010763f, 0.3333321f}));
  return hn::Add(at_least(d, x, 0.0f), hn::MulAdd(p, twice, twice));
}
// The natural logarithm; numbers below the normal ones count as zero. x = 2^n (1 + f) with 1 + f next to 1, and
// log(1 + f) = 2 artanh(s), s = f / (2 + f), in the order of FreeBSD's logf.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V log_of(D d, V x) {
  hn::RebindToSigned<D> const di;
  auto const bits = hn::BitCast(di, x);
  auto const e = hn::ShiftRight<23>(hn::Sub(bits, hn::Set(di, 0x3f3504f3)));  // of sqrt(1 / 2)
  V const n = hn::ConvertTo(d, e);
  V const f = hn::Sub(hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(e))), hn::Set(d, 1.0f));
  V const s = hn::Div(f, hn::Add(f, hn::Set(d, 2.0f))), z = hn::Mul(s, s);
  V const p = hn::Mul(z, polynomial(d, z, {0.2987228f, 0.39977527f, 0.66666776f}));
  V const half = hn::Mul(hn::Mul(f, f), hn::Set(d, 0.5f));
  V const small = hn::MulAdd(s, hn::Add(half, p), hn::Mul(n, hn::Set(d, 9.0580006e-6f)));
  V const y = hn::MulAdd(n, hn::Set(d, 0.69313812f), hn::Sub(f, hn::Sub(half, small)));
  V const least = hn::Set(d, 1.17549435e-38f), infinity = hn::Set(d, std::bit_cast<float>(0x7f800000u));
  V const nan = hn::Set(d, std::bit_cast<float>(0x7fc00000u));
  V const low = hn::IfThenElse(hn::Le(x, hn::Neg(least)), nan, hn::Neg(infinity));
  return hn::IfThenElse(hn::Lt(x, least), low, hn::IfThenElse(hn::Lt(x, infinity), y, x));
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
  else if constexpr (S.what == pw::tanh)
    return tanh_of(d, r[S.a]);
  else if constexpr (S.what == pw::sigmoid)
    return sigmoid_of(d, r[S.a]);
  else if constexpr (S.what == pw::exp)
    return exp_of(d, r[S.a]);
  else if constexpr (S.what == pw::log)
    return log_of(d, r[S.a]);
  else if constexpr (S.what == pw::elu)
    return elu_of(d, r[S.a]);
  else if constexpr (S.what == pw::softplus)
    return softplus_of(d, r[S.a]);
  else if constexpr (S.what == pw::erf)
    return erf_of(d, r[S.a]);
  else
    return hn::Sqrt(r[S.a]);
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
