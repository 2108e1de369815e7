// 2-D convolution in f32 of any shape, with weights in f32 or bf16: run-time kernels. What a register tile holds is
// constant; strides, counts and bounds, and what happens to the results, are numbers of the form.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_CONV2D_INL_HPP)
#define HONE_SIMD_DYNAMIC_CONV2D_INL_HPP
#include <hone/simd/dynamic_columns-inl.hpp>
#include <hone/simd/dynamic_conv.hpp>
#include <hone/simd/dynamic_function-inl.hpp>
#include <hone/simd/linear-inl.hpp>
#define HONE_SELF <hone/simd/dynamic_conv2d-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// A register tile: W columns times V vectors of output channels times S chains.
template <int Lanes, class Weights, int W, int V, int S>
struct dynamic_conv_tile {
  static constexpr int block = V * Lanes;
  // Elements of the reduction in one step: whole groups, the same number for each chain. More where each is little work.
  static constexpr int least = S % Weights::group == 0 ? S : S * Weights::group;
  static constexpr int elements =
      V == 1 && 4 % least == 0 && W * S + 5 <= registers ? 4
      : V == 2 && W > 1 && least == 1 && registers == 16
          ? 2
          : least;
  using word = typename Weights::word;
  using vector = f32_vector<Lanes>;
  using sums = vector[S][W][V];

  // Adds the weights of one element times its number in column c.
  static HWY_INLINE void add(sums& sum, vector const (&wide)[V], float const* x, int e, int c) {
    vector const pixel = hn::Set(f32_tag<Lanes>(), x[e]);
    HONE_UNROLL for (int v = 0; v < V; ++v) sum[e % S][c][v] = as_sum(hn::MulAdd(wide[v], pixel, sum[e % S][c][v]));
  }
  static HWY_INLINE void load(vector (&wide)[V], word const* w, int e) {
    HONE_UNROLL for (int v = 0; v < V; ++v) {
      wide[v] = Weights::template load<Lanes>(w, block, e, v);
      if constexpr (W > 1 && Weights::group == 1) wide[v] = in_register(wide[v]);
    }
  }
  // Adds N elements to the sums of the columns [C0, C1). Several of one vector column by column: multiplications then
  // read their numbers from memory by a plain address, which is one instruction where two would be too many.
  template <int N, int C0, int C1>
  static HWY_INLINE void step(sums& sum, column_numbers<W>& x, word const* HWY_RESTRICT& w) {
    vector wide[N][V];
    x.hide_addresses();
    if constexpr (V == 1 && N > 1) {
      HONE_UNROLL for (int e = 0; e < N; ++e) load(wide[e], w, e);
      HONE_UNROLL for (int c = C0; c < C1; ++c) {
        float const* p = x.at(c);
        hide(p);
        HONE_UNROLL for (int e = 0; e < N; ++e) add(sum, wide[e], p, e, c);
      }
    } else {
      HONE_UNROLL for (int e = 0; e < N; ++e) {
        load(wide[e], w, e);
        HONE_UNROLL for (int c = C0; c < C1; ++c) add(sum, wide[e], x.at(c), e, c);
      }
    }
    x.advance(N), w += ceil_div(N, Weights::group) * block;
  }
  // Adds the elements [k, end) to the sums of the columns [C0, C1): N at a time, the rest one by one.
  template <int N, int C0, int C1>
  static HWY_INLINE void add_run(sums& sum, column_numbers<W>& x, word const* HWY_RESTRICT& w, int& k, int end) {
    HONE_KEEP_LOOP for (; k + N <= end; k += N) step<N, C0, C1>(sum, x, w);
    if constexpr (N > 1) HONE_KEEP_LOOP for (; k < end; ++k) step<1, C0, C1>(sum, x, w);
  }
  // Adds the elements [k, end) of a run, of which the first column sees those from t.first on, the last one those before
  // t.last.
  static HWY_INLINE void reduce(sums& sum, column_numbers<W>& x, word const* HWY_RESTRICT w, int k, int end,
                                dynamic_taps const& t) {
    constexpr int few = (W - 1) * V < 6 ? least : 1;  // at edges: chains only where few sums are left
    if constexpr (W > 1) add_run<few, 1, W>(sum, x, w, k, t.first);
    add_run<elements, 0, W>(sum, x, w, k, W == 1 || t.last > end ? end : t.last);
    if constexpr (W > 1) add_run<few, 0, W - 1>(sum, x, w, k, end);
  }
  static HWY_NOINLINE void run(dynamic_conv_form const& f, dynamic_conv_row const& row, dynamic_taps const& t,
                               float const* HWY_RESTRICT from, int at, int count) noexcept {
    column_numbers<W> x(f.column);
    from += t.x;
    auto const* const w = static_cast<word const*>(row.w) + t.w;
    for (; count > 0; --count, from += W * f.column, at += W * f.channels) {
      sums sum;
      start(sum, row.bias);
      add_rows(sum, x, f, row.window_rows, t, from, w);
      HONE_UNROLL for (int s = 1; s < S; ++s) HONE_UNROLL for (int c = 0; c < W; ++c)
          HONE_UNROLL for (int v = 0; v < V; ++v) sum[0][c][v] = hn::Add(sum[0][c][v], sum[s][c][v]);
      if (row.channels >= block)
        finish(f, row, sum[0], at);
      else
        finish_some(f, row, sum[0], at);
    }
  }

 private:
  static HWY_INLINE void start(sums& sum, float const* bias) {
    f32_tag<Lanes> const d;
    HONE_UNROLL for (int v = 0; v < V; ++v) {
      vector const first = bias != nullptr ? hn::Load(d, bias + v * Lanes) : hn::Zero(d);
      HONE_UNROLL for (int c = 0; c < W; ++c) {
        sum[0][c][v] = as_sum(first);
        HONE_UNROLL for (int s = 1; s < S; ++s) sum[s][c][v] = hn::Zero(d);
      }
    }
  }
  static HWY_INLINE void add_rows(sums& sum, column_numbers<W>& x, dynamic_conv_form const& f, int rows,
                                  dynamic_taps const& t, float const* HWY_RESTRICT from, word const* HWY_RESTRICT w) {
    for (; rows > 0; --rows, from += f.x_row, w += f.w_row) {
      if constexpr (Weights::group == 1) {
        x.start(from);
        reduce(sum, x, w, 0, t.length, t);
      } else {
        for (int i = 0; i < t.runs; ++i) {
          x.start(from + i * f.x_tap);
          reduce(sum, x, w + i * f.w_tap, i * t.length, (i + 1) * t.length, t);
        }
      }
    }
  }
  static HWY_INLINE void finish(dynamic_conv_form const& f, dynamic_conv_row const& row, vector (&sum)[W][V], int at) {
    f32_tag<Lanes> const d;
    std::ptrdiff_t const channels = f.channels;
    if (row.addend != nullptr) {
      float const* p = row.addend + at;
      HONE_UNROLL for (int c = 0; c < W; ++c, p += channels) HONE_UNROLL for (int v = 0; v < V; ++v) sum[c][v] =
          hn::Add(sum[c][v], hn::LoadU(d, p + v * Lanes));
    }
    clamp(f.act.clamp, sum);
    float* y = row.out + at;
    HONE_UNROLL for (int c = 0; c < W; ++c, y += channels) HONE_UNROLL for (int v = 0; v < V; ++v)
        hn::StoreU(as_sum(sum[c][v]), d, y + v * Lanes);
  }
  static HWY_INLINE void clamp(clamp_bounds const& bounds, vector (&sum)[W][V]) {
    f32_tag<Lanes> const d;
    if (bounds.below) {
      vector const low = hn::Set(d, bounds.low);
      HONE_UNROLL for (int c = 0; c < W; ++c) HONE_UNROLL for (int v = 0; v < V; ++v) sum[c][v] =
          hn::Max(sum[c][v], low);
    }
    if (bounds.above) {
      vector const high = hn::Set(d, bounds.high);
      HONE_UNROLL for (int c = 0; c < W; ++c) HONE_UNROLL for (int v = 0; v < V; ++v) sum[c][v] =
          hn::Min(sum[c][v], high);
    }
  }
  // The same for the last block, some of whose channels are not there.
  static HWY_INLINE void finish_some(dynamic_conv_form const& f, dynamic_conv_row const& row, vector (&sum)[W][V],
                                     int at) {
    f32_tag<Lanes> const d;
    std::ptrdiff_t const channels = f.channels;
    if constexpr (Lanes >= 8) {  // stores by mask
      hn::Mask<f32_tag<Lanes>> there[V];
      HONE_UNROLL for (int v = 0; v < V; ++v) {
        int const n = row.channels - v * Lanes;
        there[v] = hn::FirstN(d, static_cast<std::size_t>(n > 0 ? n : 0));
      }
      if (row.addend != nullptr) {
        float const* p = row.addend + at;
        HONE_UNROLL for (int c = 0; c < W; ++c, p += channels) HONE_UNROLL for (int v = 0; v < V; ++v) sum[c][v] =
            hn::Add(sum[c][v], hn::MaskedLoad(there[v], d, p + v * Lanes));
      }
      clamp(f.act.clamp, sum);
      float* y = row.out + at;
      HONE_UNROLL for (int c = 0; c < W; ++c, y += channels) HONE_UNROLL for (int v = 0; v < V; ++v)
          hn::BlendedStore(sum[c][v], there[v], d, y + v * Lanes);
    } else {
      float all[W][block];
      HONE_UNROLL for (int c = 0; c < W; ++c) HONE_UNROLL for (int v = 0; v < V; ++v)
          hn::StoreU(as_sum(sum[c][v]), d, all[c] + v * Lanes);
      for (int c = 0; c < W; ++c, at += f.channels)
        for (int v = 0; v < row.channels; v += Lanes) {
          vector one = hn::LoadU(d, all[c] + v);
          if (row.addend != nullptr) one = hn::Add(one, hn::LoadU(d, row.addend + at + v));
          store_some<Lanes>(clamped<Lanes>(f.act.clamp, one), row.out + at + v, row.channels - v);
        }
    }
  }
};

// The compiled tile of t with `columns` columns; null: there is none.
template <int Lanes, class Weights, std::size_t... I>
conv_tile_entry find_conv_entry(tile const& t, int columns, std::index_sequence<I...>) {
  static constexpr conv_keys keys = conv_keys_for(Lanes, registers);
  static constexpr conv_tile_entry all[]{
      &dynamic_conv_tile<Lanes, Weights, keys[I].columns, keys[I].vectors, keys[I].chains>::run...};
  int const at = find_conv_tile(keys, t, columns);
  return at < 0 ? nullptr : all[at];
}
template <int Lanes, class Weights>
conv_tile_entry find_conv_entry(tile const& t, int columns) {
  return find_conv_entry<Lanes, Weights>(
      t, columns, std::make_index_sequence<conv_keys_for(Lanes, registers).size()>());
}

template <class Weights>
struct dynamic_conv {
  // One column that sees padding, by itself.
  static HWY_NOINLINE void edge(dynamic_conv_form const& f, dynamic_conv_row const& row, float const* x, int column,
                                int at) noexcept {
    nn::tap_range const t = nn::taps(column, f.win.sw, f.win.left, f.win.kw, f.in.w);
    f.one(f, row, some_taps(f, t.begin, t.end), x + column * f.column, at + column * f.channels, 1);
  }
  static HWY_INLINE void columns(dynamic_conv_form const& f, dynamic_conv_row const& row, float const* x, int at) {
    nn::column_cut const& cut = f.cut.cut;
    int at_column = 0;
    auto const tiles = [&](bool wide, dynamic_taps const& t, int count) {
      if (count < 1) return;
      (wide ? f.wide : f.narrow)(f, row, t, x + at_column * f.column, at + at_column * f.channels, count);
      at_column += count * (wide ? cut.wide : cut.narrow);
    };
    if (f.cut.edges && cut.tiles() == 1) return tiles(cut.wides == 1, f.only, 1);
    int const first = f.cut.edges ? 1 : 0, last = f.cut.edges || f.cut.overlap ? 1 : 0;  // tiles by themselves
    bool const narrow_first = cut.wides == 0, wide_last = cut.narrows == 0;
    for (; at_column < f.cut.left; ++at_column) edge(f, row, x, at_column, at);
    tiles(!narrow_first, f.first, first);
    tiles(true, f.inner, cut.wides - (narrow_first ? 0 : first) - (wide_last ? last : 0));
    tiles(false, f.inner, cut.narrows - (narrow_first ? first : 0) - (wide_last ? 0 : last));
    if (f.cut.overlap) at_column = f.columns - f.cut.right - cut.wide;
    tiles(wide_last, f.last, last);
    for (; at_column < f.columns; ++at_column) edge(f, row, x, at_column, at);
  }
  template <int Lanes>
  static void run(kernel_args const& a) noexcept {
    auto const& f = form_as<dynamic_conv_form>(a.form);
    auto const* x = static_cast<float const*>(a.in[0]);
    auto const* w = static_cast<typename Weights::word const*>(a.param[slot::weight]);
    dynamic_conv_row row{};
    row.out = static_cast<float*>(a.out);
    row.addend = f.addend < 0 ? nullptr : static_cast<float const*>(a.in[f.addend]);
    row.bias = static_cast<float const*>(a.param[slot::bias]);
    for (int channel = 0; channel < f.channels; channel += f.block, w += f.w_block) {
      row.channels = f.channels - channel;
      for (int y = 0; y < f.rows; ++y) {
        nn::tap_range const rows = nn::taps(y, f.win.sh, f.win.top, f.win.kh, f.in.h);
        row.window_rows = rows.end - rows.begin, row.w = w + rows.begin * f.w_row;
        columns(f, row, x + (rows.from + rows.begin) * f.x_row - f.win.left * f.x_tap,
                y * f.columns * f.channels + channel);
      }
      if (row.bias != nullptr) row.bias += f.block;
    }
    finish_function(f.act, row.out, f.rows * f.columns * f.channels);
  }
  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    dynamic_conv_form f = conv_form(o, Lanes, registers, Weights::group);
    nn::column_cut const& cut = f.cut.cut;
    f.wide = cut.wides > 0 ? find_conv_entry<Lanes, Weights>(o.t, cut.wide) : nullptr;
    f.narrow = cut.narrows > 0 ? find_conv_entry<Lanes, Weights>(o.t, cut.narrow) : nullptr;
    f.one = find_conv_entry<Lanes, Weights>(o.t, 1);
    bool const there = f.cut.there && (f.cut.left + f.cut.right == 0 || f.one != nullptr);
    f.act = function_of<Lanes>(o.act);
    keep(form, f);
    return {there ? &run<Lanes> : nullptr};
  }
};
template <>
struct run_time<&conv2d_kind, format::f32> : dynamic_conv<f32_weights> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
