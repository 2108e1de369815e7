// Convolutions and dense layers of u8 activations with i8 weights, of any shape: run-time kernels. What a register tile
// holds, and whether products of neighbours fit 16 bits, are constants; strides, counts and bounds, and what becomes of
// the accumulators, are numbers of the form. A window row is a run of dwords, so that channels and taps are one count.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_CONV_INT8_INL_HPP)
#define HONE_SIMD_DYNAMIC_CONV_INT8_INL_HPP
#include <hone/simd/dynamic_bind-inl.hpp>
#include <hone/simd/dynamic_conv_int8.hpp>
#include <hone/simd/int8_dot-inl.hpp>
#include <hone/simd/int8_result-inl.hpp>
#define HONE_SELF <hone/simd/dynamic_conv_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// The two ways from accumulators to bytes; the general one serves every zero point.
inline constexpr result_form biased_result{dtype::u8, 0, false}, general_result{dtype::u8, 1, true};
inline constexpr bool has_bias_trick = by_bias(biased_result);

// The dwords of W columns that lie `step` bytes apart. Addresses need few registers: a pointer to every ninth column and
// the odd multiples of the step under 9, which addressing modes double.
template <int W>
class column_dwords {
 public:
  HWY_INLINE column_dwords(std::uint8_t const* x, std::ptrdiff_t step)
      : step1_(step), step3_(step * 3), step5_(step * 5), step7_(step * 7) {
    HONE_UNROLL for (int i = 0; i < pointers; ++i) p_[i] = x + i * 9 * step;
  }
  // Hides from the compiler what it knows of them: it else keeps every address in a register of its own, and spills.
  HWY_INLINE void hide() {
    HONE_UNROLL for (int i = 0; i < pointers; ++i) asm("" : "+r"(p_[i]));
    if constexpr (W > 1) asm("" : "+r"(step1_));
    if constexpr (W > 3) asm("" : "+r"(step3_));
    if constexpr (W > 5) asm("" : "+r"(step5_));
    if constexpr (W > 7) asm("" : "+r"(step7_));
  }
  // Dword q of column c.
  HWY_INLINE std::uint8_t const* at(int c, int q) const {
    std::ptrdiff_t const offsets[]{0, step1_, step1_ * 2, step3_, step1_ * 4, step5_, step3_ * 2, step7_, step1_ * 8};
    return p_[c / 9] + q * 4 + offsets[c % 9];
  }
  HWY_INLINE void advance(int dwords) {
    HONE_UNROLL for (int i = 0; i < pointers; ++i) p_[i] += dwords * 4;
  }

 private:
  static constexpr int pointers = ceil_div(W, 9);
  std::uint8_t const* p_[pointers];
  std::ptrdiff_t step1_, step3_, step5_, step7_;
};

// A register tile: W columns times N vectors of output channels times S chains.
template <int Lanes, bool PairsFit, int W, int N, int S>
struct int8_dynamic_tile {
  static constexpr int block = N * Lanes, pieces = W * N;
  using V = i32_vector<Lanes>;
  using dots = byte_dots<Lanes, PairsFit>;
  using sums = V[S][W][N];

  static HWY_NOINLINE void run(int8_conv_form const& f, int8_conv_row const& row, int8_groups const& groups,
                               std::uint8_t const* x, int at) noexcept {
    sums acc;
    std::int32_t const* init = row.init;
    HONE_UNROLL for (int c = 0; c < W; ++c, init += row.init_step) HONE_UNROLL for (int v = 0; v < N; ++v) {
      acc[0][c][v] = load_dwords<Lanes>(init + v * Lanes);
      HONE_UNROLL for (int s = 1; s < S; ++s) acc[s][c][v] = hn::Zero(i32_tag<Lanes>());
    }
    std::int8_t const* w = row.w;
    for (int u = 0; u < row.window_rows; ++u, x += f.x_row, w += f.w_row)
      for (int8_dwords const *g = groups.at, *const end = g + groups.count; g != end; ++g)
        reduce(acc, x + g->x, w + g->w, g->count, f.column, g->skip_first, g->skip_last);
    HONE_UNROLL for (int s = 1; s < S; ++s) HONE_UNROLL for (int c = 0; c < W; ++c) {
      HONE_UNROLL for (int v = 0; v < N; ++v) acc[0][c][v] = hn::Add(acc[0][c][v], acc[s][c][v]);
    }
    if constexpr (W == 1)
      if (f.result.f32) return store_f32(row, acc[0][0], at);
    if (has_bias_trick && f.result.by_bias)
      scale<biased_result>(row, acc[0]);
    else
      scale<general_result>(row, acc[0]);
    store(f, row, acc[0], at);
  }

 private:
  template <int Count>
  static HWY_INLINE void step(sums& acc, column_dwords<W> const& x, std::int8_t const* w, bool skip_first,
                              bool skip_last) {
    HONE_UNROLL for (int q = 0; q < Count; ++q) {
      typename dots::operand weight[N];
      HONE_UNROLL for (int v = 0; v < N; ++v) weight[v] = dots::weights(load_dwords<Lanes>(w + (q * N + v) * Lanes * 4));
      auto const add = [&](int c) __attribute__((always_inline)) {
        auto const dword = dots::activations(broadcast<Lanes>(x.at(c, q)));
        HONE_UNROLL for (int v = 0; v < N; ++v) acc[q][c][v] = dots::add(acc[q][c][v], dword, weight[v]);
      };
      if (W == 1 || !skip_first) add(0);
      HONE_UNROLL for (int c = 1; c < W - 1; ++c) add(c);
      if constexpr (W > 1)
        if (!skip_last) add(W - 1);
      HONE_UNROLL for (int c = 0; c < W; ++c) HONE_UNROLL for (int v = 0; v < N; ++v) pin(acc[q][c][v]);
    }
  }
  static HWY_INLINE void reduce(sums& acc, std::uint8_t const* from, std::int8_t const* w, int dwords,
                                std::ptrdiff_t column, bool skip_first, bool skip_last) {
    column_dwords<W> x(from, column);
    HONE_KEEP_LOOP for (; dwords >= S; dwords -= S) {
      x.hide();
      step<S>(acc, x, w, skip_first, skip_last);
      x.advance(S), w += S * block * 4;
    }
    if constexpr (S > 1) HONE_KEEP_LOOP for (; dwords > 0; --dwords) {
        x.hide();
        step<1>(acc, x, w, skip_first, skip_last);
        x.advance(1), w += block * 4;
      }
  }

  // Accumulators become results, not yet clamped to bytes.
  template <result_form R>
  static HWY_INLINE void scale(int8_conv_row const& row, V (&acc)[W][N]) {
    constexpr f32_tag<Lanes> d{};
    HONE_UNROLL for (int v = 0; v < N; ++v) {
      scale_vectors<Lanes> const s{hn::Load(d, row.scale + v * Lanes), hn::Load(d, row.offset + v * Lanes)};
      HONE_UNROLL for (int c = 0; c < W; ++c) acc[c][v] = scaled<R, Lanes>(acc[c][v], s);
    }
  }
  static HWY_INLINE void store(int8_conv_form const& f, int8_conv_row const& row, V const (&acc)[W][N], int at) {
    alignas(64) std::uint8_t all[round_up(pieces, 4) * Lanes];
    bool const whole = row.channels >= block;
    bool const direct = whole && (N == 4 || (f.channels == block && pieces % 4 == 0));
    std::uint8_t *const q = row.out + at, *to = direct ? q : all;
    int const pitch = N == 4 && direct ? f.channels : 4 * Lanes;
    HONE_UNROLL for (int i = 0; i < pieces; i += 4, to += pitch) {
      V part[4];
      HONE_UNROLL for (int k = 0; k < 4; ++k) {
        int const piece = i + k < pieces ? i + k : pieces - 1;
        part[k] = acc[piece / N][piece % N];
      }
      V bytes = packed_bytes<Lanes>(part[0], part[1], part[2], part[3], f.result.zero);
      if (f.result.clips) bytes = clipped_bytes<Lanes>(bytes, f.result.least, f.result.most);
      store_bytes<Lanes>(in_order<Lanes>(bytes), to);
    }
    if (direct) return;
    if (whole) {
      HONE_UNROLL for (int c = 0; c < W; ++c) std::memcpy(q + c * f.channels, all + c * block, block);
    } else {
      for (int c = 0; c < W; ++c)
        std::memcpy(q + c * f.channels, all + c * block, static_cast<std::size_t>(row.channels));
    }
  }
  static HWY_INLINE void store_f32(int8_conv_row const& row, V const (&acc)[N], int at) {
    constexpr f32_tag<Lanes> d{};
    alignas(64) float all[block];
    HONE_UNROLL for (int v = 0; v < N; ++v) {
      hn::Store(hn::Mul(hn::ConvertTo(d, acc[v]), hn::Load(d, row.scale + v * Lanes)), d, all + v * Lanes);
    }
    auto const n = static_cast<std::size_t>(row.channels < block ? row.channels : block) * sizeof(float);
    std::memcpy(reinterpret_cast<float*>(row.out) + at, all, n);
  }
};

// The compiled tile at index `at` of the pass's set.
template <int Lanes, bool PairsFit, int... I>
int8_tile_entry int8_tile_at(int at, std::integer_sequence<int, I...>) {
  constexpr auto set = int8_set(registers);
  static constexpr int8_tile_entry all[]{
      &int8_dynamic_tile<Lanes, PairsFit, conv_tile_at(set, I).cols, conv_tile_at(set, I).vectors,
                         conv_tile_at(set, I).split>::run...};
  return at < 0 ? nullptr : all[at];
}
template <int Lanes>
int8_tile_entry int8_tile(op const& o, int columns) {
  constexpr int count = conv_tiles(int8_set(registers));
  auto const numbers = std::make_integer_sequence<int, count>();
  int const at = find_conv_tile(int8_set(registers), o.t, columns);
  if constexpr (!has_dot && has_pairs)
    if (o.pairs_fit) return int8_tile_at<Lanes, true>(at, numbers);
  return int8_tile_at<Lanes, false>(at, numbers);
}

struct int8_dynamic_conv {
  // The input in its frame.
  static HWY_NOINLINE std::uint8_t const* framed(int8_conv_form const& f, std::uint8_t const* in, void* scratch) {
    auto* const copy = static_cast<std::uint8_t*>(scratch);
    std::memset(copy, f.fill, static_cast<std::size_t>(f.frame));
    std::uint8_t* to = copy + f.frame_at;
    for (int y = 0; y < f.copy_rows; ++y, to += f.frame_row, in += f.copy_bytes)
      std::memcpy(to, in, static_cast<std::size_t>(f.copy_bytes));
    return copy;
  }
  // What a block of output channels starts from and is scaled by, as tiles want it.
  struct int8_block {
    alignas(64) std::int32_t bias[most_block];
    alignas(64) float scale[most_block], offset[most_block];
    alignas(64) std::int32_t init[most_block * most_columns];  // biases and addends of a tile
    std::int32_t const* multiplier;
    std::uint8_t const* addend;
  };
  // An output row.
  template <int Lanes>
  static HWY_INLINE void columns(int8_conv_form const& f, int8_block& b, int8_conv_row const& row, std::uint8_t const* x,
                                 int at) {
    int const tiles = f.cut.cut.tiles(), last = tiles - 1;
    for (int c = 0; c < f.cut.left; ++c) edge<Lanes>(f, b, row, x, c, at);
    for (int i = 0, c = f.cut.left; i < tiles; ++i) {
      bool const wide = i < f.cut.cut.wides;
      int const width = wide ? f.cut.cut.wide : f.cut.cut.narrow;
      int8_groups const& g = i == 0 ? (last == 0 ? f.only : f.first) : i == last ? f.last : f.inner;
      if (f.addend >= 0) add_addend<Lanes>(f, b, at + c * f.channels, width);
      (wide ? f.wide : f.narrow)(f, row, g, x + c * f.column, at + c * f.channels);
      c += width;
    }
    for (int c = f.columns - f.cut.right; c < f.columns; ++c) edge<Lanes>(f, b, row, x, c, at);
  }
  // One column that sees padding, by itself.
  template <int Lanes>
  static HWY_NOINLINE void edge(int8_conv_form const& f, int8_block& b, int8_conv_row const& row, std::uint8_t const* x,
                                int column, int at) noexcept {
    nn::tap_range const t = nn::taps(column, f.win.sw, f.win.left, f.win.kw, f.in_w);
    int8_groups g{};
    add_dwords(g, f, t.begin, t.end, false, false);
    if (f.addend >= 0) add_addend<Lanes>(f, b, at + column * f.channels, 1);
    f.one(f, row, g, x + column * f.column, at + column * f.channels);
  }
  template <int Lanes>
  static HWY_INLINE void prepare(int8_conv_form const& f, std::int32_t const* bias, float const* scale, int8_block& b) {
    constexpr f32_tag<Lanes> d{};
    constexpr i32_tag<Lanes> di{};
    bool const by_bias = has_bias_trick && f.result.by_bias;
    for (int i = 0; i < f.block; i += Lanes) {
      auto const s = f.result.f32 ? hn::LoadU(d, scale + i) : hn::Min(hn::LoadU(d, scale + i), hn::Set(d, 256.f));
      auto offset = hn::Mul(s, hn::Set(d, -0x1p23f));
      pin(offset);
      hn::Store(s, d, b.scale + i), hn::Store(offset, d, b.offset + i);
      hn::Store(hn::Add(load_dwords<Lanes>(bias + i), hn::Set(di, by_bias ? 0x4B000000 : 0)), di, b.bias + i);
    }
  }
  // What the sums of `columns` columns start from, if there is a residual addend.
  template <int Lanes>
  static HWY_NOINLINE void add_addend(int8_conv_form const& f, int8_block& b, int at, int columns) {
    constexpr i32_tag<Lanes> di{};
    std::int32_t* to = b.init;
    for (std::uint8_t const* r = b.addend + at; columns > 0; --columns, r += f.channels, to += f.block)
      for (int i = 0; i < f.block; i += Lanes) {
        auto const bias = hn::Load(di, b.bias + i), multiplier = load_dwords<Lanes>(b.multiplier + i);
        auto const value = load_bytes<Lanes>(r + i);
        hn::Store(f.result.convert ? multiply_add<false, Lanes>(bias, value, multiplier)
                                   : multiply_add<true, Lanes>(bias, value, multiplier),
                  di, to + i);
      }
  }
  template <int Lanes>
  static void run(kernel_args const& a) noexcept {
    auto const& f = form_as<int8_conv_form>(a.form);
    auto const* x = static_cast<std::uint8_t const*>(a.in[0]);
    if (f.frame > 0) x = framed(f, x, a.scratch);
    auto const* w = static_cast<std::int8_t const*>(a.param[slot::weight]);
    auto const* bias = static_cast<std::int32_t const*>(a.param[slot::bias]);
    auto const* scale = static_cast<float const*>(a.param[slot::scale]);
    int8_block b;
    b.multiplier = static_cast<std::int32_t const*>(a.param[slot::addend]);
    b.addend = f.addend < 0 ? nullptr : static_cast<std::uint8_t const*>(a.in[f.addend]);
    int8_conv_row row{};
    row.scale = b.scale, row.offset = b.offset, row.out = static_cast<std::uint8_t*>(a.out);
    row.init = b.addend != nullptr ? b.init : b.bias, row.init_step = b.addend != nullptr ? f.block : 0;
    for (int channel = 0; channel < f.channels; channel += f.block, w += f.w_block) {
      row.channels = f.channels - channel;
      prepare<Lanes>(f, bias + channel, scale + channel, b);
      for (int y = 0; y < f.rows; ++y) {
        nn::tap_range const rows = nn::taps(y, f.win.sh, f.win.top, f.win.kh, f.in_h);
        row.window_rows = rows.end - rows.begin, row.w = w + rows.begin * f.w_row;
        columns<Lanes>(f, b, row, x + (rows.from + rows.begin) * f.x_row - f.win.left * f.x_tap,
                       y * f.columns * f.channels + channel);
      }
      if (b.addend != nullptr) b.multiplier += f.block;
    }
  }

  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    int8_conv_form f = int8_conv_form_of(o, Lanes);
    f.result.by_bias = by_bias(result_of(o));
    kernel_entry entry = nullptr;
    if constexpr (has_bytes<Lanes>) {
      nn::column_cut const& cut = f.cut.cut;
      f.wide = cut.wides > 0 ? int8_tile<Lanes>(o, cut.wide) : nullptr;
      f.narrow = cut.narrows > 0 ? int8_tile<Lanes>(o, cut.narrow) : nullptr;
      f.one = int8_tile<Lanes>(o, 1);
      bool const there = (cut.wides == 0 || f.wide != nullptr) && (cut.narrows == 0 || f.narrow != nullptr) &&
                         (f.cut.left + f.cut.right == 0 || f.one != nullptr);
      entry = there ? &run<Lanes> : nullptr;
    } else {
      entry = &loops;
    }
    keep(form, f);
    return {entry, round_up(f.frame, 64)};
  }

  // Plain integers, for a pass without vectors of bytes. One multiplication of 64 bits gives the products of an
  // activation with the weights of two output channels: their sums are the low half of a number and, but for the borrow
  // of the low one's sign, the high half.
  static void loops(kernel_args const& a) noexcept {
    auto const& f = form_as<int8_conv_form>(a.form);
    auto const* x = static_cast<std::uint8_t const*>(a.in[0]);
    if (f.frame > 0) x = framed(f, x, a.scratch);
    int at = 0;
    for (int y = 0; y < f.rows; ++y) {
      nn::tap_range const rows = nn::taps(y, f.win.sh, f.win.top, f.win.kh, f.in_h);
      for (int column = 0; column < f.columns; ++column, at += f.channels) {
        nn::tap_range const taps = nn::taps(column, f.win.sw, f.win.left, f.win.kw, f.in_w);
        int8_groups g{};
        add_dwords(g, f, taps.begin, taps.end, false, false);
        for (int c = 0; c < f.channels; c += 2) {
          std::int64_t const sum = g.count > 0 ? window(f, g.at[0], rows, column, c, x, a.param[slot::weight]) : 0;
          auto const low = static_cast<std::int32_t>(sum);
          finish(f, a, low, at, c);
          if (c + 1 < f.channels) finish(f, a, static_cast<std::int32_t>((sum - low) >> 32), at, c + 1);
        }
      }
    }
  }
  static HWY_INLINE std::int64_t window(int8_conv_form const& f, int8_dwords const& g, nn::tap_range const& rows,
                                        int column, int c, std::uint8_t const* x, void const* weights) {
    std::int8_t const* const w = static_cast<std::int8_t const*>(weights) + c / f.block * f.w_block + g.w;
    int const first = c % f.block * 4, second = c % f.block + 1 < f.block ? first + 4 : first;
    std::int64_t sum = 0;
    for (int u = rows.begin; u < rows.end; ++u) {
      std::uint8_t const* const from = x + (rows.from + u) * f.x_row + column * f.column - f.win.left * f.x_tap + g.x;
      std::int8_t const* const to = w + u * f.w_row;
      for (int q = 0; q < g.count; ++q)
        HONE_UNROLL for (int i = 0; i < 4; ++i) {
          std::int8_t const* const at = to + q * f.block * 4 + i;
          std::int64_t product = from[q * 4 + i] * (at[first] + at[second] * (std::int64_t{1} << 32));
          asm("" : "+r"(product));  // or g++ makes vectors of two, which have no such multiplication
          sum += product;
        }
    }
    return sum;
  }
  static HWY_INLINE void finish(int8_conv_form const& f, kernel_args const& a, std::int32_t sum, int at, int c) {
    auto acc = static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t const*>(a.param[slot::bias])[c];
    if (f.addend >= 0)
      acc += static_cast<std::uint8_t const*>(a.in[f.addend])[at + c] *
             static_cast<std::uint32_t const*>(a.param[slot::addend])[c];
    float const scale = static_cast<float const*>(a.param[slot::scale])[c];
    auto const v = static_cast<std::int32_t>(acc);
    if (f.result.f32)
      static_cast<float*>(a.out)[at + c] = rescale(v, scale);
    else
      static_cast<std::uint8_t*>(a.out)[at + c] =
          clipped(requantize(v, scale, f.result.zero), f.result.least, f.result.most);
  }
};
template <>
struct run_time<&conv2d_kind, format::int8> : int8_dynamic_conv {};
template <>
struct run_time<&dense_kind, format::int8> : int8_dynamic_conv {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
