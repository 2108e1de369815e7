// Maximum and average of windows in f32, of any shape: run-time kernels.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_POOL_INL_HPP)
#define HONE_SIMD_DYNAMIC_POOL_INL_HPP
#include <hone/simd/dynamic_function-inl.hpp>
#include <hone/simd/pool-inl.hpp>

namespace hone::inline HONE_ABI::simd {

struct pool_form {
  shape in{}, out{};
  window win{};
  float scale{};  // of an average
  dynamic_function act{};
};

}  // namespace hone::inline HONE_ABI::simd
#define HONE_SELF <hone/simd/dynamic_pool-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

template <class How, bool Scaled>
struct dynamic_pool {
  // `Vectors` vectors of channels of one result, the last of which may be part of a vector; x: tap (0, 0).
  template <int Lanes, int Vectors>
  static HWY_INLINE void window(pool_form const& f, float const* HWY_RESTRICT x, float* HWY_RESTRICT y,
                                nn::tap_range rows, nn::tap_range columns, int channel) {
    f32_tag<Lanes> const d;
    f32_vector<Lanes> v[Vectors];
    std::ptrdiff_t const channels = f.in.c, row = f.in.w * channels;
    float const* from = x + rows.begin * row + columns.begin * channels + channel;
    HONE_UNROLL for (int i = 0; i < Vectors; ++i) v[i] = How::start(d, from + i * Lanes);
    HONE_KEEP_LOOP for (int r = rows.begin; r < rows.end; ++r, from += row) {
      float const* p = from;
      HONE_KEEP_LOOP for (int c = columns.begin; c < columns.end; ++c, p += channels)
          HONE_UNROLL for (int i = 0; i < Vectors; ++i) v[i] = How::join(v[i], hn::LoadU(d, p + i * Lanes));
    }
    HONE_UNROLL for (int i = 0; i < Vectors; ++i) {
      if constexpr (Scaled) v[i] = hn::Mul(v[i], hn::Set(d, f.scale));
      store_some<Lanes>(clamped<Lanes>(f.act.clamp, v[i]), y + channel + i * Lanes, f.out.c - channel - i * Lanes);
    }
  }
  template <int Lanes>
  static void run(kernel_args const& a) noexcept {
    auto const& f = form_as<pool_form>(a.form);
    auto const* x = static_cast<float const*>(a.in[0]);
    auto* const out = static_cast<float*>(a.out);
    float* y = out;
    for (int i = 0; i < f.out.h; ++i)
      for (int j = 0; j < f.out.w; ++j, y += f.out.c) {
        nn::tap_range const rows = nn::taps(i, f.win.sh, f.win.top, f.win.kh, f.in.h);
        nn::tap_range const columns = nn::taps(j, f.win.sw, f.win.left, f.win.kw, f.in.w);
        float const* const from = x + (rows.from * f.in.w + columns.from) * f.in.c;
        int c = 0;
        for (; c + 3 * Lanes < f.out.c; c += 4 * Lanes) window<Lanes, 4>(f, from, y, rows, columns, c);
        if (c + Lanes < f.out.c) window<Lanes, 2>(f, from, y, rows, columns, c), c += 2 * Lanes;
        if (c < f.out.c) window<Lanes, 1>(f, from, y, rows, columns, c);
      }
    finish_function(f.act, out, f.out.size());
  }
  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    keep(form, pool_form{o.in, o.out, o.win, 1.0f / static_cast<float>(o.win.taps()), function_of<Lanes>(o.act)});
    return {&run<Lanes>};
  }
};
template <>
struct run_time<&max_pool_kind, format::f32> : dynamic_pool<take_maximum, false> {};
template <>
struct run_time<&avg_pool_kind, format::f32> : dynamic_pool<take_average, true> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
