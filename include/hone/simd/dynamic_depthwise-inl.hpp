// Depthwise convolution in f32 of any shape: run-time kernels.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_DEPTHWISE_INL_HPP)
#define HONE_SIMD_DYNAMIC_DEPTHWISE_INL_HPP
#include <hone/simd/depthwise-inl.hpp>
#include <hone/simd/dynamic_conv2d-inl.hpp>
#include <hone/simd/dynamic_depthwise.hpp>
#define HONE_SELF <hone/simd/dynamic_depthwise-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// The end of depthwise tiles: W sums of channels, of which the first n are there, become results.
template <int Lanes, int W>
HWY_INLINE void finish_channels(dynamic_depthwise_form const& f, float const* addend, float* y,
                                f32_vector<Lanes> (&sum)[W], int n) {
  f32_tag<Lanes> const d;
  std::ptrdiff_t const channels = f.channels;
  if (addend != nullptr) [[unlikely]] {
    HONE_UNROLL for (int i = 0; i < W; ++i, addend += channels) sum[i] = hn::Add(sum[i], hn::LoadU(d, addend));
  }
  if (f.act.clamp.below) [[likely]] {
    f32_vector<Lanes> const low = hn::Set(d, f.act.clamp.low);
    HONE_UNROLL for (int i = 0; i < W; ++i) sum[i] = hn::Max(sum[i], low);
  }
  if (f.act.clamp.above) [[unlikely]] {
    f32_vector<Lanes> const high = hn::Set(d, f.act.clamp.high);
    HONE_UNROLL for (int i = 0; i < W; ++i) sum[i] = hn::Min(sum[i], high);
  }
  if (n >= Lanes) [[likely]] {
    HONE_UNROLL for (int i = 0; i < W; ++i, y += channels) hn::StoreU(as_sum(sum[i]), d, y);
  } else {
    HONE_UNROLL for (int i = 0; i < W; ++i, y += channels) store_some<Lanes>(sum[i], y, n);
  }
}

// A register tile of 3x3 windows: W columns of one output row. For each vector of channels all weights stay in
// registers, and every input column is loaded once, for all the outputs that see it.
template <int Lanes, class T, int W, int Stride>
struct tight_depthwise_tile {
  using vector = f32_vector<Lanes>;
  static constexpr int columns = (W - 1) * Stride + 3;

  static HWY_INLINE void add(vector& sum, vector x, vector w) { sum = as_sum(hn::MulAdd(x, w, sum)); }
  // Adds a window row, but for the first tap of the first column and the last one of the last.
  static HWY_INLINE void add_row(vector (&sum)[W], column_numbers<columns> x, vector const* weight) {
    f32_tag<Lanes> const d;
    HONE_UNROLL for (int i = 1; i < columns - 1; ++i) {
      vector const pixel = in_register(hn::LoadU(d, x.at(i)));
      HONE_UNROLL for (int v = 0; v < 3; ++v) if (i >= v && (i - v) % Stride == 0 && (i - v) / Stride < W)
          add(sum[(i - v) / Stride], pixel, weight[v]);
    }
  }
  // Adds column i of the rows that are inside: tap v of a window.
  static HWY_INLINE void add_column(vector& sum, column_numbers<columns>& x, float const* p, std::ptrdiff_t row, int i,
                                    vector const* weight, bool above, bool below) {
    f32_tag<Lanes> const d;
    x.start(p);
    float const* const q = x.at(i);
    if (above) [[likely]]
      add(sum, hn::LoadU(d, q - row), weight[0]);
    add(sum, hn::LoadU(d, q), weight[3]);
    if (below) [[likely]]
      add(sum, hn::LoadU(d, q + row), weight[6]);
  }
  static HWY_NOINLINE void run(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row,
                               depthwise_taps const& t, float const* HWY_RESTRICT from, int at, int count) noexcept {
    f32_tag<Lanes> const d;
    column_numbers<columns> x(f.channels);
    bool above = row.begin == 0, below = row.end == 3, skip_first = t.skip_first, skip_last = t.skip_last;
    std::ptrdiff_t const x_row = f.x_row, x_tile = W * f.column, y_tile = W * f.channels;
    for (int c = 0; c < f.channels; c += Lanes) {
      T const* const w = static_cast<T const*>(row.w) + c;
      vector weight[9];
      HONE_UNROLL for (int k = 0; k < 9; ++k) weight[k] = load_channels<Lanes>(w + k * f.pitch);
      vector const first = row.bias != nullptr ? hn::Load(d, row.bias + c) : hn::Zero(d);
      for (int r = 0; r < row.rows; ++r) {
        float const* p = from + c + (r * f.win.sh + 1) * x_row;
        int const to = at + c + r * f.columns * f.channels;
        float const* addend = row.addend != nullptr ? row.addend + to : nullptr;
        float* y = row.out + to;
        for (int i = count; i > 0; --i, p += x_tile, y += y_tile) {
          vector sum[W];
          HONE_UNROLL for (int k = 0; k < W; ++k) sum[k] = as_sum(first);
          x.hide_addresses();
          // Flags stay in memory: of mask registers, where g++ else keeps them, tests take the port of multiplications.
          asm("" : "+m"(above), "+m"(below), "+m"(skip_first), "+m"(skip_last));
          if (above) [[likely]]
            x.start(p - x_row), add_row(sum, x, weight);
          x.start(p), add_row(sum, x, weight + 3);
          if (below) [[likely]]
            x.start(p + x_row), add_row(sum, x, weight + 6);
          if (!skip_first) [[likely]]
            add_column(sum[0], x, p, x_row, 0, weight, above, below);
          if (!skip_last) [[likely]]
            add_column(sum[W - 1], x, p, x_row, columns - 1, weight + 2, above, below);
          finish_channels<Lanes>(f, addend, y, sum, f.channels - c);
          if (addend != nullptr) addend += y_tile;
        }
      }
    }
  }
};
// A register tile of any window: W columns of one output row, a tap after the other.
template <int Lanes, class T, int W>
struct loose_depthwise_tile {
  using vector = f32_vector<Lanes>;

  static HWY_NOINLINE void run(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row,
                               depthwise_taps const& t, float const* HWY_RESTRICT from, int at, int count) noexcept {
    f32_tag<Lanes> const d;
    column_numbers<W> x(f.column);
    for (int tile = 0; tile < row.rows * count; ++tile) {
      int const r = tile / count, i = tile % count;
      float const* const first_row = from + r * f.win.sh * f.x_row + i * W * f.column;
      int const to = at + (r * f.columns + i * W) * f.channels;
      for (int c = 0; c < f.channels; c += Lanes) {
        vector sum[W];
        vector const first = row.bias != nullptr ? hn::Load(d, row.bias + c) : hn::Zero(d);
        HONE_UNROLL for (int i = 0; i < W; ++i) sum[i] = as_sum(first);
        for (int u = row.begin; u < row.end; ++u) {
          float const* const p = first_row + u * f.x_row + c;
          T const* const w = static_cast<T const*>(row.w) + u * f.w_row + c;
          HONE_KEEP_LOOP for (int v = t.begin; v < t.end; ++v) {
            x.start(p + v * f.channels);
            x.hide_addresses();
            vector const weight = in_register(load_channels<Lanes>(w + v * f.pitch));
            HONE_UNROLL for (int i = 0; i < W; ++i) sum[i] = as_sum(hn::MulAdd(hn::LoadU(d, x.at(i)), weight, sum[i]));
          }
        }
        float const* const addend = row.addend != nullptr ? row.addend + to + c : nullptr;
        finish_channels<Lanes>(f, addend, row.out + to + c, sum, f.channels - c);
      }
    }
  }
};

// The tile of `columns` columns of 3x3 windows.
template <int Lanes, class T, int Stride, int... I>
depthwise_tile_entry tight_tile(int columns, std::integer_sequence<int, I...>) {
  static constexpr depthwise_tile_entry all[]{&tight_depthwise_tile<Lanes, T, I + 1, Stride>::run...};
  return columns > 0 && columns <= most_depthwise_columns ? all[columns - 1] : nullptr;
}
template <int Lanes, class T>
depthwise_tile_entry depthwise_tile_of(op const& o, int columns) {
  constexpr auto all = std::make_integer_sequence<int, most_depthwise_columns>();
  if (is_tight(o) && o.win.sw == 1) return tight_tile<Lanes, T, 1>(columns, all);
  if (is_tight(o)) return tight_tile<Lanes, T, 2>(columns, all);
  if (columns == loose_columns) return &loose_depthwise_tile<Lanes, T, loose_columns>::run;
  return columns == 1 ? &loose_depthwise_tile<Lanes, T, 1>::run : nullptr;
}

template <class T>
struct dynamic_depthwise {
  static HWY_INLINE void columns(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row, float const* x,
                                 int at) {
    depthwise_cut const& cut = f.cut;
    int column = 0;
    auto const tiles = [&](depthwise_tile_entry tile, int width, depthwise_taps const& t, int count) {
      if (count > 0) tile(f, row, t, x + column * f.column, at + column * f.channels, count);
      column += width * count;
    };
    auto const edges = [&](int end) {
      while (column < end) {
        nn::tap_range const t = nn::taps(column, f.win.sw, f.win.left, f.win.kw, f.in.w);
        tiles(f.one, 1, {t.begin, t.end, false, false}, 1);
      }
    };
    edges(cut.left);
    int const all = cut.cut.tiles();
    int wides = cut.cut.wides, narrows = cut.cut.narrows;
    depthwise_taps const whole{0, f.win.kw, false, false};
    if (all > 0 && cut.skip_first) {
      bool const wide = wides > 0;
      tiles(wide ? f.wide : f.narrow, wide ? cut.cut.wide : cut.cut.narrow,
            {0, f.win.kw, true, all == 1 && cut.skip_last}, 1);
      --(wide ? wides : narrows);
    }
    bool const ends = cut.skip_last && wides + narrows > 0, wide_end = ends && narrows == 0;
    tiles(f.wide, cut.cut.wide, whole, wides - (wide_end ? 1 : 0));
    tiles(f.narrow, cut.cut.narrow, whole, narrows - (ends && !wide_end ? 1 : 0));
    tiles(wide_end ? f.wide : f.narrow, wide_end ? cut.cut.wide : cut.cut.narrow, {0, f.win.kw, false, true},
          ends ? 1 : 0);
    edges(f.columns);
  }
  template <int Lanes>
  static void run(kernel_args const& a) noexcept {
    auto const& f = form_as<dynamic_depthwise_form>(a.form);
    auto const* x = static_cast<float const*>(a.in[0]);
    dynamic_depthwise_rows row{};
    row.out = static_cast<float*>(a.out);
    row.addend = f.addend < 0 ? nullptr : static_cast<float const*>(a.in[f.addend]);
    row.bias = static_cast<float const*>(a.param[slot::bias]);
    row.w = a.param[slot::weight];
    auto const taps = [&](int y) { return nn::taps(y, f.win.sh, f.win.top, f.win.kh, f.in.h); };
    for (int y = 0; y < f.rows; y += row.rows) {
      nn::tap_range const t = taps(y);
      row.begin = t.begin, row.end = t.end, row.rows = 1;
      while (y + row.rows < f.rows && row.rows < f.together && taps(y + row.rows).begin == t.begin &&
             taps(y + row.rows).end == t.end)
        ++row.rows;
      columns(f, row, x + t.from * f.x_row - f.win.left * f.channels, y * f.columns * f.channels);
    }
    finish_function(f.act, row.out, f.rows * f.columns * f.channels);
  }
  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    dynamic_depthwise_form f = depthwise_form(o, Lanes);
    nn::column_cut const& cut = f.cut.cut;
    f.wide = depthwise_tile_of<Lanes, T>(o, cut.wide), f.narrow = depthwise_tile_of<Lanes, T>(o, cut.narrow);
    f.one = &loose_depthwise_tile<Lanes, T, 1>::run;
    f.act = function_of<Lanes>(o.act);
    keep(form, f);
    bool const there = (cut.wides == 0 || f.wide != nullptr) && (cut.narrows == 0 || f.narrow != nullptr);
    return {there ? &run<Lanes> : nullptr};
  }
};
template <>
struct run_time<&depthwise_conv2d_kind, format::f32> : dynamic_depthwise<float> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
