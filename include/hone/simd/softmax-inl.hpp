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
  auto const tail_power = hn::IfThenElseZero(valid, bounded_exp(d, hn::Sub(tail, most)));
  auto sum = tail_power;
  for (int i = 0; i < last; i += Lanes) {
    auto const power = bounded_exp(d, hn::Sub(hn::LoadU(d, x + i), most));
    hn::StoreU(power, d, y + i);
    sum = hn::Add(sum, power);
  }
  auto const scale = hn::Div(hn::Set(d, 1.0f), hn::SumOfLanes(d, sum));
  for (int i = 0; i < last; i += Lanes) hn::StoreU(last_step(hn::Mul(hn::LoadU(d, y + i), scale)), d, y + i);
  store_first(d, last_step(hn::Mul(tail_power, scale)), y + last, rest);
}

// y[0..channels) = the logarithm of the softmax of x[0..channels): x - (largest + log(sum of exponentials)).
template <int Lanes>
HWY_INLINE void log_softmax_of(float const* x, float* y, int channels) {
  f32_tag<Lanes> const d;
  int const last = (channels - 1) / Lanes * Lanes, rest = channels - last;
  auto const valid = hn::FirstN(d, static_cast<std::size_t>(rest));
  auto const tail = hn::IfThenElse(valid, hn::LoadU(d, x + last), hn::Set(d, -3e38f));
  auto most = tail;
  for (int i = 0; i < last; i += Lanes) most = hn::Max(most, hn::LoadU(d, x + i));
  most = hn::MaxOfLanes(d, most);
  auto sum = hn::IfThenElseZero(valid, bounded_exp(d, hn::Sub(tail, most)));
  for (int i = 0; i < last; i += Lanes) sum = hn::Add(sum, bounded_exp(d, hn::Sub(hn::LoadU(d, x + i), most)));
  auto const log_sum = log_of(d, hn::SumOfLanes(d, sum));
  for (int i = 0; i < last; i += Lanes) hn::StoreU(hn::Sub(hn::Sub(hn::LoadU(d, x + i), most), log_sum), d, y + i);
  store_first(d, hn::Sub(hn::Sub(tail, most), log_sum), y + last, rest);
}

// The softmax of each of `columns` columns of `rows` numbers, `step` apart, or its logarithm.
template <int Lanes, bool Log>
HWY_INLINE void softmax_of_columns(float const* x, float* y, int rows, std::ptrdiff_t step, int columns) {
  f32_tag<Lanes> const d;
  for (int j = 0; j < columns; j += Lanes, x += Lanes, y += Lanes) {
    int const n = columns - j < Lanes ? columns - j : Lanes;
    auto most = hn::LoadU(d, x);
    for (int i = 1; i < rows; ++i) most = hn::Max(most, hn::LoadU(d, x + i * step));
    auto sum = hn::Zero(d);
    for (int i = 0; i < rows; ++i) {
      auto const power = bounded_exp(d, hn::Sub(hn::LoadU(d, x + i * step), most));
      sum = hn::Add(sum, power);
      if constexpr (!Log) store_first(d, power, y + i * step, n);
    }
    if constexpr (Log) {
      auto const log_sum = log_of(d, sum);
      for (int i = 0; i < rows; ++i)
        store_first(d, hn::Sub(hn::Sub(hn::LoadU(d, x + i * step), most), log_sum), y + i * step, n);
    } else {
      auto const scale = hn::Div(hn::Set(d, 1.0f), sum);
      for (int i = 0; i < rows; ++i) store_first(d, hn::Mul(hn::LoadU(d, y + i * step), scale), y + i * step, n);
    }
  }
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
