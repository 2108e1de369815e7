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
#include <hone/simd/square_depthwise_int8-inl.hpp>
#define HONE_SELF <hone/simd/depthwise_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// A form as constants. (The forms of run-time kernels have ordinary members: dynamic_depthwise_int8-inl.hpp.)
template <nn::int8_depthwise D, result_form R>
struct fixed_depthwise {
  static constexpr shape in = D.in, out = D.out;
  static constexpr int kh = D.kh, kw = D.kw, sh = D.sh, sw = D.sw, top = D.top, left = D.left, fill = D.fill;
  static constexpr int chunks = D.chunks, rows = D.output_rows, most_chunks = D.chunks, most_kw = D.kw;
  static constexpr bool fixed_window = true;
  static constexpr int zero = R.zero, least = R.least, most = R.most;
};

// F: a form, the window of which is constant (fixed_window) or at most most_chunks * 4 by most_kw. R: how to requantise;
// zero point and clip are the form's.
template <class F, result_form R, int Lanes>
struct int8_depthwise_convolution {
  using V = i32_vector<Lanes>;
  using dots = byte_dots<Lanes, false>;
  using operand = typename dots::operand;
  static constexpr int block = 4 * Lanes, rows = F::rows;

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
    operand at[F::most_chunks][F::most_kw][rows][4];
    V bias[4];
    scale_vectors<Lanes> scale[4];

    HWY_INLINE window_weights() {}
  };
  // The rows that a chunk of outputs reads. A row outside the image is one of zero points, whatever the column.
  struct row_pointers {
    std::uint8_t const* at[F::most_chunks][4];
    std::ptrdiff_t moves[F::most_chunks][4];  // all ones, or 0
  };

  static HWY_NOINLINE void run(kernel_args const& a, F const& f) { over_blocks<has_bytes<Lanes>>(a, f); }
  // The same by plain loops.
  static HWY_NOINLINE void run_loops(kernel_args const& a, F const& f) { over_blocks<false>(a, f); }

 private:
  template <bool Vectors>
  static HWY_INLINE void over_blocks(kernel_args const& a, F const& form) {
    F const f = form;  // of its own: nothing that is stored can change it
    block_args b{static_cast<std::int8_t const*>(a.param[slot::weight]),
                 static_cast<std::int32_t const*>(a.param[slot::bias]),
                 static_cast<float const*>(a.param[slot::scale]),
                 static_cast<std::int32_t const*>(a.param[slot::addend]),
                 static_cast<std::uint8_t const*>(a.in[0]),
                 static_cast<std::uint8_t const*>(a.in[1]),
                 static_cast<std::uint8_t*>(a.out)};
    int const channels = hidden(f.in.c);
    for (int c = 0; c + block <= channels; c += block) {
      image<Vectors>(f, b, block);
      b.weights += f.chunks * f.kw * block * 4, b.bias += block, b.scale += block, b.in += block;
      b.out += block * size_of(R.type);
      if (b.addend != nullptr) b.multiplier += block, b.addend += block;
    }
    if (f.in.c % block != 0) image<Vectors>(f, b, f.in.c % block);
  }

  template <bool Vectors>
  static HWY_INLINE void image(F const& f, block_args const& b, int channels) {
    if constexpr (Vectors)
      by_strips(f, b, channels);
    else
      by_loops(f, b, channels);
  }

  static void by_loops(F const& f, block_args const& b, int channels) {
    for (int y = 0; y < f.out.h; ++y)
      for (int x = 0; x < f.out.w; ++x) {
        int const first = pixel(f, x, y, 0);
        for (int c = 0; c < channels; ++c) {
          int const at = nn::quad_position(c, Lanes);
          auto sum = static_cast<std::uint32_t>(b.bias[at]);  // may wrap on the way, not in the end
          if (b.addend != nullptr) sum += b.addend[first + c] * static_cast<std::uint32_t>(b.multiplier[at]);
          for (int u = 0; u < f.kh; ++u)
            for (int v = 0; v < f.kw; ++v) {
              int const i = y * f.sh - f.top + u, j = x * f.sw - f.left + v;
              bool const inside = i >= 0 && i < f.in.h && j >= 0 && j < f.in.w;
              std::int32_t const value = inside ? b.in[(i * f.in.w + j) * f.in.c + c] : f.fill;
              sum += static_cast<std::uint32_t>(value * b.weights[((u / 4 * f.kw + v) * block + at) * 4 + u % 4]);
            }
          store_one<R>(f, static_cast<std::int32_t>(sum), b.scale[at], b.out, first + c);
        }
      }
  }

  static HWY_INLINE void by_strips(F const& f, block_args const& b, int channels) {
    window_weights w;
    for (int i = 0; i < f.chunks * f.kw; ++i)
      for (int r = 0; r < rows; ++r)
        for (int k = 0; k < 4; ++k) {
          V const taps = load_dwords<Lanes>(b.weights + (i * 4 + k) * Lanes * 4);
          w.at[i / f.kw][i % f.kw][r][k] = dots::weights(hn::ShiftLeftSame(taps, 8 * r * f.sh));
        }
    for (int k = 0; k < 4; ++k) {
      w.bias[k] = starting_at<R, Lanes>(load_dwords<Lanes>(b.bias + k * Lanes));
      w.scale[k] = load_scales<R, Lanes>(b.scale + k * Lanes);
    }
    alignas(64) std::uint8_t outside[block];
    for (std::uint8_t& v : outside) v = static_cast<std::uint8_t>(f.fill);
    for (int y = 0, end = hidden(f.out.h); y < end; y += rows) {
      row_pointers p;
      for (int i = 0; i < f.chunks; ++i)
        for (int k = 0; k < 4; ++k) {
          int const u = 4 * i + k, from = y * f.sh - f.top + u;
          bool const inside = u < (rows - 1) * f.sh + f.kh && from >= 0 && from < f.in.h;
          p.at[i][k] = inside ? b.in + from * f.in.w * f.in.c : outside;
          p.moves[i][k] = inside ? -1 : 0;
        }
      if constexpr (has_dot && F::fixed_window && F::most_chunks == 1 && F::most_kw <= 4)
        strip_in_registers(f, b, w, p, y, channels);
      else
        strip(f, b, w, p, y, channels);
    }
  }

  static HWY_INLINE void load_column(F const& f, row_pointers const& p, int chunk, int column, operand (&d)[4]) {
    V from[4];
    if (column < 0 || column >= f.in.w) {
      auto const byte = static_cast<std::uint8_t>(f.fill);
      std::uint8_t const fill[4]{byte, byte, byte, byte};
      HONE_UNROLL for (int k = 0; k < 4; ++k) from[k] = broadcast<Lanes>(fill);
    } else {
      std::ptrdiff_t const offset = column * f.in.c;
      HONE_UNROLL for (int k = 0; k < 4; ++k) {
        from[k] = load_dwords<Lanes>(p.at[chunk][k] + (offset & p.moves[chunk][k]));
      }
    }
    interleave_operands<Lanes>(from, d);
  }

  static HWY_INLINE void add_column(operand const (&w)[rows][4], operand const (&column)[4], V (&acc)[rows][4]) {
    HONE_UNROLL for (int r = 0; r < rows; ++r) {
      HONE_UNROLL for (int k = 0; k < 4; ++k) { acc[r][k] = dots::add(acc[r][k], column[k], w[r][k]); }
    }
  }

  // The first tap of a window that no window before it has seen.
  static constexpr int first_fresh(int kw, int sw) { return kw > sw ? kw - sw : 0; }

  // Output rows y.. of all columns. Interleaved columns are kept for the windows that see them again: column c in slot
  // c % kw, of memory or, where operands are few enough, of registers.
  static HWY_INLINE void strip(F const& f, block_args const& b, window_weights const& w, row_pointers const& p, int y,
                               int channels) {
    int const fresh = first_fresh(f.kw, f.sw);
    struct columns {
      operand at[F::most_chunks][F::most_kw][4];
      HWY_INLINE columns() {}
    } column;
    for (int i = 0; i < f.chunks; ++i)
      for (int v = 0; v < fresh; ++v) load_column(f, p, i, v - f.left, column.at[i][v]);
    int first = 0;  // the slot of tap 0
    for (int x = 0, end = hidden(f.out.w); x < end; ++x) {
      auto const slot = [&](int v) { return first + v < f.kw ? first + v : first + v - f.kw; };
      for (int i = 0; i < f.chunks; ++i)
        for (int v = fresh; v < f.kw; ++v) load_column(f, p, i, x * f.sw + v - f.left, column.at[i][slot(v)]);
      V acc[rows][4];
      start(f, b, w, x, y, acc);
      for (int i = 0; i < f.chunks; ++i)
        for (int v = 0, taps = hidden(f.kw); v < taps; ++v) add_column(w.at[i][v], column.at[i][slot(v)], acc);
      store(f, b, w, x, y, acc, channels);
      first = slot(f.sw % f.kw);
    }
  }
  static HWY_INLINE void strip_in_registers(F const& f, block_args const& b, window_weights const& w,
                                            row_pointers const& p, int y, int channels) {
    constexpr int kw = F::kw, sw = F::sw, fresh = first_fresh(kw, sw);
    operand column[kw][4];
    HONE_UNROLL for (int v = 0; v < fresh; ++v) { load_column(f, p, 0, v - f.left, column[v]); }
    for (int x0 = 0, end = hidden(f.out.w); x0 < end; x0 += kw) {
      HONE_UNROLL for (int i = 0; i < kw; ++i) {
        int const x = x0 + i;
        if (x >= f.out.w) break;
        HONE_UNROLL for (int v = fresh; v < kw; ++v) {
          load_column(f, p, 0, x * f.sw + v - f.left, column[(i * sw + v) % kw]);
        }
        V acc[rows][4];
        start(f, b, w, x, y, acc);
        HONE_UNROLL for (int v = 0; v < kw; ++v) { add_column(w.at[0][v], column[(i * sw + v) % kw], acc); }
        store(f, b, w, x, y, acc, channels);
      }
    }
  }

  static HWY_INLINE int pixel(F const& f, int x, int y, int row) {
    return ((y + row < f.out.h ? y + row : y) * f.out.w + x) * f.in.c;
  }

  static HWY_INLINE void start(F const& f, block_args const& b, window_weights const& w, int x, int y,
                               V (&acc)[rows][4]) {
    HONE_UNROLL for (int r = 0; r < rows; ++r) {
      HONE_UNROLL for (int k = 0; k < 4; ++k) acc[r][k] = w.bias[k];
      if (b.addend != nullptr) add_quads<R, Lanes>(b.addend + pixel(f, x, y, r), b.multiplier, acc[r]);
    }
  }
  static HWY_INLINE void store(F const& f, block_args const& b, window_weights const& w, int x, int y,
                               V (&acc)[rows][4], int channels) {
    HONE_UNROLL for (int r = 0; r < rows; ++r) {
      if (y + r < f.out.h)
        store_quads<R, Lanes>(f, acc[r], w.scale, b.scale, b.out + pixel(f, x, y, r) * size_of(R.type), channels);
    }
  }
};

template <>
struct kernel<&depthwise_conv2d_kind, format::int8> {
  template <op O, int Lanes>
  static void run(kernel_args const& a) noexcept {
    static_assert(O.addend < 0 || O.addend == 1);
    if constexpr (has_bytes<Lanes> && nn::is_square_depthwise(O)) {
      static constexpr nn::int8_square_depthwise form = nn::int8_square_depthwise_form(O, Lanes);
      int8_square_convolution<O.win.sw, square_result<requantises_generally(O)>, Lanes>::run(a, form);
    } else {
      constexpr fixed_depthwise<nn::int8_depthwise_form(O), result_of(O)> form{};
      int8_depthwise_convolution<std::remove_const_t<decltype(form)>, result_of(O), Lanes>::run(a, form);
    }
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
