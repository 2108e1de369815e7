// Maximum and average of windows in f32.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_POOL_INL_HPP)
#define HONE_SIMD_POOL_INL_HPP
#include <hone/nn/pooling.hpp>
#include <hone/simd/pointwise-inl.hpp>
#define HONE_SELF <hone/simd/pool-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

struct take_maximum {
  template <class D>
  static HWY_INLINE hn::Vec<D> start(D d, float const* first) {
    return hn::LoadU(d, first);
  }
  template <class V>
  static HWY_INLINE V join(V a, V b) {
    return hn::Max(a, b);
  }
  template <op O, class D, class V>
  static HWY_INLINE V finish(D, V v) {
    return v;
  }
};
struct take_average {
  template <class D>
  static HWY_INLINE hn::Vec<D> start(D d, float const*) {
    return hn::Zero(d);
  }
  template <class V>
  static HWY_INLINE V join(V a, V b) {
    return hn::Add(a, b);
  }
  template <op O, class D, class V>
  static HWY_INLINE V finish(D d, V v) {
    return hn::Mul(v, hn::Set(d, 1.0f / static_cast<float>(O.win.taps())));
  }
};

template <class How>
struct pool {
  // `Vectors` vectors of channels of one result; x: tap (0, 0); the taps of `rows` and `columns` are inside.
  template <op O, int Lanes, int Vectors>
  static HWY_INLINE void window(float const* HWY_RESTRICT x, float* HWY_RESTRICT y, nn::tap_range rows,
                                nn::tap_range columns, int channel) {
    f32_tag<Lanes> const d;
    f32_vector<Lanes> v[Vectors];
    float const* const first = x + (rows.begin * O.in.w + columns.begin) * O.in.c + channel;
    HONE_UNROLL for (int i = 0; i < Vectors; ++i) v[i] = How::start(d, first + i * Lanes);
    for (int r = rows.begin; r < rows.end; ++r) {
      float const* p = x + (r * O.in.w + columns.begin) * O.in.c + channel;
      HONE_KEEP_LOOP for (int c = columns.begin; c < columns.end; ++c, p += O.in.c)
          HONE_UNROLL for (int i = 0; i < Vectors; ++i) v[i] = How::join(v[i], hn::LoadU(d, p + i * Lanes));
    }
    HONE_UNROLL for (int i = 0; i < Vectors; ++i) {
      int const left = O.out.c - channel - i * Lanes;
      store_first(
          d, apply<O.act>(d, How::template finish<O>(d, v[i])), y + channel + i * Lanes, left < Lanes ? left : Lanes);
    }
  }
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    constexpr int vectors = ceil_div(O.out.c, Lanes), together = vectors < 4 ? vectors : 4,
                  whole = vectors / together * together;
    auto const* x = static_cast<float const*>(a.in[0]);
    auto* y = static_cast<float*>(a.out);
    for (int i = 0; i < O.out.h; ++i)
      for (int j = 0; j < O.out.w; ++j, y += O.out.c) {
        nn::tap_range const rows = nn::taps(i, O.win.sh, O.win.top, O.win.kh, O.in.h);
        nn::tap_range const columns = nn::taps(j, O.win.sw, O.win.left, O.win.kw, O.in.w);
        float const* const from = x + (rows.from * O.in.w + columns.from) * O.in.c;
        for (int v = 0; v < whole; v += together) window<O, Lanes, together>(from, y, rows, columns, v * Lanes);
        if constexpr (whole < vectors) window<O, Lanes, vectors - whole>(from, y, rows, columns, whole * Lanes);
      }
  }
};
template <>
struct kernel<&max_pool_kind, format::f32> : pool<take_maximum> {};
template <>
struct kernel<&avg_pool_kind, format::f32> : pool<take_average> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
