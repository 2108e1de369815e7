// Depthwise convolution in f32, with weights in f32 or bf16.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DEPTHWISE_INL_HPP)
#define HONE_SIMD_DEPTHWISE_INL_HPP
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/float_depthwise.hpp>
#include <hone/simd/linear-inl.hpp>
#define HONE_SELF <hone/simd/depthwise-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// A vector of weights, in f32 or bf16.
template <int Lanes, class T>
HWY_INLINE f32_vector<Lanes> load_channels(T const* w) {
  f32_tag<Lanes> const d;
  if constexpr (sizeof(T) == 4) {
    return hn::Load(d, w);
  } else {
    hn::CappedTag<std::uint32_t, Lanes> const wide;
    hn::Rebind<std::uint16_t, decltype(wide)> const narrow;
    return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(wide, hn::LoadU(narrow, w))));
  }
}

// A register tile: `Width` columns of one output row. Each window row holds its weights in registers and loads every
// input column once, for all the outputs that see it. Columns of padding are left out by constants, rows by the loop's
// bounds.
template <op O, int Lanes, class T, int Width, int First, bool Edge>
struct depthwise_tile {
  static constexpr int channels = O.out.c, taps = O.win.kw, stride = O.win.sw;
  static constexpr int columns = (Width - 1) * stride + taps;  // of the input that the tile sees
  using vector = f32_vector<Lanes>;

  static constexpr bool inside(int column) {
    int const x = First * stride - O.win.left + column;
    return !Edge || (x >= 0 && x < O.in.w);
  }
  static HWY_INLINE void add_row(vector (&sum)[Width], float const* HWY_RESTRICT x, T const* HWY_RESTRICT w) {
    vector weight[taps];
    HONE_UNROLL for (int v = 0; v < taps; ++v) weight[v] = load_channels<Lanes>(w + v * Lanes);
    HONE_UNROLL for (int i = 0; i < columns; ++i) {
      if (!inside(i)) continue;
      vector const pixel = in_register(hn::LoadU(f32_tag<Lanes>(), x + i * channels));
      HONE_UNROLL for (int v = 0; v < taps; ++v) if (i >= v && (i - v) % stride == 0 && (i - v) / stride < Width)
          sum[(i - v) / stride] = as_sum(hn::MulAdd(pixel, weight[v], sum[(i - v) / stride]));
    }
  }
  // x: tap (0, 0) of the first column; y: the output row; at: where the first column's result goes.
  static HWY_NOINLINE void run(result<O, Lanes, Lanes> const& to, float const* HWY_RESTRICT x, T const* HWY_RESTRICT w,
                               float const* HWY_RESTRICT bias, int y, int at) {
    nn::tap_range const rows = nn::taps(y, O.win.sh, O.win.top, O.win.kh, O.in.h);
    for (int c = 0; c < channels; c += Lanes, w += O.win.taps() * Lanes) {
      vector sum[Width];
      HONE_UNROLL for (int i = 0; i < Width; ++i) sum[i] = as_sum(first_sum<O, Lanes>(bias, c));
      HONE_KEEP_LOOP for (int u = rows.begin; u < rows.end; ++u)
          add_row(sum, x + u * O.in.w * channels + c, w + u * taps * Lanes);
      HONE_UNROLL for (int i = 0; i < Width; ++i) to.store(as_sum(sum[i]), at + i * channels + c, c);
    }
  }
};

template <class T>
struct depthwise {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    constexpr nn::column_cut cut = nn::float_columns(O);
    constexpr bool left = O.win.left > 0, right = nn::passes_right_edge(O);
    auto const* x = static_cast<float const*>(a.in[0]);
    auto const* w = static_cast<T const*>(a.param[slot::weight]);
    auto const* bias = static_cast<float const*>(a.param[slot::bias]);
    result<O, Lanes, Lanes> const to(a);
    for (int y = 0; y < O.out.h; ++y) {
      float const* const row = x + ((y * O.win.sh - O.win.top) * O.in.w - O.win.left) * O.in.c;
      over_columns<cut, left, right>([&]<int Width, int First, bool Edge>(int column) __attribute__((always_inline)) {
        depthwise_tile<O, Lanes, T, Width, First, Edge>::run(
            to, row + column * O.win.sw * O.in.c, w, bias, y, (y * O.out.w + column) * O.out.c);
      });
    }
  }
};
template <>
struct kernel<&depthwise_conv2d_kind, format::f32> : depthwise<float> {};
template <>
struct kernel<&depthwise_conv2d_kind, format::bf16> : depthwise<std::uint16_t> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
