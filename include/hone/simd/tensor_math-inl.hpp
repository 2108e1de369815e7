// Inner routines of tensor operations (tensor_math), for the widest vectors of a pass.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_TENSOR_MATH_INL_HPP)
#define HONE_SIMD_TENSOR_MATH_INL_HPP
#include <hone/core/tensor_op.hpp>
#include <hone/simd/matrix-inl.hpp>
#include <hone/simd/softmax-inl.hpp>
#include <hone/simd/tensor_rows-inl.hpp>
#define HONE_SELF <hone/simd/tensor_math-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// v[i] = f(v[i]), f of vectors.
template <int Lanes, class F>
HWY_INLINE void map_in_place(float* v, int n, F f) {
  f32_tag<Lanes> const d;
  int i = 0;
  for (; i + Lanes <= n; i += Lanes) hn::StoreU(f(hn::LoadU(d, v + i)), d, v + i);
  if (i == n) return;
  auto const valid = hn::FirstN(d, static_cast<std::size_t>(n - i));
  store_first(d, f(load_valid<Lanes>(valid, v + i)), v + i, n - i);
}
template <int Lanes>
HWY_NOINLINE void tanh_in_place(float* v, int n) {
  map_in_place<Lanes>(
      v, n, [](f32_vector<Lanes> x) __attribute__((always_inline)) { return tanh_of(f32_tag<Lanes>(), x); });
}
template <int Lanes>
HWY_NOINLINE void sigmoid_in_place(float* v, int n) {
  map_in_place<Lanes>(
      v, n, [](f32_vector<Lanes> x) __attribute__((always_inline)) { return sigmoid_of(f32_tag<Lanes>(), x); });
}
template <int Lanes>
HWY_NOINLINE void softmax_row(float const* x, float* y, int n) {
  if (n > 0)
    softmax_of<Lanes>(
        x, y, n, [](f32_vector<Lanes> v) __attribute__((always_inline)) { return v; });
}

template <int Lanes>
HWY_NOINLINE void log_softmax_row(float const* x, float* y, int n) {
  if (n > 0) log_softmax_of<Lanes>(x, y, n);
}
template <int Lanes>
HWY_NOINLINE void softmax_columns(float const* x, float* y, int rows, std::ptrdiff_t step, int columns, bool log) {
  if (log)
    softmax_of_columns<Lanes, true>(x, y, rows, step, columns);
  else
    softmax_of_columns<Lanes, false>(x, y, rows, step, columns);
}

template <int Lanes>
inline constexpr tensor_math tensor_routines{
    .add_product = add_product<Lanes>,
    .add_dots = add_dots<Lanes>,
    .transpose = transpose<Lanes>,
    .interleave = interleave<Lanes>,
    .deinterleave = deinterleave<Lanes>,
    .tanh = tanh_in_place<Lanes>,
    .sigmoid = sigmoid_in_place<Lanes>,
    .softmax = softmax_row<Lanes>,
    .log_softmax = log_softmax_row<Lanes>,
    .softmax_columns = softmax_columns<Lanes>,
    .step = step_all_rows<Lanes>,
    .moments = moments_of_row<Lanes>,
    .normalize = normalize_row<Lanes>};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
