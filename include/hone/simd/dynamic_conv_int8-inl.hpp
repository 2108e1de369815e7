// Convolutions and dense layers of u8 activations with i8 weights, of any shape: run-time kernels. What a register tile
// holds, and whether products of neighbours fit 16 bits, are constants; strides, counts and bounds, and what becomes of
// the accumulators, are numbers of the form. A window row is a run of dwords, so that channels and taps are one count.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_CONV_INT8_INL_HPP)
#define HONE_SIMD_DYNAMIC_CONV_INT8_INL_HPP
#include <hone/simd/dynamic_bind-inl.hpp>
#include <hone/simd/dynamic_conv_int8.hpp>
#include <hone/simd/int8_dot-inl.hpp>
#include <hone/simd/int8_frame-inl.hpp>
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

// The dwords of W columns that lie `step` bytes apart. Addresses need few registers: a pointer to every fourth column, the
// step and thrice the step.
template <int W>
class column_dwords {
 public:
  HWY_INLINE column_dwords(std::uint8_t const* x, std::ptrdiff_t step) : step_(step), thrice_(step * 3) {
    HONE_UNROLL for (int i = 0; i < pointers; ++i) p_[i] = x + i * 4 * step;
    hide();
  }
  HWY_INLINE std::uint8_t const* at(int c) const {
    std::uint8_t const* const p = p_[c / 4];
    return c % 4 == 0 ? p : c % 4 == 1 ? p + step_ : c % 4 == 2 ? p + 2 * step_ : p + thrice_;
  }
  HWY_INLINE void advance(std::ptrdiff_t bytes) {
    HONE_UNROLL for (int i = 0; i < pointers; ++i) p_[i] += bytes;
    hide();
  }

 private:
  static constexpr int pointers = ceil_div(W, 4);
  // Hides from the compiler what it knows of them: it else keeps every address in a register of its own, and spills.
  HWY_INLINE void hide() {
    HONE_UNROLL for (int i = 0; i < pointers; ++i) asm("" : "+r"(p_[i]));
    if constexpr (W > 1) asm("" : "+r"(step_));
    if constexpr (W > 3) asm("" : "+r"(thrice_));
  }
  std::uint8_t const* p_[pointers];
  std::ptrdiff_t step_, thrice_;
};

// A register tile: W columns times N vectors of output channels.
template <int Lanes, bool PairsFit, int W, int N>
struct int8_dynamic_tile {
  static constexpr int block = N * Lanes, pieces = W * N, S = chains_of_int8_tile(W, N, registers);
  using V = i32_vector<Lanes>;
  using dots = byte_dots<Lanes, PairsFit>;
  using sums = V[S][W][N];

  static HWY_NOINLINE void run(int8_tile_args const& a, std::uint8_t const* x, std::ptrdiff_t at, int count) noexcept {
    for (; count > 0; --count, x += W * a.column, at += W * a.pitch) one(a, x, at);
  }

 private:
  static HWY_INLINE void one(int8_tile_args const& a, std::uint8_t const* x, std::ptrdiff_t at) {
    sums acc;
    std::int32_t const* init = a.init;
    HONE_UNROLL for (int c = 0; c < W; ++c, init += a.init_step) HONE_UNROLL for (int v = 0; v < N; ++v) {
      acc[0][c][v] = load_dwords<Lanes>(init + v * Lanes);
      if constexpr (W == 1) acc[0][c][v] = hn::Add(acc[0][c][v], hn::Set(i32_tag<Lanes>(), a.bias));
      HONE_UNROLL for (int s = 1; s < S; ++s) acc[s][c][v] = hn::Zero(i32_tag<Lanes>());
    }
    column_dwords<W> columns(x, a.column);
    std::int8_t const* w = a.w;
    for (int u = a.window_rows; u > 0; --u) {
      int dwords = a.dwords;
      HONE_KEEP_LOOP for (; dwords >= S; dwords -= S) step<S>(acc, columns, w);
      if constexpr (S > 1) HONE_KEEP_LOOP for (; dwords > 0; --dwords) step<1>(acc, columns, w);
      columns.advance(a.x_next), w += a.w_next;
    }
    HONE_UNROLL for (int s = 1; s < S; ++s) HONE_UNROLL for (int c = 0; c < W; ++c) {
      HONE_UNROLL for (int v = 0; v < N; ++v) acc[0][c][v] = hn::Add(acc[0][c][v], acc[s][c][v]);
    }
    if constexpr (W == 1)
      if (a.f32) return store_f32(a, acc[0][0], at);
    if (has_bias_trick && a.by_bias)
      scale<biased_result>(a, acc[0]);
    else
      scale<general_result>(a, acc[0]);
    store(a, acc[0], at);
  }

  template <int Count>
  static HWY_INLINE void step(sums& acc, column_dwords<W>& x, std::int8_t const*& w) {
    HONE_UNROLL for (int q = 0; q < Count; ++q) {
      typename dots::operand weight[N];
      HONE_UNROLL for (int v = 0; v < N; ++v) weight[v] =
          dots::weights(load_dwords<Lanes>(w + (q * N + v) * Lanes * 4));
      HONE_UNROLL for (int c = 0; c < W; ++c) {
        auto const dword = activations(x.at(c));
        HONE_UNROLL for (int v = 0; v < N; ++v) acc[q][c][v] = dots::add(acc[q][c][v], dword, weight[v]);
      }
      HONE_UNROLL for (int c = 0; c < W; ++c) HONE_UNROLL for (int v = 0; v < N; ++v) pin(acc[q][c][v]);
      x.advance(dots::in_words ? 8 : 4);
    }
    w += Count * block * 4;
  }
  static HWY_INLINE typename dots::operand activations(std::uint8_t const* x) {
    if constexpr (dots::in_words)
      return {broadcast<Lanes>(x), broadcast<Lanes>(x + 4)};
    else
      return broadcast<Lanes>(x);
  }

  // Accumulators become results, not yet clamped to bytes.
  template <result_form R>
  static HWY_INLINE void scale(int8_tile_args const& row, V (&acc)[W][N]) {
    constexpr f32_tag<Lanes> d{};
    HONE_UNROLL for (int v = 0; v < N; ++v) {
      scale_vectors<Lanes> s;
      if constexpr (W == 1)  // those of a dense layer, too, as they are stored
        s = load_scales<R, Lanes>(row.scale + v * Lanes);
      else
        s = {hn::Load(d, row.scale + v * Lanes), hn::Load(d, row.offset + v * Lanes)};
      HONE_UNROLL for (int c = 0; c < W; ++c) acc[c][v] = scaled<R, Lanes>(acc[c][v], s);
    }
  }
  static HWY_INLINE void store(int8_tile_args const& a, V const (&acc)[W][N], std::ptrdiff_t at) {
    alignas(64) std::uint8_t all[round_up(pieces, 4) * Lanes];
    bool const whole = a.channels >= block;
    bool const direct = whole && (N == 4 || (pieces % 4 == 0 && a.pitch == block));
    std::uint8_t *const q = a.out + at, *to = direct ? q : all;
    std::ptrdiff_t const pitch = N == 4 && direct ? a.pitch : 4 * Lanes;
    HONE_UNROLL for (int i = 0; i < pieces; i += 4, to += pitch) {
      V part[4];
      HONE_UNROLL for (int k = 0; k < 4; ++k) {
        int const piece = i + k < pieces ? i + k : pieces - 1;
        part[k] = acc[piece / N][piece % N];
      }
      V bytes = packed_bytes<Lanes>(part[0], part[1], part[2], part[3], a.zero);
      if (a.clips) bytes = clipped_bytes<Lanes>(bytes, a.least, a.most);
      store_bytes<Lanes>(in_order<Lanes>(bytes), to);
    }
    if (direct) return;
    if (whole) {
      HONE_UNROLL for (int c = 0; c < W; ++c) std::memcpy(q + c * a.pitch, all + c * block, block);
    } else {
      // of results that follow each other, a block's store may reach into those that come after
      bool const adjacent = a.pitch == a.channels;
      for (int c = 0; c < W; ++c)
        if (adjacent && (W - c) * a.channels >= block)
          std::memcpy(q + c * a.pitch, all + c * block, block);
        else
          copy_bytes(q + c * a.pitch, all + c * block, a.channels);
    }
  }
  static HWY_INLINE void store_f32(int8_tile_args const& a, V const (&acc)[N], std::ptrdiff_t at) {
    constexpr f32_tag<Lanes> d{};
    alignas(64) float all[block];
    HONE_UNROLL for (int v = 0; v < N; ++v) {
      hn::Store(hn::Mul(hn::ConvertTo(d, acc[v]), hn::LoadU(d, a.scale + v * Lanes)), d, all + v * Lanes);
    }
    int const n = (a.channels < block ? a.channels : block) * 4;
    copy_bytes(a.out + at * 4, reinterpret_cast<std::uint8_t const*>(all), n);
  }
};

// The compiled tiles of N vectors, by width; null: there are none.
template <int Lanes, bool PairsFit, int N, int... W>
int8_tile_entry const* int8_tiles(std::integer_sequence<int, W...>) {
  if constexpr (sizeof...(W) == 0) {
    return nullptr;
  } else {
    static constexpr int8_tile_entry all[]{nullptr, &int8_dynamic_tile<Lanes, PairsFit, W + 1, N>::run...};
    return all;
  }
}
template <int Lanes, bool PairsFit>
int8_tile_entry const* int8_tiles(int vectors) {
  auto const of = []<int N>() {
    return int8_tiles<Lanes, PairsFit, N>(std::make_integer_sequence<int, widest_int8_tile(N, registers)>());
  };
  switch (vectors) {
    case 1: return of.template operator()<1>();
    case 2: return of.template operator()<2>();
    case 4: return of.template operator()<4>();
    case 8: return of.template operator()<8>();
    default: return nullptr;
  }
}
// Those for o's tile; null: there are none here.
template <int Lanes>
int8_tile_entry const* int8_tiles(op const& o) {
  bool const words = o.t.algorithm == nn::int8_by_words;
  if constexpr (has_dot)
    return words ? nullptr : int8_tiles<Lanes, false>(o.t.vectors);
  else if (words)
    return int8_tiles<Lanes, false>(o.t.vectors);
  if constexpr (!has_dot && has_pairs)
    if (o.pairs_fit) return int8_tiles<Lanes, true>(o.t.vectors);
  return nullptr;
}

struct int8_dynamic_conv {
  // What a block of output channels starts from and is scaled by, as tiles want it; and where it is.
  struct int8_block {
    alignas(64) std::int32_t bias[most_block];
    alignas(64) float scale[most_block], offset[most_block];
    alignas(64) std::int32_t init[most_block * most_columns];  // biases and addends of a tile
    std::int8_t const* w;
    std::int32_t const* multiplier;
    std::uint8_t const* addend;
    int channel;
  };
  // `count` tiles of `width` columns, or rows, from output (y, x) on, which all see what `see` says.
  template <int Lanes>
  static HWY_INLINE void tiles(int8_conv_form const& f, int8_block& b, int8_tile_args const& a, std::uint8_t const* in,
                               int y, int x, int width, int count) {
    std::ptrdiff_t at = (y * f.columns + x) * f.channels + b.channel;
    in += (y * f.win.sh - f.win.top) * f.x_row + x * f.column - f.win.left * f.x_tap;
    if (f.addend < 0) return f.tiles[width](a, in, at, count);
    for (; count > 0; --count, in += width * a.column, at += width * a.pitch) {
      add_addend<Lanes>(f, b, at, a.pitch, width);
      f.tiles[width](a, in, at, 1);
    }
  }
  // Makes `a` see the window rows and the taps of these ranges alone; returns the first one's place in the input.
  static HWY_INLINE std::uint8_t const* see(int8_conv_form const& f, int8_block const& b, nn::tap_range const& rows,
                                            nn::tap_range const& taps, std::uint8_t const* in, int8_tile_args& a) {
    int const count = taps.end > taps.begin ? taps.end - taps.begin : 0, bytes = round_up(count * f.x_tap, 4 * f.unit);
    a.window_rows = count > 0 ? rows.end - rows.begin : 0, a.dwords = bytes / (4 * f.unit);
    a.x_next = f.x_row - bytes, a.w_next = f.w_row - a.dwords * 4 * f.block;
    a.w = b.w + rows.begin * f.w_row + taps.begin * f.w_tap;
    return in + rows.begin * f.x_row + taps.begin * f.x_tap;
  }
  // The columns at an edge: those rows whose windows lie inside together, the others one by one.
  template <int Lanes>
  static HWY_NOINLINE void edge(int8_conv_form const& f, int8_block& b, std::uint8_t const* in, int8_tile_args a,
                                int x) {
    nn::tap_range const taps = nn::taps(x, f.win.sw, f.win.left, f.win.kw, f.in_w);
    a.column = f.win.sh * f.x_row, a.pitch = f.columns * f.channels;
    int8_inner const& inner = f.inner_rows;
    for (int y = 0; y < f.rows; ++y) {
      if (y == inner.begin && inner.size() > 0) y = inner.end;
      if (y == f.rows) break;
      std::uint8_t const* const from = see(f, b, nn::taps(y, f.win.sh, f.win.top, f.win.kh, f.in_h), taps, in, a);
      tiles<Lanes>(f, b, a, from, y, x, 1, 1);
    }
    std::uint8_t const* const from = see(f, b, {0, f.win.kh, 0}, taps, in, a);
    int const y = inner.begin, narrow = y + f.down.wides * f.down.wide;
    if (f.down.wides > 0) tiles<Lanes>(f, b, a, from, y, x, f.down.wide, f.down.wides);
    if (f.down.narrows > 0) tiles<Lanes>(f, b, a, from, narrow, x, f.down.narrow, f.down.narrows);
  }
  template <int Lanes>
  static HWY_INLINE void image(int8_conv_form const& f, int8_block& b, std::uint8_t const* in, int8_tile_args& a) {
    for (int x = 0; x < f.inner_columns.begin; ++x) edge<Lanes>(f, b, in, a, x);
    for (int y = 0; y < f.rows; ++y) {
      nn::tap_range const rows = nn::taps(y, f.win.sh, f.win.top, f.win.kh, f.in_h);
      std::uint8_t const* const from = see(f, b, rows, {0, f.win.kw, 0}, in, a);
      int const x = f.inner_columns.begin, narrow = x + f.across.wides * f.across.wide;
      if (f.across.wides > 0) tiles<Lanes>(f, b, a, from, y, x, f.across.wide, f.across.wides);
      if (f.across.narrows > 0) tiles<Lanes>(f, b, a, from, y, narrow, f.across.narrow, f.across.narrows);
    }
    for (int x = f.inner_columns.end; x < f.columns; ++x) edge<Lanes>(f, b, in, a, x);
  }
  template <int Lanes>
  static HWY_INLINE void prepare(int8_conv_form const& f, std::int32_t const* bias, float const* scale, int8_block& b) {
    constexpr f32_tag<Lanes> d{};
    constexpr i32_tag<Lanes> di{};
    bool const by_bias = has_bias_trick && f.args.by_bias;
    for (int i = 0; i < f.block; i += Lanes) {
      auto const s = f.args.f32 ? hn::LoadU(d, scale + i) : hn::Min(hn::LoadU(d, scale + i), hn::Set(d, 256.f));
      auto offset = hn::Mul(s, hn::Set(d, -0x1p23f));
      pin(offset);
      hn::Store(s, d, b.scale + i), hn::Store(offset, d, b.offset + i);
      hn::Store(hn::Add(load_dwords<Lanes>(bias + i), hn::Set(di, by_bias ? 0x4B000000 : 0)), di, b.bias + i);
    }
  }
  // What the sums of `columns` columns, `pitch` results apart, start from if there is a residual addend.
  template <int Lanes>
  static HWY_NOINLINE void add_addend(int8_conv_form const& f, int8_block& b, std::ptrdiff_t at, std::ptrdiff_t pitch,
                                      int columns) {
    constexpr i32_tag<Lanes> di{};
    std::int32_t* to = b.init;
    for (std::uint8_t const* r = b.addend + at; columns > 0; --columns, r += pitch, to += f.block)
      for (int i = 0; i < f.block; i += Lanes) {
        auto const bias = hn::Load(di, b.bias + i), multiplier = load_dwords<Lanes>(b.multiplier + i);
        auto const value = load_bytes<Lanes>(r + i);
        hn::Store(f.convert ? multiply_add<false, Lanes>(bias, value, multiplier)
                            : multiply_add<true, Lanes>(bias, value, multiplier),
                  di, to + i);
      }
  }
  // The input as the kernel reads it.
  template <int Lanes>
  static HWY_INLINE std::uint8_t const* copied(int8_conv_form const& f, void const* in, void* scratch) {
    return f.words ? framed_words<Lanes>(f.frame, in, scratch) : framed<Lanes>(f.frame, in, scratch);
  }
  template <int Lanes>
  static void run(kernel_args const& k) noexcept {
    auto const& f = form_as<int8_conv_form>(k.form);
    auto const* in = static_cast<std::uint8_t const*>(k.in[0]);
    if (f.frame.size > 0) in = copied<Lanes>(f, in, k.scratch);
    auto const* bias = static_cast<std::int32_t const*>(k.param[slot::bias]);
    auto const* scale = static_cast<float const*>(k.param[slot::scale]);
    int8_block b;
    b.w = static_cast<std::int8_t const*>(k.param[slot::weight]);
    b.multiplier = static_cast<std::int32_t const*>(k.param[slot::addend]);
    b.addend = f.addend < 0 ? nullptr : static_cast<std::uint8_t const*>(k.in[f.addend]);
    int8_tile_args a = f.args;
    a.scale = b.scale, a.offset = b.offset, a.out = static_cast<std::uint8_t*>(k.out);
    a.init = b.addend != nullptr ? b.init : b.bias, a.init_step = b.addend != nullptr ? f.block : 0;
    a.column = f.column, a.pitch = f.channels;
    for (b.channel = 0; b.channel < f.channels; b.channel += f.block, b.w += f.w_block) {
      a.channels = f.channels - b.channel;
      prepare<Lanes>(f, bias + b.channel, scale + b.channel, b);
      image<Lanes>(f, b, in, a);
      if (b.addend != nullptr) b.multiplier += f.block;
    }
  }

  // Of one pixel, without an addend: nothing is prepared.
  template <int Lanes>
  static void run_dense(kernel_args const& k) noexcept {
    auto const& f = form_as<int8_conv_form>(k.form);
    int8_tile_args a = f.args;
    a.w = static_cast<std::int8_t const*>(k.param[slot::weight]);
    a.init = static_cast<std::int32_t const*>(k.param[slot::bias]);
    a.scale = static_cast<float const*>(k.param[slot::scale]), a.out = static_cast<std::uint8_t*>(k.out);
    a.window_rows = 1, a.dwords = f.w_row / (4 * f.block);
    a.bias = has_bias_trick && a.by_bias ? 0x4B000000 : 0;
    int8_tile_entry const tile = f.tiles[1];
    auto const* in = static_cast<std::uint8_t const*>(k.in[0]);
    if (f.words) in = copied<Lanes>(f, in, k.scratch);
    for (int at = 0; at < f.channels; at += f.block) {
      a.channels = f.channels - at;
      tile(a, in, at, 1);
      a.w += f.w_block, a.init += f.block, a.scale += f.block;
    }
  }

  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    int8_conv_form f = int8_conv_form_of(o, Lanes, registers);
    f.args.by_bias = by_bias(result_of(o));
    kernel_entry entry = &loops;
    if constexpr (has_bytes<Lanes>) {
      f.tiles = int8_tiles<Lanes>(o);
      bool const there = f.tiles != nullptr && o.t.cols <= widest_int8_tile(o.t.vectors, registers);
      entry = !there ? nullptr : is(o, dense_kind) && o.addend < 0 ? &run_dense<Lanes> : &run<Lanes>;
    }
    keep(form, f);
    return {entry, nn::scratch_of(f.frame) * f.unit};
  }

  // Plain integers, for a pass without vectors of bytes. One multiplication of 64 bits gives the products of an
  // activation with the weights of two output channels: their sums are the low half of a number and, but for the borrow
  // of the low one's sign, the high half.
  static void loops(kernel_args const& a) noexcept {
    auto const& f = form_as<int8_conv_form>(a.form);
    auto const* x = static_cast<std::uint8_t const*>(a.in[0]);
    if (f.frame.size > 0) x = framed<1>(f.frame, x, a.scratch);
    int at = 0;
    for (int y = 0; y < f.rows; ++y) {
      nn::tap_range const rows = nn::taps(y, f.win.sh, f.win.top, f.win.kh, f.in_h);
      for (int column = 0; column < f.columns; ++column, at += f.channels) {
        nn::tap_range const taps = nn::taps(column, f.win.sw, f.win.left, f.win.kw, f.in_w);
        for (int c = 0; c < f.channels; c += 2) {
          std::int64_t const sum = window_sum(f, rows, taps, column, c, x, a.param[slot::weight]);
          auto const low = static_cast<std::int32_t>(sum);
          finish(f, a, low, at, c);
          if (c + 1 < f.channels) finish(f, a, static_cast<std::int32_t>((sum - low) >> 32), at, c + 1);
        }
      }
    }
  }
  static HWY_INLINE std::int64_t window_sum(int8_conv_form const& f, nn::tap_range const& rows,
                                            nn::tap_range const& taps, int column, int c, std::uint8_t const* x,
                                            void const* weights) {
    int const dwords = ceil_div((taps.end - taps.begin) * f.x_tap, 4);
    std::int8_t const* const w =
        static_cast<std::int8_t const*>(weights) + c / f.block * f.w_block + taps.begin * f.w_tap;
    int const first = c % f.block * 4, second = c % f.block + 1 < f.block ? first + 4 : first;
    x += column * f.column + (taps.begin - f.win.left) * f.x_tap;
    std::int64_t sum = 0;
    for (int u = rows.begin; u < rows.end; ++u) {
      std::uint8_t const* const from = x + (rows.from + u) * f.x_row;
      std::int8_t const* const to = w + u * f.w_row;
      for (int q = 0; q < dwords; ++q) HONE_UNROLL for (int i = 0; i < 4; ++i) {
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
    if (f.args.f32)
      static_cast<float*>(a.out)[at + c] = rescale(v, scale);
    else
      static_cast<std::uint8_t*>(a.out)[at + c] = clipped(requantize(v, scale, f.args.zero), f.args.least, f.args.most);
  }
};
template <>
struct run_time<&conv2d_kind, format::int8> : int8_dynamic_conv {};
template <>
struct run_time<&dense_kind, format::int8> : int8_dynamic_conv {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
