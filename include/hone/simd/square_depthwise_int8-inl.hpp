// 3x3 depthwise convolutions of u8 activations with i8 weights, of any extents: run-time kernels, which compiled operations
// use, too. Four rows of a column are interleaved byte by byte (int8_quads-inl.hpp). Of many channels a vector holds those
// of one pixel. Of few, a row is so many bytes, pixels side by side, and a vector holds as many pixels as fit, with
// weights repeated accordingly.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_SQUARE_DEPTHWISE_INT8_INL_HPP)
#define HONE_SIMD_SQUARE_DEPTHWISE_INT8_INL_HPP
#include <hone/nn/int8_depthwise.hpp>
#include <hone/simd/int8_frame-inl.hpp>
#include <hone/simd/int8_quads-inl.hpp>
#define HONE_SELF <hone/simd/square_depthwise_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Puts pixels of `channels` bytes side by side.
template <int Lanes, int Stride>
class pixel_loader {
 public:
  HWY_INLINE explicit pixel_loader(nn::int8_square_depthwise const& f) : channels_(f.channels) {
    if constexpr (Lanes == 16 && Stride == 2) {
      alignas(64) std::int32_t from[Lanes];
      int const dwords = f.channels / 4, all = f.pixels * dwords;
      for (int i = 0; i < Lanes; ++i) from[i] = i < all ? i + i / dwords * dwords : 0;
      from_ = load_dwords<Lanes>(from);
    }
  }
  // The first pixel at p and every Stride-th after it. Reads up to Stride * 4 * Lanes bytes.
  HWY_INLINE i32_vector<Lanes> operator()(std::uint8_t const* p) const {
    using V = i32_vector<Lanes>;
    if constexpr (Stride == 1) return load_dwords<Lanes>(p);
#if HWY_ARCH_X86
    auto const piece = [](std::uint8_t const* from) { return _mm_loadu_si128(reinterpret_cast<__m128i const*>(from)); };
    if constexpr (Lanes == 16)
      return V{_mm512_permutex2var_epi32(load_dwords<Lanes>(p).raw, from_.raw, load_dwords<Lanes>(p + 64).raw)};
    else if constexpr (Lanes == 8) {
      auto const pair = [&](std::uint8_t const* from) {
        return _mm256_inserti128_si256(_mm256_castsi128_si256(piece(from)), piece(from + 32), 1);
      };
      return V{channels_ == 16 ? pair(p) : _mm256_unpacklo_epi64(pair(p), pair(p + 16))};
    } else
      return V{_mm_unpacklo_epi64(piece(p), piece(p + 16))};
#elif HWY_ARCH_ARM
    return V{vreinterpretq_s32_u8(vcombine_u8(vld1_u8(p), vld1_u8(p + 16)))};
#endif
  }

 private:
  int channels_;
  i32_vector<Lanes> from_;
};

// S: the stride. R: how to requantise; zero point and clip are the form's.
template <int S, result_form R, int Lanes>
class int8_square_convolution {
 public:
  static HWY_NOINLINE void run(kernel_args const& a, nn::int8_square_depthwise const& form) {
    nn::int8_square_depthwise const f = form;  // of its own: nothing that is stored can change it
    if (f.pixels > 1)
      by_vectors(a, f);
    else
      by_pixels(a, f);
  }

 private:
  using V = i32_vector<Lanes>;
  using dots = byte_dots<Lanes, false>;
  using operand = typename dots::operand;
  static constexpr int block = 4 * Lanes, rows = S == 1 ? 2 : 1;
  using sums = V[rows][4];
  using column = operand[4];

  // What stays the same for all pixels of a block of channels. Weights by column, row of the results, quad.
  struct block_weights {
    operand at[3][rows][4];
    V bias[4];
    scale_vectors<Lanes> scale[4];
    std::uint8_t const* addend;  // null: none
    std::int32_t const* multiplier;

    HWY_INLINE block_weights(kernel_args const& a, int channel)
        : addend(static_cast<std::uint8_t const*>(a.in[1])),
          multiplier(static_cast<std::int32_t const*>(a.param[slot::addend])) {
      auto const* const taps = static_cast<std::int8_t const*>(a.param[slot::weight]) + channel * 3 * 4;
      for (int v = 0; v < 3; ++v)
        for (int k = 0; k < 4; ++k)
          for (int r = 0; r < rows; ++r)
            at[v][r][k] = dots::weights(hn::ShiftLeftSame(load_dwords<Lanes>(taps + (v * 4 + k) * block), 8 * r));
      for (int k = 0, c = channel; k < 4; ++k, c += Lanes) {
        bias[k] = starting_at<R, Lanes>(load_dwords<Lanes>(static_cast<std::int32_t const*>(a.param[slot::bias]) + c));
        scale[k] = load_scales<R, Lanes>(static_cast<float const*>(a.param[slot::scale]) + c);
      }
      if (addend != nullptr) addend += channel, multiplier += channel;
    }
  };

  // at: the first result; that of the row below is so many bytes further on.
  static HWY_INLINE void start(block_weights const& w, int at, int below, sums& acc) {
    HONE_UNROLL for (int r = 0; r < rows; ++r) {
      HONE_UNROLL for (int k = 0; k < 4; ++k) acc[r][k] = w.bias[k];
      if (w.addend != nullptr) add_quads<R, Lanes>(w.addend + at + r * below, w.multiplier, acc[r]);
    }
  }
  static HWY_INLINE void add(block_weights const& w, int tap, column const& x, sums& acc) {
    HONE_UNROLL for (int r = 0; r < rows; ++r) {
      HONE_UNROLL for (int k = 0; k < 4; ++k) {
        acc[r][k] = dots::add(acc[r][k], x[k], w.at[tap][r][k]);
        if constexpr (!has_dot) pin(acc[r][k]);  // else g++ adds in another order, for which there are no registers
      }
    }
  }
  static HWY_INLINE void store(nn::int8_square_depthwise const& f, block_weights const& w, sums const& acc,
                               std::uint8_t* out, int below, int count) {
    HONE_UNROLL for (int r = rows - 1; r >= 0; --r) {
      store_quads<R, Lanes>(f, acc[r], w.scale, nullptr, out + r * below, count);
    }
  }

  // ---- several pixels a vector

  static HWY_INLINE void by_vectors(kernel_args const& a, nn::int8_square_depthwise const& f) {
    std::uint8_t const* in = framed<Lanes>(f.frame, a.in[0], a.scratch);
    auto* const out = static_cast<std::uint8_t*>(a.out);
    int const row = f.row(), all = f.pixels * f.channels, step = all < row ? all : row;
    block_weights const w(a, 0);
    pixel_loader<Lanes, S> const load(f);
    for (int y = 0; y < f.rows; y += rows, in += rows * S * f.frame.row) {
      int const below = y + 1 < f.rows ? row : 0;  // 0: the last row is computed twice
      for (int end = step; end - step < row; end += step) {
        int const from = end < row ? end - step : row - step, at = y * row + from;
        sums acc;
        start(w, at, below, acc);
        HONE_UNROLL for (int v = 0; v < 3; ++v) {
          column x;
          interleave_rows(load, in + from * S + v * f.channels, f.frame.row, x);
          add(w, v, x, acc);
        }
        // where the row goes on, what is written too much will be overwritten
        store(f, w, acc, out + at, below, from + block <= row ? block : step);
      }
    }
  }
  static HWY_INLINE void interleave_rows(pixel_loader<Lanes, S> const& load, std::uint8_t const* p, std::ptrdiff_t row,
                                         column& x) {
    V const v[4]{load(p), load(p + row), load(p + 2 * row), rows == 2 ? load(p + 3 * row) : hn::Zero(i32_tag<Lanes>())};
    interleave_operands<Lanes>(v, x);
  }

  // ---- one pixel a vector

  // Goes through the pixels of the rows that a strip of results sees, from the first column that a window does.
  class column_reader {
   public:
    HWY_INLINE column_reader(nn::int8_square_depthwise const& f, std::uint8_t const* in, std::uint8_t const* outside,
                             int y)
        : at_(-f.left), end_(f.in_columns), outside_(outside) {
      HONE_UNROLL for (int k = 0; k < used; ++k) {
        int const row = y * S - f.top + k;
        bool const inside = row >= 0 && row < f.in_rows;
        p_[k] = inside ? in + row * f.in_columns * f.channels : outside;
        step_[k] = inside ? f.channels : 0;  // a row outside is one of fill, whatever the column
      }
    }
    HWY_INLINE void next(column& x) {
      V v[4];
      if (used < 4) v[3] = hn::Zero(i32_tag<Lanes>());
      if (at_ >= 0 && at_ < end_) {
        HONE_UNROLL for (int k = 0; k < used; ++k) v[k] = load_dwords<Lanes>(p_[k]), p_[k] += step_[k];
      } else {
        HONE_UNROLL for (int k = 0; k < used; ++k) v[k] = load_dwords<Lanes>(outside_);
      }
      interleave_operands<Lanes>(v, x);
      ++at_;
    }

   private:
    static constexpr int used = (rows - 1) * S + 3;
    std::uint8_t const* p_[used];
    std::ptrdiff_t step_[used];
    int at_, end_;
    std::uint8_t const* outside_;
  };

  static HWY_INLINE void by_pixels(kernel_args const& a, nn::int8_square_depthwise const& f) {
    alignas(64) std::uint8_t outside[block];
    std::memset(outside, f.fill, block);
    auto const* const in = static_cast<std::uint8_t const*>(a.in[0]);
    auto* const out = static_cast<std::uint8_t*>(a.out);
    for (int c = 0; c < f.channels; c += block) {
      block_weights const w(a, c);
      int const count = f.channels - c < block ? f.channels - c : block;
      for (int y = 0; y < f.rows; y += rows) strip(f, w, column_reader(f, in + c, outside, y), y, out + c, count);
    }
  }
  static HWY_INLINE void strip(nn::int8_square_depthwise const& f, block_weights const& w, column_reader from, int y,
                               std::uint8_t* out, int count) {
    int const below = y + 1 < f.rows ? f.row() : 0;
    int at = y * f.row();
    column x[3];
    HONE_UNROLL for (int v = 0; v < 3 - S; ++v) from.next(x[v]);
    auto const window = [&]<int First>() __attribute__((always_inline)) {
      HONE_UNROLL for (int v = 3 - S; v < 3; ++v) from.next(x[(First + v) % 3]);
      sums acc;
      start(w, at, below, acc);
      HONE_UNROLL for (int v = 0; v < 3; ++v) add(w, v, x[(First + v) % 3], acc);
      store(f, w, acc, out + at, below, count);
      at += f.channels;
    };
    // the columns of a window stay where they are: the next window begins at another one
    for (int left = f.columns;;) {
      window.template operator()<0>();
      if (--left == 0) return;
      window.template operator()<S % 3>();
      if (--left == 0) return;
      window.template operator()<2 * S % 3>();
      if (--left == 0) return;
    }
  }
};

// The two ways of requantisation: a general one, by zero point or range, and the usual one.
constexpr bool requantises_generally(op const& o) { return o.convert || (has_fma && o.zero != 0); }
template <bool General>
inline constexpr result_form square_result{dtype::u8, General ? 1 : 0, General};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
