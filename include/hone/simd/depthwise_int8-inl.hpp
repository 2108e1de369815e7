// Depthwise convolution of u8 activations with i8 weights. Four rows of a column are interleaved byte by byte, so that
// a dword holds four vertical taps of a channel and one dot product adds them; interleaved columns are kept for the
// outputs beside. Where the taps are fewer than four rows, neighbouring output rows use the same dwords with shifted
// weights. Vectors hold 4 * Lanes channels as bytes; lanes are in the order of pack_quads_kind, which makes packed
// results NHWC.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DEPTHWISE_INT8_INL_HPP)
#define HONE_SIMD_DEPTHWISE_INT8_INL_HPP
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/int8_depthwise.hpp>
#include <hone/simd/int8_dot-inl.hpp>
#include <hone/simd/int8_result-inl.hpp>
#define HONE_SELF <hone/simd/depthwise_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Byte i of lane l of d[k] is the byte at p[i] of the channel that quad order puts there.
template <int Lanes>
HWY_INLINE void interleave(std::uint8_t const* const (&p)[4], i32_vector<Lanes> (&d)[4]) {
  constexpr i32_tag<Lanes> lanes{};
  constexpr hn::Repartition<std::uint8_t, i32_tag<Lanes>> bytes{};
  constexpr hn::Repartition<std::uint16_t, i32_tag<Lanes>> words{};
  // unqualified: Highway's scalar target, which does not come here, has no such functions
  auto const lower = [](auto tag, auto u, auto v) { return InterleaveLower(tag, u, v); };
  auto const upper = [](auto tag, auto u, auto v) { return InterleaveUpper(tag, u, v); };
  auto const a = hn::LoadU(bytes, p[0]), b = hn::LoadU(bytes, p[1]), c = hn::LoadU(bytes, p[2]),
             e = hn::LoadU(bytes, p[3]);
  auto const ab = hn::BitCast(words, lower(bytes, a, b)), ce = hn::BitCast(words, lower(bytes, c, e));
  auto const ab2 = hn::BitCast(words, upper(bytes, a, b)), ce2 = hn::BitCast(words, upper(bytes, c, e));
  d[0] = hn::BitCast(lanes, lower(words, ab, ce)), d[1] = hn::BitCast(lanes, upper(words, ab, ce));
  d[2] = hn::BitCast(lanes, lower(words, ab2, ce2)), d[3] = hn::BitCast(lanes, upper(words, ab2, ce2));
}

template <nn::int8_depthwise F, result_form R, int Lanes>
struct int8_depthwise_convolution {
  using V = i32_vector<Lanes>;
  using dots = byte_dots<Lanes, false>;
  using operand = typename dots::operand;
  static constexpr int block = 4 * Lanes, rows = F.output_rows, pitch = F.in.c;

  struct block_args {
    std::int8_t const* weights;
    std::int32_t const* bias;
    float const* scale;
    std::int32_t const* multiplier;
    std::uint8_t const* in;      // channel 0 of the block, pixel 0
    std::uint8_t const* addend;  // null: none
    std::uint8_t* out;
  };
  // What stays the same for all pixels. Weights by chunk of four window rows, column, output row, quad.
  struct window_weights {
    operand at[F.chunks][F.kw][rows][4];
    V bias[4];
    scale_vectors<Lanes> scale[4];

    HWY_INLINE window_weights() {}
  };
  // The rows that a chunk of outputs reads. A row outside the image is one of zero points, whatever the column.
  struct row_pointers {
    std::uint8_t const* at[F.chunks][4];
    int step[F.chunks][4];
  };

  static HWY_NOINLINE void run(kernel_args const& a) {
    block_args b{static_cast<std::int8_t const*>(a.param[slot::weight]),
                 static_cast<std::int32_t const*>(a.param[slot::bias]),
                 static_cast<float const*>(a.param[slot::scale]),
                 static_cast<std::int32_t const*>(a.param[slot::addend]),
                 static_cast<std::uint8_t const*>(a.in[0]),
                 static_cast<std::uint8_t const*>(a.in[1]),
                 static_cast<std::uint8_t*>(a.out)};
    for (int c = 0, end = hidden(F.in.c); c + block <= end; c += block) {
      image<block>(b);
      b.weights += F.chunks * F.kw * block * 4, b.bias += block, b.scale += block, b.in += block;
      b.out += block * size_of(R.type);
      if (b.addend != nullptr) b.multiplier += block, b.addend += block;
    }
    if constexpr (F.in.c % block != 0) image<F.in.c % block>(b);
  }

 private:
  template <int Channels>
  static HWY_INLINE void image(block_args const& b) {
    if constexpr (has_bytes<Lanes>)
      by_strips<Channels>(b);
    else
      by_loops(b, Channels);
  }

  static void by_loops(block_args const& b, int channels) {
    for (int y = 0; y < F.out.h; ++y)
      for (int x = 0; x < F.out.w; ++x) {
        int const first = pixel(x, y, 0);
        for (int c = 0; c < channels; ++c) {
          int const at = nn::quad_position(c, Lanes);
          std::int32_t sum = b.bias[at];
          if (b.addend != nullptr) sum += b.addend[first + c] * b.multiplier[at];
          for (int u = 0; u < F.kh; ++u)
            for (int v = 0; v < F.kw; ++v) {
              int const i = y * F.sh - F.top + u, j = x * F.sw - F.left + v;
              bool const inside = i >= 0 && i < F.in.h && j >= 0 && j < F.in.w;
              std::int32_t const value = inside ? b.in[(i * F.in.w + j) * pitch + c] : F.fill;
              sum += value * b.weights[((u / 4 * F.kw + v) * block + at) * 4 + u % 4];
            }
          store_result<R>(sum, b.scale[at], b.out, first + c);
        }
      }
  }

  template <int Channels>
  static HWY_INLINE void by_strips(block_args const& b) {
    window_weights w;
    for (int i = 0; i < F.chunks * F.kw; ++i)
      for (int r = 0; r < rows; ++r)
        for (int k = 0; k < 4; ++k) {
          V const taps = load_dwords<Lanes>(b.weights + (i * 4 + k) * Lanes * 4);
          w.at[i / F.kw][i % F.kw][r][k] = dots::weights(hn::ShiftLeftSame(taps, 8 * r * F.sh));
        }
    for (int k = 0; k < 4; ++k) {
      w.bias[k] = starting_at<R, Lanes>(load_dwords<Lanes>(b.bias + k * Lanes));
      w.scale[k] = load_scales<R, Lanes>(b.scale + k * Lanes);
    }
    alignas(64) std::uint8_t outside[block];
    for (std::uint8_t& v : outside) v = static_cast<std::uint8_t>(F.fill);
    for (int y = 0, end = hidden(F.out.h); y < end; y += rows) {
      row_pointers p;
      for (int i = 0; i < F.chunks; ++i)
        for (int k = 0; k < 4; ++k) {
          int const u = 4 * i + k, from = y * F.sh - F.top + u;
          bool const inside = u < F.window_rows() && from >= 0 && from < F.in.h;
          p.at[i][k] = inside ? b.in + from * F.in.w * pitch : outside;
          p.step[i][k] = inside ? pitch : 0;
        }
      if constexpr (has_dot && F.chunks == 1 && F.kw <= 4)
        strip_in_registers<Channels>(b, w, p, y);
      else
        strip<Channels>(b, w, p, y);
    }
  }

  static HWY_INLINE void load_column(row_pointers const& p, int chunk, int column, operand (&d)[4]) {
    V v[4];
    if (column < 0 || column >= F.in.w) {
      constexpr auto byte = static_cast<std::uint8_t>(F.fill);
      constexpr std::uint8_t fill[4]{byte, byte, byte, byte};
      HONE_UNROLL for (int k = 0; k < 4; ++k) v[k] = broadcast<Lanes>(fill);
    } else {
      std::uint8_t const* from[4];
      HONE_UNROLL for (int k = 0; k < 4; ++k) from[k] = p.at[chunk][k] + column * p.step[chunk][k];
      interleave<Lanes>(from, v);
    }
    HONE_UNROLL for (int k = 0; k < 4; ++k) d[k] = dots::activations(v[k]);
  }

  static HWY_INLINE void add_column(operand const (&w)[rows][4], operand const (&column)[4], V (&acc)[rows][4]) {
    HONE_UNROLL for (int r = 0; r < rows; ++r) {
      HONE_UNROLL for (int k = 0; k < 4; ++k) { acc[r][k] = dots::add(acc[r][k], column[k], w[r][k]); }
    }
  }

  // The first tap of a window that no window before it has seen.
  static constexpr int fresh = F.kw > F.sw ? F.kw - F.sw : 0;

  // Output rows y.. of all columns. Interleaved columns are kept for the windows that see them again: column c in slot
  // c % kw, of memory or, where operands are few enough, of registers.
  template <int Channels>
  static HWY_INLINE void strip(block_args const& b, window_weights const& w, row_pointers const& p, int y) {
    struct columns {
      operand at[F.chunks][F.kw][4];
      HWY_INLINE columns() {}
    } column;
    for (int i = 0; i < F.chunks; ++i)
      for (int v = 0; v < fresh; ++v) load_column(p, i, v - F.left, column.at[i][v]);
    int first = 0;  // the slot of tap 0
    for (int x = 0, end = hidden(F.out.w); x < end; ++x) {
      auto const slot = [&](int v) { return first + v < F.kw ? first + v : first + v - F.kw; };
      for (int i = 0; i < F.chunks; ++i)
        for (int v = fresh; v < F.kw; ++v) load_column(p, i, x * F.sw + v - F.left, column.at[i][slot(v)]);
      V acc[rows][4];
      start(b, w, x, y, acc);
      for (int i = 0; i < F.chunks; ++i)
        for (int v = 0, taps = hidden(F.kw); v < taps; ++v) add_column(w.at[i][v], column.at[i][slot(v)], acc);
      store<Channels>(b, w, x, y, acc);
      first = slot(F.sw % F.kw);
    }
  }
  template <int Channels>
  static HWY_INLINE void strip_in_registers(block_args const& b, window_weights const& w, row_pointers const& p,
                                            int y) {
    constexpr int kw = F.kw;
    operand column[kw][4];
    HONE_UNROLL for (int v = 0; v < fresh; ++v) { load_column(p, 0, v - F.left, column[v]); }
    for (int x0 = 0, end = hidden(F.out.w); x0 < end; x0 += kw) {
      HONE_UNROLL for (int i = 0; i < kw; ++i) {
        int const x = x0 + i;
        if (x >= F.out.w) break;
        HONE_UNROLL for (int v = fresh; v < kw; ++v) {
          load_column(p, 0, x * F.sw + v - F.left, column[(i * F.sw + v) % kw]);
        }
        V acc[rows][4];
        start(b, w, x, y, acc);
        HONE_UNROLL for (int v = 0; v < kw; ++v) { add_column(w.at[0][v], column[(i * F.sw + v) % kw], acc); }
        store<Channels>(b, w, x, y, acc);
      }
    }
  }

  static HWY_INLINE int pixel(int x, int y, int row) {
    return ((y + row < F.out.h ? y + row : y) * F.out.w + x) * pitch;
  }

  static HWY_INLINE void start(block_args const& b, window_weights const& w, int x, int y, V (&acc)[rows][4]) {
    HONE_UNROLL for (int r = 0; r < rows; ++r) {
      HONE_UNROLL for (int k = 0; k < 4; ++k) acc[r][k] = w.bias[k];
      if (b.addend != nullptr) {
        alignas(64) static constexpr std::uint8_t zero[block]{};
        std::uint8_t const* const from[4]{b.addend + pixel(x, y, r), zero, zero, zero};
        V v[4];
        interleave<Lanes>(from, v);
        HONE_UNROLL for (int k = 0; k < 4; ++k) {
          acc[r][k] = multiply_add<!R.convert, Lanes>(acc[r][k], v[k], load_dwords<Lanes>(b.multiplier + k * Lanes));
        }
      }
    }
  }
  template <int Channels>
  static HWY_INLINE void store(block_args const& b, window_weights const& w, int x, int y, V (&acc)[rows][4]) {
    HONE_UNROLL for (int r = 0; r < rows; ++r) {
      if (y + r < F.out.h)
        store_quads<R, Lanes, Channels>(acc[r], w.scale, b.scale, b.out + pixel(x, y, r) * size_of(R.type));
    }
  }
};

template <>
struct kernel<&depthwise_conv2d_kind, format::int8> {
  template <op O, int Lanes>
  static void run(kernel_args const& a) noexcept {
    static_assert(O.addend < 0 || O.addend == 1);
    int8_depthwise_convolution<nn::int8_depthwise_form(O), result_of(O), Lanes>::run(a);
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
