// Depthwise convolution in f32 of any shape: run-time kernels.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_DEPTHWISE_INL_HPP)
#define HONE_SIMD_DYNAMIC_DEPTHWISE_INL_HPP
#include <hone/simd/depthwise-inl.hpp>
#include <hone/simd/dynamic_columns-inl.hpp>
#include <hone/simd/dynamic_depthwise.hpp>
#include <hone/simd/dynamic_function-inl.hpp>
#define HONE_SELF <hone/simd/dynamic_depthwise-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// The end of depthwise tiles: sums of `columns` columns, of whose channels the first n are there, become results at y.
template <int Lanes>
HWY_NOINLINE void finish_columns(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row, float const* sums,
                                 int columns, float* y, int n) noexcept {
  f32_tag<Lanes> const d;
  for (int i = 0; i < columns; ++i, sums += Lanes, y += f.channels) {
    f32_vector<Lanes> sum = hn::LoadU(d, sums);
    if (row.addend != nullptr) sum = hn::Add(sum, hn::LoadU(d, row.addend + (y - row.out)));
    store_some<Lanes>(clamped<Lanes>(f.act.clamp, sum), y, n);
  }
}
// The same for sums in registers; y's columns are as far apart as `steps` says.
template <int Lanes, int W, class Steps>
HWY_INLINE void finish_channels(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row, Steps const& steps,
                                float* y, f32_vector<Lanes> (&sum)[W], int n) {
  f32_tag<Lanes> const d;
  if (f.end == depthwise_end::other || (Lanes < 8 && n < Lanes)) [[unlikely]] {
    alignas(Lanes * 4) float all[W * Lanes];
    HONE_UNROLL for (int i = 0; i < W; ++i) hn::Store(sum[i], d, all + i * Lanes);
    return finish_columns<Lanes>(f, row, all, W, y, n);
  }
  if (f.end != depthwise_end::nothing) [[likely]] {
    f32_vector<Lanes> const low = hn::Set(d, f.act.clamp.low);
    HONE_UNROLL for (int i = 0; i < W; ++i) sum[i] = hn::Max(sum[i], low);
    if (f.end == depthwise_end::clip) [[unlikely]] {
      f32_vector<Lanes> const high = hn::Set(d, f.act.clamp.high);
      HONE_UNROLL for (int i = 0; i < W; ++i) sum[i] = hn::Min(sum[i], high);
    }
  }
  if (n >= Lanes) [[likely]] {
    HONE_UNROLL for (int i = 0; i < W; ++i) hn::StoreU(as_sum(sum[i]), d, steps.at(y, i));
  } else if constexpr (Lanes >= 8) {
    auto const there = hn::FirstN(d, static_cast<std::size_t>(n));
    HONE_UNROLL for (int i = 0; i < W; ++i) hn::BlendedStore(sum[i], there, d, steps.at(y, i));
  }
}

// A register tile of 3x3 windows: W columns of one output row. Each window row holds its weights in registers and loads
// every input column once, for all the outputs that see it. Padding is left out by branches.
template <int Lanes, class T, int Stride, int W>
struct tight_depthwise_tile {
  using vector = f32_vector<Lanes>;
  static constexpr int columns = (W - 1) * Stride + 3;
  using steps = column_steps<columns>;

  static HWY_INLINE void add(vector& sum, vector x, vector w) { sum = as_sum(hn::MulAdd(x, w, sum)); }
  // Adds a window row, but for the first tap of the first column and the last one of the last. p: its first column.
  static HWY_INLINE void add_row(vector (&sum)[W], steps& x, float const* p, T const* w) {
    f32_tag<Lanes> const d;
    hide(p), x.hide_steps();
    vector weight[3];
    HONE_UNROLL for (int v = 0; v < 3; ++v) weight[v] = in_register(load_channels<Lanes>(w + v * Lanes));
    HONE_UNROLL for (int i = 1; i < columns - 1; ++i) {
      vector const pixel = in_register(hn::LoadU(d, x.at(p, i)));
      HONE_UNROLL for (int v = 0; v < 3; ++v) if (i >= v && (i - v) % Stride == 0 && (i - v) / Stride < W)
          add(sum[(i - v) / Stride], pixel, weight[v]);
    }
  }
  // All channels of one tile. p: the first column's window in the middle row; to: where the first column's results go.
  static HWY_INLINE void run_one(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row,
                                 depthwise_taps const& t, steps& x, float const* HWY_RESTRICT p, int to) {
    f32_tag<Lanes> const d;
    auto const* HWY_RESTRICT w = static_cast<T const*>(row.w);
    auto const* bias = row.bias;
    float* HWY_RESTRICT y = row.out + to;
    std::ptrdiff_t const x_row = f.x_row;
    bool above = row.begin == 0, below = row.end == 3, first = t.begin == 0, last = t.end == 3;
    // Adds tap v, in the input's column c, of each row.
    auto const add_column = [&](vector & sum, int c, int v) __attribute__((always_inline)) {
      float const* const q = x.at(p, c);
      T const* const u = w + v * Lanes;
      if (above) [[likely]]
        add(sum, hn::LoadU(d, q - x_row), load_channels<Lanes>(u));
      add(sum, hn::LoadU(d, q), load_channels<Lanes>(u + 3 * Lanes));
      if (below) [[likely]]
        add(sum, hn::LoadU(d, q + x_row), load_channels<Lanes>(u + 6 * Lanes));
    };
    for (int left = f.channels; left > 0; left -= Lanes, p += Lanes, y += Lanes, w += 9 * Lanes) {
      vector sum[W];
      vector const start = hn::Load(d, bias);
      HONE_UNROLL for (int k = 0; k < W; ++k) sum[k] = as_sum(start);
      // Flags stay in memory: of mask registers, where g++ else keeps them, tests take the port of multiplications.
      asm("" : "+m"(above), "+m"(below), "+m"(first), "+m"(last));
      if (above) [[likely]]
        add_row(sum, x, p - x_row, w);
      add_row(sum, x, p, w + 3 * Lanes);
      if (below) [[likely]]
        add_row(sum, x, p + x_row, w + 6 * Lanes);
      x.hide_steps();
      if (first) [[likely]]
        add_column(sum[0], 0, 0);
      if (last) [[likely]]
        add_column(sum[W - 1], columns - 1, 2);
      finish_channels<Lanes>(f, row, x, y, sum, left);
      bias += row.bias_step;
    }
  }
  static HWY_NOINLINE void run(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row,
                               depthwise_taps const& t, float const* HWY_RESTRICT from, int at, int count) noexcept {
    steps x(f.channels);
    from += f.x_row;
    for (int r = 0; r < row.rows; ++r, from += f.win.sh * f.x_row, at += f.columns * f.channels)
      for (int i = 0; i < count; ++i) run_one(f, row, t, x, from + i * W * f.column, at + i * W * f.channels);
  }
};
// A register tile of any window: W columns of one output row, a tap after the other.
template <int Lanes, class T, int W>
struct loose_depthwise_tile {
  using vector = f32_vector<Lanes>;

  static HWY_NOINLINE void run(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row,
                               depthwise_taps const& t, float const* HWY_RESTRICT from, int at, int count) noexcept {
    f32_tag<Lanes> const d;
    column_steps<W> x(f.column);
    column_steps<W> const y(f.channels);
    for (int tile = 0; tile < row.rows * count; ++tile) {
      int const r = tile / count, i = tile % count;
      float const* const first_row = from + r * f.win.sh * f.x_row + i * W * f.column;
      int const to = at + (r * f.columns + i * W) * f.channels;
      T const* w = static_cast<T const*>(row.w);
      float const* bias = row.bias;
      for (int c = 0; c < f.channels; c += Lanes, w += f.win.taps() * Lanes) {
        vector sum[W];
        vector const first = hn::Load(d, bias);
        HONE_UNROLL for (int i = 0; i < W; ++i) sum[i] = as_sum(first);
        for (int u = row.begin; u < row.end; ++u) {
          float const* p = first_row + u * f.x_row + t.begin * f.channels + c;
          T const* q = w + (u * f.win.kw + t.begin) * Lanes;
          HONE_KEEP_LOOP for (int v = t.begin; v < t.end; ++v, p += f.channels, q += Lanes) {
            x.hide_steps(), hide(p);
            vector const weight = in_register(load_channels<Lanes>(q));
            HONE_UNROLL for (int i = 0; i < W; ++i) sum[i] =
                as_sum(hn::MulAdd(hn::LoadU(d, x.at(p, i)), weight, sum[i]));
          }
        }
        finish_channels<Lanes>(f, row, y, row.out + to + c, sum, f.channels - c);
        bias += row.bias_step;
      }
    }
  }
};

// The tight tile of `columns` columns.
template <int Lanes, class T, int Stride, int... I>
depthwise_tile_entry find_tight(int columns, std::integer_sequence<int, I...>) {
  static constexpr depthwise_tile_entry all[]{&tight_depthwise_tile<Lanes, T, Stride, I + 1>::run...};
  return all[columns - 1];
}
template <int Lanes, class T>
depthwise_tile_entry find_tight(op const& o, int columns) {
  constexpr auto all = std::make_integer_sequence<int, most_tight_columns>();
  return o.win.sw == 1 ? find_tight<Lanes, T, 1>(columns, all) : find_tight<Lanes, T, 2>(columns, all);
}

template <class T>
struct dynamic_depthwise {
  static HWY_INLINE void columns(dynamic_depthwise_form const& f, dynamic_depthwise_rows const& row, float const* x,
                                 int at) {
    int column = 0;
    auto const tiles = [&](depthwise_tile_entry tile, int width, depthwise_taps const& t, int count) {
      if (count > 0) tile(f, row, t, x + column * f.column, at + column * f.channels, count);
      column += width * count;
    };
    auto const edges = [&](int end) {
      while (column < end) {
        nn::tap_range const t = nn::taps(column, f.win.sw, f.win.left, f.win.kw, f.in.w);
        tiles(f.one, 1, {t.begin, t.end}, 1);
      }
    };
    edges(f.left);
    for (depthwise_span const& s : f.spans) tiles(s.tile, s.width, s.taps, s.count);
    edges(f.columns);
  }
  template <int Lanes>
  static void run(kernel_args const& a) noexcept {
    auto const& f = form_as<dynamic_depthwise_form>(a.form);
    auto const* x = static_cast<float const*>(a.in[0]);
    dynamic_depthwise_rows row{};
    row.out = static_cast<float*>(a.out);
    row.addend = f.addend < 0 ? nullptr : static_cast<float const*>(a.in[f.addend]);
    alignas(64) float const zeros[Lanes]{};
    auto const* const bias = static_cast<float const*>(a.param[slot::bias]);
    row.bias = bias != nullptr ? bias : zeros, row.bias_step = bias != nullptr ? Lanes : 0;
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
  // The spans of a row of tight tiles: the first tile, those of the wider and the narrower kind, the last one.
  template <int Lanes>
  static void cut_tightly(op const& o, dynamic_depthwise_form& f) {
    nn::column_cut const cut = nn::cut_columns(o.out.w, o.t.cols);
    int const last = cut.tiles() - 1;
    bool const padded = beyond(o.out.w, o.win.sw, o.win.left, 3, o.in.w) == 1;
    auto const span = [&](int first, int end) -> depthwise_span {
      if (first >= end) return {};
      depthwise_taps const t{first == 0 && o.win.left == 1 ? 1 : 0, end > last && padded ? 2 : 3};
      return {find_tight<Lanes, T>(o, cut.width(first)), cut.width(first), end - first, t};
    };
    int const wides = cut.wides < 1 ? 1 : cut.wides < last ? cut.wides : last;
    f.spans[0] = span(0, 1), f.spans[1] = span(1, wides), f.spans[2] = span(wides < 1 ? 1 : wides, last);
    f.spans[3] = span(last > 0 ? last : 1, last + 1);
  }
  template <int Lanes>
  static void cut_loosely(op const& o, dynamic_depthwise_form& f) {
    int const n = o.out.w, padded = ceil_div(o.win.left, o.win.sw);
    int const more = beyond(n, o.win.sw, o.win.left, o.win.kw, o.in.w), right = more > 0 ? ceil_div(more, o.win.sw) : 0;
    f.left = padded < n ? padded : n;
    int const inner = n - f.left - (right < n - f.left ? right : n - f.left);
    depthwise_taps const all{0, o.win.kw};
    f.spans[0] = {&loose_depthwise_tile<Lanes, T, loose_columns>::run, loose_columns, inner / loose_columns, all};
    f.spans[1] = {f.one, 1, inner % loose_columns, all};
  }
  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    dynamic_depthwise_form f = depthwise_form(o, Lanes);
    f.one = &loose_depthwise_tile<Lanes, T, 1>::run;
    if (is_tight(o))
      cut_tightly<Lanes>(o, f);
    else
      cut_loosely<Lanes>(o, f);
    f.act = function_of<Lanes>(o.act);
    f.end = o.addend >= 0        ? depthwise_end::other
            : f.act.clamp.above  ? depthwise_end::clip
            : !f.act.clamp.below ? depthwise_end::nothing
                                 : depthwise_end::raise;
    keep(form, f);
    return {&run<Lanes>};
  }
};
template <>
struct run_time<&depthwise_conv2d_kind, format::f32> : dynamic_depthwise<float> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
