// 2-D convolution in f32, with weights in f32 or bf16.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_CONV2D_INL_HPP)
#define HONE_SIMD_CONV2D_INL_HPP
#include <hone/nn/conv2d.hpp>
#include <hone/nn/float_conv.hpp>
#include <hone/simd/linear-inl.hpp>
#define HONE_SELF <hone/simd/conv2d-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// A register tile: `Width` columns of one output row, times t.vectors vectors of output channels, times t.split chains.
// Tiles at an edge skip the taps on padding: rows by the bounds of a loop, columns by comparing the tap with constants,
// so that the code of the innermost loop is there once (compile time) and no input is copied.
template <op O, int Lanes, class Weights, int Width, int First, bool Edge>
struct conv_tile {
  static constexpr int vectors = O.t.vectors, split = O.t.split, block = vectors * Lanes;
  static constexpr int elements = split > Weights::group ? split : Weights::group;  // of the reduction in one step
  static_assert(elements % Weights::group == 0, "hone: a split of bf16 weights is even, or 1");
  using vector = f32_vector<Lanes>;
  using sums = vector[split][Width][vectors];

  // The taps of a window row that column c sees: [lo, hi).
  struct bounds {
    int lo[Width]{}, hi[Width]{};
  };
  static constexpr bounds seen = [] {
    bounds b{};
    for (int c = 0; c < Width; ++c) {
      nn::tap_range const t = nn::taps(First + c, O.win.sw, O.win.left, O.win.kw, O.in.w);
      b.lo[c] = Edge ? t.begin : 0, b.hi[c] = Edge ? t.end : O.win.kw;
    }
    return b;
  }();

  // Adds `Count` elements of the reduction to all sums.
  template <int Count>
  static HWY_INLINE void step(sums& sum, float const* HWY_RESTRICT x, typename Weights::word const* HWY_RESTRICT w, int tap) {
    HONE_UNROLL for (int e = 0; e < Count; ++e) {
      vector wide[vectors];
      HONE_UNROLL for (int v = 0; v < vectors; ++v) wide[v] = Weights::template load<Lanes>(w, block, e, v);
      HONE_UNROLL for (int c = 0; c < Width; ++c) {
        if (seen.lo[c] > 0 && tap < seen.lo[c]) continue;
        if (seen.hi[c] < O.win.kw && tap >= seen.hi[c]) continue;
        vector const pixel = hn::Set(f32_tag<Lanes>(), x[e + c * O.win.sw * O.in.c]);
        HONE_UNROLL for (int v = 0; v < vectors; ++v)
          sum[e % split][c][v] = hn::MulAdd(wide[v], pixel, sum[e % split][c][v]);
      }
    }
  }
  // Adds `Length` consecutive elements. Each step's pointer is hidden from clang, which else indexes from a common base:
  // such operands are issued apart from their multiplication.
  template <int Length>
  static HWY_INLINE void reduce(sums& sum, float const* HWY_RESTRICT x, typename Weights::word const* HWY_RESTRICT w, int tap) {
    constexpr int whole = Length / elements * elements, words = elements / Weights::group * block;
    HONE_KEEP_LOOP for (int k = 0; k < whole; k += elements, x += elements, w += words) {
      asm("" : "+r"(x));
      step<elements>(sum, x, w, tap);
    }
    if constexpr (whole < Length) step<Length - whole>(sum, x, w, tap);
  }

  // x: tap (0, 0) of the first column; w: of the block that begins at `channel`; y: the output row; at: where the result of
  // the first column's `channel` goes.
  static HWY_NOINLINE void run(result<O, Lanes, block> const& to, float const* HWY_RESTRICT x,
                               typename Weights::word const* HWY_RESTRICT w, float const* HWY_RESTRICT bias, int y, int at, int channel) {
    f32_tag<Lanes> const d;
    sums sum;
    HONE_UNROLL for (int v = 0; v < vectors; ++v)
      HONE_UNROLL for (int c = 0; c < Width; ++c) {
        sum[0][c][v] = first_sum<O, Lanes>(bias, channel + v * Lanes);
        HONE_UNROLL for (int s = 1; s < split; ++s) sum[s][c][v] = hn::Zero(d);
      }
    constexpr int tap_words = ceil_div(O.in.c, Weights::group) * block;
    nn::tap_range const rows = nn::taps(y, O.win.sh, O.win.top, O.win.kh, O.in.h);
    for (int u = rows.begin; u < rows.end; ++u) {
      float const* HWY_RESTRICT xu = x + u * O.in.w * O.in.c;
      typename Weights::word const* HWY_RESTRICT wu = w + u * O.win.kw * tap_words;
      if constexpr (Edge || O.in.c % Weights::group != 0) {
        HONE_KEEP_LOOP for (int v = 0; v < O.win.kw; ++v) reduce<O.in.c>(sum, xu + v * O.in.c, wu + v * tap_words, v);
      } else {
        reduce<O.win.kw * O.in.c>(sum, xu, wu, 0);
      }
    }
    HONE_UNROLL for (int v = 0; v < vectors; ++v)
      HONE_UNROLL for (int c = 0; c < Width; ++c) {
        HONE_UNROLL for (int s = 1; s < split; ++s) sum[0][c][v] = hn::Add(sum[0][c][v], sum[s][c][v]);
        to.store(sum[0][c][v], at + c * O.out.c + v * Lanes, channel + v * Lanes);
      }
  }
};

template <class Weights>
struct convolution {
  template <op Original, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    constexpr op O = nn::as_rows(Original);
    constexpr nn::column_cut cut = nn::float_columns(O);
    constexpr int block = O.t.vectors * Lanes, words = O.win.taps() * ceil_div(O.in.c, Weights::group) * block;
    constexpr bool left = O.win.left > 0, right = nn::passes_right_edge(O);
    auto const* x = static_cast<float const*>(a.in[0]);
    auto const* w = static_cast<typename Weights::word const*>(a.param[slot::weight]);
    auto const* bias = static_cast<float const*>(a.param[slot::bias]);
    result<O, Lanes, block> const to(a);
    for (int channel = 0; channel < O.out.c; channel += block, w += words)
      for (int y = 0; y < O.out.h; ++y) {
        float const* const row = x + ((y * O.win.sh - O.win.top) * O.in.w - O.win.left) * O.in.c;
        int const at = y * O.out.w * O.out.c + channel;
        over_columns<cut, left, right>([&]<int Width, int First, bool Edge>(int column) __attribute__((always_inline)) {
          conv_tile<O, Lanes, Weights, Width, First, Edge>::run(to, row + column * O.win.sw * O.in.c, w, bias, y,
                                                               at + column * O.out.c, channel);
        });
      }
  }
};
template <>
struct kernel<&conv2d_kind, format::f32> : convolution<f32_weights> {};
template <>
struct kernel<&conv2d_kind, format::bf16> : convolution<bf16_weights> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
