// Fully connected layers in f32, with weights in f32 or bf16.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DENSE_INL_HPP)
#define HONE_SIMD_DENSE_INL_HPP
#include <hone/nn/dense.hpp>
#include <hone/simd/conv2d-inl.hpp>
#define HONE_SELF <hone/simd/dense-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Rows of weights, one an output, read `Lanes` * group elements at a time: bf16 words hold elements that lie Lanes
// apart.
template <int Lanes, class Weights>
struct weight_rows {
  static constexpr int chunk = Lanes * Weights::group;
  // Vector h of the chunk at w: the weights of its elements h * Lanes and following.
  static HWY_INLINE f32_vector<Lanes> load(typename Weights::word const* w, int h) {
    return Weights::template load<Lanes>(w, 0, h, 0);
  }
};

// Sums of the lanes of up to Lanes vectors: lane i of the result is the sum over v[i]'s lanes. n: how many there are.
template <int Lanes>
HWY_INLINE f32_vector<Lanes> sums_of_lanes(f32_vector<Lanes>* v, int n) {
  f32_tag<Lanes> const d;
  if constexpr (Lanes > 1) HONE_UNROLL for (int left = Lanes; left > 1; left /= 2) {
      int const pairs =
          left / 2;  // here: sanitizers split such a condition, and g++ then warns that it ignores the pragma
      HONE_UNROLL for (int i = 0; i < pairs; ++i) {
        // unqualified: Highway's scalar target has neither, and argument-dependent lookup asks for them only when used
        if (2 * i >= n)
          v[i] = hn::Zero(d);
        else
          v[i] = hn::Add(ConcatEven(d, v[2 * i + 1], v[2 * i]), ConcatOdd(d, v[2 * i + 1], v[2 * i]));
      }
      n = (n + 1) / 2;
    }
  return v[0];
}

// Few outputs: the product of the input with each row of weights, `Rows` of them at once.
template <op O, int Lanes, class Weights>
struct row_products {
  using rows = weight_rows<Lanes, Weights>;
  static constexpr int inputs = O.in.size(), chunks = ceil_div(inputs, rows::chunk), pitch = chunks * Lanes;
  static constexpr int most = nn::dense_rows(O, Lanes, registers);

  // Elements from `at` on; those past the input's end are zero.
  static HWY_INLINE f32_vector<Lanes> load_input(float const* x, int at) {
    f32_tag<Lanes> const d;
    if (at + Lanes <= inputs) return hn::Load(d, x + at);
    if (at >= inputs) return hn::Zero(d);
    return hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(inputs - at)), hn::Load(d, x + at));
  }
  template <int Rows>
  static HWY_INLINE void add(f32_vector<Lanes>* sum, float const* x, typename Weights::word const* w, int chunk) {
    HONE_UNROLL for (int h = 0; h < Weights::group; ++h) {
      f32_vector<Lanes> const v = load_input(x, chunk * rows::chunk + h * Lanes);
      HONE_UNROLL for (int r = 0; r < Rows; ++r) sum[r] = hn::MulAdd(rows::load(w + r * pitch, h), v, sum[r]);
    }
  }
  template <int Rows>
  static HWY_INLINE void run(result<O, Lanes, Lanes> const& to, float const* x, typename Weights::word const* w,
                             float const* bias, int first) {
    constexpr int padded = round_up(Rows, Lanes);
    f32_vector<Lanes> sum[padded];
    HONE_UNROLL for (int r = 0; r < padded; ++r) sum[r] = hn::Zero(f32_tag<Lanes>());
    if constexpr (chunks > 2)
      HONE_KEEP_LOOP for (int c = 0; c < chunks - 1; ++c) add<Rows>(sum, x, w + c * Lanes, c);
    else if constexpr (chunks == 2)
      add<Rows>(sum, x, w, 0);
    add<Rows>(sum, x, w + (chunks - 1) * Lanes, chunks - 1);
    HONE_UNROLL for (int r = 0; r < Rows; r += Lanes) {
      f32_vector<Lanes> const s = sums_of_lanes<Lanes>(sum + r, Rows - r < Lanes ? Rows - r : Lanes);
      to.store(hn::Add(s, first_sum<O, Lanes>(bias, first + r)), first + r, first + r);
    }
  }
};

template <class Weights>
struct dense {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    if constexpr (O.t.algorithm != nn::dense_by_rows) {
      convolution<Weights>::template run<nn::as_convolution(O), Lanes>(a);
    } else {
      using products = row_products<O, Lanes, Weights>;
      auto const* x = static_cast<float const*>(a.in[0]);
      auto const* w = static_cast<typename Weights::word const*>(a.param[slot::weight]);
      auto const* bias = static_cast<float const*>(a.param[slot::bias]);
      result<O, Lanes, Lanes> const to(a);
      constexpr int whole = O.out.c / products::most * products::most;
      for (int first = 0; first < whole; first += products::most)
        products::template run<products::most>(to, x, w + first * products::pitch, bias, first);
      if constexpr (whole < O.out.c)
        products::template run<O.out.c - whole>(to, x, w + whole * products::pitch, bias, whole);
    }
  }
};
template <>
struct kernel<&dense_kind, format::f32> : dense<f32_weights> {};
template <>
struct kernel<&dense_kind, format::bf16> : dense<bf16_weights> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
