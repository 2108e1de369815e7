// Sums, batch normalisation, elementwise functions and concatenation in f32: what moves through memory once.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_ELEMENTWISE_INL_HPP)
#define HONE_SIMD_ELEMENTWISE_INL_HPP
#include <hone/nn/activation.hpp>
#include <hone/nn/batch_norm.hpp>
#include <hone/nn/concat.hpp>
#include <hone/nn/residual.hpp>
#include <hone/simd/pointwise-inl.hpp>
#define HONE_SELF <hone/simd/elementwise-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// y[i..) = act(f(i)) for i = 0, Lanes, ..., Size: f gives the vector at i.
template <op O, int Lanes, int Size, class F>
HWY_INLINE void fill(float* y, F f) {
  f32_tag<Lanes> const d;
  constexpr int whole = Size / Lanes * Lanes;
  for (int i = 0; i < whole; i += Lanes) hn::StoreU(apply<O.act>(d, f(i)), d, y + i);
  if constexpr (whole < Size) store_first(d, apply<O.act>(d, f(whole)), y + whole, Size - whole);
}

template <>
struct kernel<&add_kind, format::f32> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    f32_tag<Lanes> const d;
    auto const *x = static_cast<float const*>(a.in[0]), *z = static_cast<float const*>(a.in[1]);
    fill<O, Lanes, O.out.size()>(
        static_cast<float*>(a.out), [=
    ](int i) __attribute__((always_inline)) { return hn::Add(hn::Load(d, x + i), hn::Load(d, z + i)); });
  }
};

// Every elementwise kind, the user's too: all its meaning is op.act.
template <op_kind const* K>
requires(K->pointwise) struct kernel<K, format::f32> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    f32_tag<Lanes> const d;
    auto const* x = static_cast<float const*>(a.in[0]);
    fill<O, Lanes, O.out.size()>(
        static_cast<float*>(a.out), [=](int i) __attribute__((always_inline)) { return hn::Load(d, x + i); });
  }
};

template <>
struct kernel<&batch_norm_kind, format::f32> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    f32_tag<Lanes> const d;
    auto const* x = static_cast<float const*>(a.in[0]);
    auto const* scale = static_cast<float const*>(a.param[slot::weight]);
    auto const* shift = static_cast<float const*>(a.param[slot::bias]);
    auto* y = static_cast<float*>(a.out);
    for (int p = 0; p < O.out.pixels(); ++p, x += O.out.c, y += O.out.c)
      fill<O, Lanes, O.out.c>(
          y, [=](int i) __attribute__((always_inline)) {
            return hn::MulAdd(hn::LoadU(d, x + i), hn::Load(d, scale + i), hn::Load(d, shift + i));
          });
  }
};

template <>
struct kernel<&concat_kind, format::f32> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    f32_tag<Lanes> const d;
    constexpr int first = O.in.c, second = O.out.c - O.in.c;
    auto const *x = static_cast<float const*>(a.in[0]), *z = static_cast<float const*>(a.in[1]);
    auto* y = static_cast<float*>(a.out);
    for (int p = 0; p < O.out.pixels(); ++p, x += first, z += second, y += O.out.c) {
      fill<O, Lanes, first>(
          y, [=](int i) __attribute__((always_inline)) { return hn::LoadU(d, x + i); });
      fill<O, Lanes, second>(
          y + first, [=](int i) __attribute__((always_inline)) { return hn::LoadU(d, z + i); });
    }
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
