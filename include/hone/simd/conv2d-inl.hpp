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

// Consecutive taps of a window row, [begin, end), that lie inside the input for the columns [first, last) of a tile.
struct tap_group {
  int begin{}, end{}, first{}, last{};
};
// A tile's taps in groups: one where no column sees padding, else as few as there are different ranges of columns.
template <int Taps>
struct tap_groups {
  int count{};
  tap_group at[Taps]{};
};
template <op O, int Width, int First, bool Edge>
inline constexpr tap_groups<O.win.kw> taps_of = [] {
  tap_groups<O.win.kw> g{};
  for (int v = 0; v < O.win.kw; ++v) {
    auto const seen = [&](int c) {
      int const x = (First + c) * O.win.sw - O.win.left + v;
      return !Edge || (x >= 0 && x < O.in.w);
    };
    int first = 0, last = Width;
    while (first < last && !seen(first)) ++first;
    while (first < last && !seen(last - 1)) --last;
    if (first == last) continue;
    bool const more =
        g.count > 0 && g.at[g.count - 1].end == v && g.at[g.count - 1].first == first && g.at[g.count - 1].last == last;
    if (more)
      g.at[g.count - 1].end = v + 1;
    else
      g.at[g.count++] = {v, v + 1, first, last};
  }
  return g;
}();

// A register tile: `Width` columns of one output row, times t.vectors vectors of output channels, times t.split chains.
// Taps on padding are left out, of rows by the bounds of a loop, of columns by constants: no input is copied.
template <op O, int Lanes, class Weights, int Width, int First, bool Edge>
struct conv_tile {
  static constexpr int vectors = O.t.vectors, split = O.t.split, block = vectors * Lanes;
  // Elements of the reduction in one step: whole groups, the same number for each chain.
  static constexpr int elements = split % Weights::group == 0 ? split : split * Weights::group;
  static constexpr int tap_words = ceil_div(O.in.c, Weights::group) * block;
  using word = typename Weights::word;
  using vector = f32_vector<Lanes>;
  using sums = vector[split][Width][vectors];

  // Adds `Count` elements of the reduction to the sums of the columns [C0, C1).
  template <int Count, int C0, int C1>
  static HWY_INLINE void step(sums& sum, float const* HWY_RESTRICT x, word const* HWY_RESTRICT w) {
    HONE_UNROLL for (int e = 0; e < Count; ++e) {
      vector wide[vectors];
      HONE_UNROLL for (int v = 0; v < vectors; ++v) {
        wide[v] = Weights::template load<Lanes>(w, block, e, v);
        if constexpr (C1 - C0 > 1 && Weights::group == 1) wide[v] = in_register(wide[v]);
      }
      HONE_UNROLL for (int c = C0; c < C1; ++c) {
        vector const pixel = hn::Set(f32_tag<Lanes>(), x[e + c * O.win.sw * O.in.c]);
        HONE_UNROLL for (int v = 0; v < vectors; ++v) sum[e % split][c][v] =
            as_sum(hn::MulAdd(wide[v], pixel, sum[e % split][c][v]));
      }
    }
  }
  // Adds `Length` consecutive elements. Each step's pointer is hidden from clang, which else indexes from a common
  // base: such operands are issued apart from their multiplication.
  template <int Length, int C0, int C1>
  static HWY_INLINE void reduce(sums& sum, float const* HWY_RESTRICT x, word const* HWY_RESTRICT w) {
    constexpr int whole = Length / elements * elements, words = elements / Weights::group * block;
    HONE_KEEP_LOOP for (int k = 0; k < whole; k += elements, x += elements, w += words) {
      asm("" : "+r"(x));
      step<elements, C0, C1>(sum, x, w);
    }
    if constexpr (whole < Length) step<Length - whole, C0, C1>(sum, x, w);
  }
  // Adds the taps of group G of a window row.
  template <int G>
  static HWY_INLINE void add_taps(sums& sum, float const* HWY_RESTRICT x, word const* HWY_RESTRICT w) {
    constexpr tap_group g = taps_of<O, Width, First, Edge>.at[G];
    if constexpr (O.in.c % Weights::group == 0) {
      reduce<(g.end - g.begin) * O.in.c, g.first, g.last>(sum, x + g.begin * O.in.c, w + g.begin * tap_words);
    } else {
      HONE_KEEP_LOOP for (int v = g.begin; v < g.end; ++v)
          reduce<O.in.c, g.first, g.last>(sum, x + v * O.in.c, w + v * tap_words);
    }
  }
  template <int... G>
  static HWY_INLINE void add_row(sums& sum, float const* HWY_RESTRICT x, word const* HWY_RESTRICT w,
                                 std::integer_sequence<int, G...>) {
    (add_taps<G>(sum, x, w), ...);
  }

  // x: tap (0, 0) of the first column; w: of the block that begins at `channel`; y: the output row; at: where the
  // result of the first column's `channel` goes.
  static HWY_NOINLINE void run(result<O, Lanes, block> const& to, float const* HWY_RESTRICT x,
                               word const* HWY_RESTRICT w, float const* HWY_RESTRICT bias, int y, int at, int channel) {
    f32_tag<Lanes> const d;
    sums sum;
    HONE_UNROLL for (int v = 0; v < vectors; ++v) HONE_UNROLL for (int c = 0; c < Width; ++c) {
      sum[0][c][v] = as_sum(first_sum<O, Lanes>(bias, channel + v * Lanes));
      HONE_UNROLL for (int s = 1; s < split; ++s) sum[s][c][v] = hn::Zero(d);
    }
    nn::tap_range const rows = nn::taps(y, O.win.sh, O.win.top, O.win.kh, O.in.h);
    for (int u = rows.begin; u < rows.end; ++u)
      add_row(sum, x + u * O.in.w * O.in.c, w + u * O.win.kw * tap_words,
              std::make_integer_sequence<int, taps_of<O, Width, First, Edge>.count>());
    HONE_UNROLL for (int v = 0; v < vectors; ++v) HONE_UNROLL for (int c = 0; c < Width; ++c) {
      HONE_UNROLL for (int s = 1; s < split; ++s) sum[0][c][v] = hn::Add(sum[0][c][v], sum[s][c][v]);
      to.store(as_sum(sum[0][c][v]), at + c * O.out.c + v * Lanes, channel + v * Lanes);
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
          conv_tile<O, Lanes, Weights, Width, First, Edge>::run(
              to, row + column * O.win.sw * O.in.c, w, bias, y, at + column * O.out.c, channel);
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
