// Pooling of u8 activations. A mean's division is in its scale.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_POOL_INT8_INL_HPP)
#define HONE_SIMD_POOL_INT8_INL_HPP
#include <hone/nn/pooling.hpp>
#include <hone/simd/int8_result-inl.hpp>
#define HONE_SELF <hone/simd/pool_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

template <>
struct kernel<&avg_pool_kind, format::int8> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    auto const* const in = static_cast<std::uint8_t const*>(a.in[0]);
    auto* out = static_cast<std::uint8_t*>(a.out);
    uniform_scale<Lanes> const scale(*static_cast<float const*>(a.param[slot::scale]));
    for (int y = 0; y < O.out.h; ++y)
      for (int x = 0; x < O.out.w; ++x, out += O.in.c) {
        std::uint8_t const* const from = in + (y * O.win.sh * O.in.w + x * O.win.sw) * O.in.c;
        in_blocks_of<O.in.c, 4 * Lanes>([&]<int Channels>(int c) {
          mean<O, Lanes, Channels>(from + c, scale.at, out + c);
        });
      }
  }

 private:
  template <op O, int Lanes, int Channels>
  static HWY_INLINE void mean(std::uint8_t const* in, float const* scale, std::uint8_t* out) {
    constexpr result_form form = result_of(O, O.win.taps() > (1 << 15));
    constexpr std::int32_t zeros = -O.from_zero * O.win.taps();
    constexpr int row = O.in.w * O.in.c;
    if constexpr (has_bytes<Lanes>) {
      constexpr int vectors = ceil_div(Channels, Lanes);
      i32_vector<Lanes> sum[1][vectors];
      HONE_UNROLL for (int v = 0; v < vectors; ++v) {
        sum[0][v] = starting_at<form, Lanes>(hn::Set(i32_tag<Lanes>(), zeros));
      }
      for (int u = 0; u < O.win.kh; ++u)
        for (int t = 0; t < O.win.kw; ++t) HONE_UNROLL for (int v = 0; v < vectors; ++v) {
            sum[0][v] = hn::Add(sum[0][v], load_bytes<Lanes>(in + u * row + t * O.in.c + v * Lanes));
          }
      store_tile<form, Lanes, Channels, Channels, 1, vectors>(sum, scale, out);
    } else {
      for (int c = 0; c < Channels; ++c) {
        std::int32_t sum = zeros;
        for (int u = 0; u < O.win.kh; ++u)
          for (int t = 0; t < O.win.kw; ++t) sum += in[u * row + t * O.in.c + c];
        store_result<form>(sum, scale[0], out, c);
      }
    }
  }
};

template <>
struct kernel<&max_pool_kind, format::int8> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    auto const* const in = static_cast<std::uint8_t const*>(a.in[0]);
    auto* out = static_cast<std::uint8_t*>(a.out);
    for (int y = 0; y < O.out.h; ++y) {
      nn::tap_range const u = nn::taps(y, O.win.sh, O.win.top, O.win.kh, O.in.h);
      for (int x = 0; x < O.out.w; ++x, out += O.in.c) {
        nn::tap_range const v = nn::taps(x, O.win.sw, O.win.left, O.win.kw, O.in.w);
        std::uint8_t const* from = in + ((u.from + u.begin) * O.in.w + v.from + v.begin) * O.in.c;
        in_blocks_of<O.in.c, 4 * Lanes>([&]<int Channels>(int c) {
          largest<O.in.c, O.in.w * O.in.c, Lanes, Channels>(from + c, u.end - u.begin, v.end - v.begin, out + c);
        });
      }
    }
  }

 private:
  template <int Column, int Row, int Lanes, int Channels>
  static HWY_INLINE void largest(std::uint8_t const* in, int rows, int columns, std::uint8_t* out) {
    if constexpr (has_bytes<Lanes>) {
      constexpr hn::Repartition<std::uint8_t, i32_tag<Lanes>> bytes{};
      auto most = hn::LoadU(bytes, in);
      for (int u = 0; u < rows; ++u, in += Row)
        for (int v = 0; v < columns; ++v) most = hn::Max(most, hn::LoadU(bytes, in + v * Column));
      store_first_bytes<Lanes, Channels>(hn::BitCast(i32_tag<Lanes>(), most), out);
    } else {
      for (int c = 0; c < Channels; ++c) {
        std::uint8_t most = 0;
        for (int u = 0; u < rows; ++u)
          for (int v = 0; v < columns; ++v) {
            std::uint8_t const x = in[u * Row + v * Column + c];
            most = x > most ? x : most;
          }
        out[c] = most;
      }
    }
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
