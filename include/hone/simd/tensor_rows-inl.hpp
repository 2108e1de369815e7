// Rows of tensors in f32: steps of two operands, moments, normalisation.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_TENSOR_ROWS_INL_HPP)
#define HONE_SIMD_TENSOR_ROWS_INL_HPP
#include <hone/core/tensor_op.hpp>
#include <hone/simd/pointwise-inl.hpp>
#define HONE_SELF <hone/simd/tensor_rows-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// y[0..n) = f(i) for i = 0, Lanes, ..., f of vectors; `room` numbers from y on may be written, room >= n.
template <int Lanes, class F>
HWY_INLINE void fill_row(float* y, int n, std::ptrdiff_t room, F f) {
  f32_tag<Lanes> const d;
  int i = 0;
  HONE_KEEP_LOOP for (; i + Lanes <= n; i += Lanes) hn::StoreU(f(i), d, y + i);
  if (i == n) return;
  if (i + Lanes <= room)
    hn::StoreU(f(i), d, y + i);
  else
    store_first(d, f(i), y + i, n - i);
}

// What(a, b); of max and min a NaN wins.
template <pw What, class D, class V = hn::Vec<D>>
HWY_INLINE V step_of_two(D d, V a, V b) {
  V const r[]{a, b};
  V const y = pointwise_step<pw_step{What, 0, 1, 0}>(d, a, r);
  if constexpr (What == pw::max || What == pw::min)
    return hn::IfThenElse(hn::Eq(a, a), hn::IfThenElse(hn::Eq(b, b), y, b), a);
  else
    return y;
}
template <int Lanes, pw What>
HWY_NOINLINE void step_rows(float* out, tensor_rows const& a, tensor_rows const& b, int rows, int n) {
  f32_tag<Lanes> const d;
  float const *x = a.data, *z = b.data;
  std::ptrdiff_t room = std::ptrdiff_t{rows} * n;
  for (int i = 0; i < rows; ++i, x += a.row, z += b.row, out += n, room -= n) {
    auto const first_x = hn::Set(d, *x), first_z = hn::Set(d, *z);
    if (a.step == 0)
      fill_row<Lanes>(
          out, n, room, [=](int k) __attribute__((always_inline)) {
            return step_of_two<What>(d, first_x, hn::LoadU(d, z + k));
          });
    else if (b.step == 0)
      fill_row<Lanes>(
          out, n, room, [=](int k) __attribute__((always_inline)) {
            return step_of_two<What>(d, hn::LoadU(d, x + k), first_z);
          });
    else
      fill_row<Lanes>(
          out, n, room, [=](int k) __attribute__((always_inline)) {
            return step_of_two<What>(d, hn::LoadU(d, x + k), hn::LoadU(d, z + k));
          });
  }
}
// tensor_math::step.
template <int Lanes>
void step_all_rows(pw what, float* out, tensor_rows const& a, tensor_rows const& b, int rows, int n) {
  switch (what) {
    case pw::add: return step_rows<Lanes, pw::add>(out, a, b, rows, n);
    case pw::sub: return step_rows<Lanes, pw::sub>(out, a, b, rows, n);
    case pw::mul: return step_rows<Lanes, pw::mul>(out, a, b, rows, n);
    case pw::div: return step_rows<Lanes, pw::div>(out, a, b, rows, n);
    case pw::max: return step_rows<Lanes, pw::max>(out, a, b, rows, n);
    default: return step_rows<Lanes, pw::min>(out, a, b, rows, n);
  }
}

// The sum of f(x) for all n numbers: short runs in f32, those in double.
template <int Lanes, class F>
HWY_INLINE double sum_row(float const* x, int n, F f) {
  f32_tag<Lanes> const d;
  constexpr int run = 64 * Lanes;
  double sum = 0;
  for (; n > 0; n -= run, x += run) {
    int const here = n < run ? n : run;
    auto even = hn::Zero(d), odd = hn::Zero(d);
    int i = 0;
    HONE_KEEP_LOOP for (; i + 2 * Lanes <= here; i += 2 * Lanes) {
      even = hn::Add(even, f(hn::LoadU(d, x + i))), odd = hn::Add(odd, f(hn::LoadU(d, x + i + Lanes)));
    }
    for (; i < here; i += Lanes) {
      auto const valid = hn::FirstN(d, static_cast<std::size_t>(here - i < Lanes ? here - i : Lanes));
      even = hn::Add(even, hn::IfThenElseZero(valid, f(hn::LoadU(d, x + i))));
    }
    sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd))));
  }
  return sum;
}
// tensor_math::moments.
template <int Lanes>
HWY_NOINLINE void moments_of_row(float const* x, int n, double* mean, double* variance) {
  f32_tag<Lanes> const d;
  *mean = sum_row<Lanes>(
              x, n, [](f32_vector<Lanes> v) __attribute__((always_inline)) { return v; }) /
          n;
  auto const middle = hn::Set(d, static_cast<float>(*mean));
  *variance = sum_row<Lanes>(
                  x, n,
                  [=](f32_vector<Lanes> v) __attribute__((always_inline)) {
                    auto const away = hn::Sub(v, middle);
                    return hn::Mul(away, away);
                  }) /
              n;
}
// tensor_math::normalize.
template <int Lanes>
HWY_NOINLINE void normalize_row(float const* x, float* y, int n, float mean, float factor, float const* scale,
                                float const* bias, int step) {
  f32_tag<Lanes> const d;
  auto const middle = hn::Set(d, mean), by = hn::Set(d, factor);
  if (step == 0) {
    auto const all = hn::Mul(by, hn::Set(d, *scale)), shift = hn::Set(d, bias == nullptr ? 0.0f : *bias);
    return fill_row<Lanes>(
        y, n, n, [=](int i) __attribute__((always_inline)) {
          return hn::MulAdd(hn::Sub(hn::LoadU(d, x + i), middle), all, shift);
        });
  }
  fill_row<Lanes>(
      y, n, n, [=](int i) __attribute__((always_inline)) {
        auto const v = hn::Mul(hn::Mul(hn::Sub(hn::LoadU(d, x + i), middle), by), hn::LoadU(d, scale + i));
        return bias == nullptr ? v : hn::Add(v, hn::LoadU(d, bias + i));
      });
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
