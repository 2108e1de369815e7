// Softmax over the channels of each pixel, in f32.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_SOFTMAX_INL_HPP)
#define HONE_SIMD_SOFTMAX_INL_HPP
#include <hone/nn/activation.hpp>
#include <hone/simd/pointwise-inl.hpp>
#define HONE_SELF <hone/simd/softmax-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// exp(x) for x <= 0, within 2 units in the last place; smallest normal numbers stand for what is below them. As
// 2^n * exp(r) with |r| <= ln(2) / 2: ln(2) in two parts, exp(r) by its Taylor polynomial of degree 7.
template <int Lanes>
HWY_INLINE f32_vector<Lanes> exp_of_negative(f32_vector<Lanes> x) {
  f32_tag<Lanes> const d;
  hn::CappedTag<std::int32_t, Lanes> const di;
  x = hn::Max(x, hn::Set(d, -87.0f));
  auto const n = hn::NearestInt(hn::Mul(x, hn::Set(d, 1.44269504f)));
  auto const whole = hn::ConvertTo(d, n);
  auto const r = hn::NegMulAdd(whole, hn::Set(d, -2.12194440e-4f), hn::NegMulAdd(whole, hn::Set(d, 0.693359375f), x));
  auto p = hn::Set(d, 1.0f / 5040);
  for (float c : {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) p = hn::MulAdd(p, r, hn::Set(d, c));
  return hn::Mul(p, hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(n, hn::Set(di, 127)))));
}

// y[0..channels) = last(softmax of x[0..channels)), `last` of vectors.
template <int Lanes, class F>
HWY_INLINE void softmax_of(float const* x, float* y, int channels, F last_step) {
  f32_tag<Lanes> const d;
  int const last = (channels - 1) / Lanes * Lanes, rest = channels - last;
  auto const valid = hn::FirstN(d, static_cast<std::size_t>(rest));
  auto const tail = hn::IfThenElse(valid, hn::LoadU(d, x + last), hn::Set(d, -3e38f));
  auto most = tail;
  for (int i = 0; i < last; i += Lanes) most = hn::Max(most, hn::LoadU(d, x + i));
  most = hn::MaxOfLanes(d, most);
  auto const tail_power = hn::IfThenElseZero(valid, exp_of_negative<Lanes>(hn::Sub(tail, most)));
  auto sum = tail_power;
  for (int i = 0; i < last; i += Lanes) {
    auto const power = exp_of_negative<Lanes>(hn::Sub(hn::LoadU(d, x + i), most));
    hn::StoreU(power, d, y + i);
    sum = hn::Add(sum, power);
  }
  auto const scale = hn::Div(hn::Set(d, 1.0f), hn::SumOfLanes(d, sum));
  for (int i = 0; i < last; i += Lanes) hn::StoreU(last_step(hn::Mul(hn::LoadU(d, y + i), scale)), d, y + i);
  store_first(d, last_step(hn::Mul(tail_power, scale)), y + last, rest);
}

template <>
struct kernel<&softmax_kind, format::f32> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    auto const* x = static_cast<float const*>(a.in[0]);
    auto* y = static_cast<float*>(a.out);
    for (int p = 0; p < O.out.pixels(); ++p, x += O.out.c, y += O.out.c)
      softmax_of<Lanes>(
          x, y, O.out.c,
          [](f32_vector<Lanes> v) __attribute__((always_inline)) { return apply<O.act>(f32_tag<Lanes>(), v); });
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
