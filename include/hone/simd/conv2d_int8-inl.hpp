// Convolution of u8 activations with i8 weights, and dense layers (numerics: core/quantized.hpp; what is read and when:
// nn/int8_conv.hpp). Output channels lie across lanes. A register tile is Pixels neighbouring outputs of a row x the
// block's vectors x `split` chains; for each window row and dword it loads the weights of the row's taps and broadcasts
// each input column.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_CONV2D_INT8_INL_HPP)
#define HONE_SIMD_CONV2D_INT8_INL_HPP
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/int8_conv.hpp>
#include <hone/simd/int8_dot-inl.hpp>
#include <hone/simd/int8_frame-inl.hpp>
#include <hone/simd/int8_result-inl.hpp>
#define HONE_SELF <hone/simd/conv2d_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

template <nn::int8_conv F, result_form R, int Lanes>
struct int8_convolution {
  using V = i32_vector<Lanes>;
  using dots = byte_dots<Lanes, F.pairs_fit>;
  static constexpr int vectors = F.vectors, block = F.vectors * Lanes, pitch = F.out.c;
  static constexpr int tap_weights = F.dwords * block * 4, window_weights = F.taps * tap_weights;  // bytes, packed

  // One block of output channels.
  struct block_args {
    std::int8_t const* weights;
    std::int32_t const* bias;
    float const* scale;
    std::int32_t const* multiplier;  // of the residual addend
    std::uint8_t const* addend;      // at pixel 0; null: none
    std::uint8_t* out;               // at pixel 0
  };

  static HWY_NOINLINE void run(kernel_args const& a, std::uint8_t const* in) {
    constexpr int blocks = F.blocks(Lanes), rest = F.out.c % block;
    block_args b{static_cast<std::int8_t const*>(a.param[slot::weight]),
                 static_cast<std::int32_t const*>(a.param[slot::bias]),
                 static_cast<float const*>(a.param[slot::scale]),
                 static_cast<std::int32_t const*>(a.param[slot::addend]),
                 static_cast<std::uint8_t const*>(a.in[1]),
                 static_cast<std::uint8_t*>(a.out)};
    for (int i = 0, end = hidden(blocks - (rest != 0 ? 1 : 0)); i < end; ++i) {
      image<block>(b, in);
      b.weights += F.kh * window_weights, b.bias += block, b.scale += block;
      b.out += block * size_of(R.type);
      if (b.addend != nullptr) b.multiplier += block, b.addend += block;
    }
    if constexpr (rest != 0) image<rest>(b, in);
  }

 private:
  template <int Channels>
  static HWY_INLINE void image(block_args const& b, std::uint8_t const* in) {
    if constexpr (has_bytes<Lanes>)
      by_tiles<Channels>(b, in);
    else
      by_loops(b, in, Channels);
  }

  // Plain integers. One multiplication of 64 bits gives the products of an activation with the weights of two output
  // channels: their sums are the low half of a number and, but for the borrow of the low one's sign, the high half.
  static constexpr int at_once = block < 4 ? 2 : 4;  // channels
  static void by_loops(block_args const& b, std::uint8_t const* in, int channels) {
    for (int y = 0; y < F.out.h; ++y)
      for (int x = 0; x < F.out.w; ++x)
        for (int c = 0; c < channels; c += at_once) {
          std::int64_t sum[at_once / 2]{};
          add_window(b.weights + 4 * c, in, y, x, sum);
          for (int k = 0; k < at_once && c + k < channels; ++k) {
            auto const low = static_cast<std::int32_t>(sum[k / 2]);
            store_sum(b, k % 2 == 0 ? low : static_cast<std::int32_t>((sum[k / 2] - low) >> 32), y, x, c + k);
          }
        }
  }
  static HWY_INLINE void add_window(std::int8_t const* weights, std::uint8_t const* in, int y, int x,
                                    std::int64_t (&sum)[at_once / 2]) {
    auto const add = [&](std::int64_t value, std::int8_t const* w) __attribute__((always_inline)) {
      HONE_UNROLL for (int k = 0; k < at_once / 2; ++k) {
        std::int64_t product = value * (w[8 * k] + w[8 * k + 4] * (std::int64_t{1} << 32));
        asm("" : "+r"(product));  // or g++ makes vectors of two, which have no such multiplication
        sum[k] += product;
      }
    };
    nn::tap_range const rows = nn::taps(y, F.sh, F.top, F.kh, F.rows);
    for (int u = rows.begin; u < rows.end; ++u) {
      std::uint8_t const* const row = in + (rows.from + u) * F.row_bytes;
      for (int t = 0; t < F.taps; ++t) {
        std::int8_t const* w = weights + u * window_weights + t * tap_weights;
        int at = (x * F.stride + t) * F.tap_bytes - F.left;
        for (int q = 0, end = hidden(F.dwords); q < end; ++q, w += block * 4, at += 4)
          if (at >= 0 && at + 4 <= F.row_bytes) {
            HONE_UNROLL for (int i = 0; i < 4; ++i) add(row[at + i], w + i);
          } else {
            for (int i = 0; i < 4; ++i)
              if (at + i >= 0 && at + i < F.row_bytes) add(row[at + i], w + i);
          }
      }
    }
  }
  static HWY_INLINE void store_sum(block_args const& b, std::int32_t sum, int y, int x, int c) {
    int const i = (y * F.out.w + x) * pitch + c;
    std::int32_t acc = b.bias[c] + sum;
    if (b.addend != nullptr) acc += b.addend[i] * b.multiplier[c];
    store_result<R>(acc, b.scale[c], b.out, i);
  }

  template <int Channels>
  static HWY_INLINE void by_tiles(block_args b, std::uint8_t const* in) {
    std::int8_t const* const weights = b.weights;
    for (int y = 0, end = hidden(F.out.h); y < end; ++y) {
      nn::tap_range const u = nn::taps(y, F.sh, F.top, F.kh, F.rows);
      b.weights = weights + u.begin * window_weights;
      row<Channels>(b, in + (u.from + u.begin) * F.row_bytes, u.end - u.begin);
      b.out += F.out.w * pitch * size_of(R.type);
      if (b.addend != nullptr) b.addend += F.out.w * pitch;
    }
  }
  // Register tiles of one output row: those at the edges one by one, the others in two loops.
  template <int Channels, int Tile = 0>
  static HWY_INLINE void row(block_args const& b, std::uint8_t const* in, int window_rows) {
    constexpr nn::column_cut cut = F.cut;
    if constexpr (Tile < cut.tiles()) {
      constexpr int first = cut.first(Tile), pixels = cut.width(Tile);
      if constexpr (F.interior(Tile)) {
        constexpr int next = alike(Tile);
        int const end = next - Tile > 1 ? hidden(cut.first(next)) : first + 1;
        for (int x = first; x < end; x += pixels)
          tile<Channels, 0, false, pixels>(b, x, in + x * F.stride * F.tap_bytes - F.left, window_rows);
        row<Channels, next>(b, in, window_rows);
      } else {
        tile<Channels, F.origin(Tile), true, pixels>(b, first, in, window_rows);
        row<Channels, Tile + 1>(b, in, window_rows);
      }
    }
  }
  // The tile after `tile` and the interior ones of its width that follow it.
  static constexpr int alike(int tile) {
    int const width = F.cut.width(tile);
    while (tile < F.cut.tiles() && F.cut.width(tile) == width && F.interior(tile)) ++tile;
    return tile;
  }

  // Outputs x to x + Pixels. The first one's window row begins at byte Origin of `in`; with Edge, not all is inside.
  template <int Channels, int Origin, bool Edge, int Pixels>
  static HWY_INLINE void tile(block_args const& b, int x, std::uint8_t const* in, int window_rows) {
    V acc[F.split][Pixels][vectors];
    start(b, x * pitch, acc);
    for (int u = 0; u < window_rows; ++u) {
      std::int8_t const* const w = b.weights + u * window_weights;
      if constexpr (Edge && F.cuts) {
        HONE_UNROLL for (int q = 0; q < F.dwords; q += F.split) { add_dwords<Origin, Edge, Pixels>(w, in, q, acc); }
      } else {
        for (int q = 0, end = hidden(F.dwords); q < end; q += F.split) add_dwords<Origin, Edge, Pixels>(w, in, q, acc);
      }
      in += F.row_bytes;
    }
    HONE_UNROLL for (int p = 0; p < Pixels; ++p) {
      HONE_UNROLL for (int v = 0; v < vectors; ++v) {
        HONE_UNROLL for (int s = 1; s < F.split; ++s) { acc[0][p][v] = hn::Add(acc[0][p][v], acc[s][p][v]); }
      }
    }
    store_tile<R, Lanes, Channels, pitch, Pixels, vectors>(acc[0], b.scale, b.out + x * pitch * size_of(R.type));
  }

  // at: the tile's first result.
  template <int Pixels>
  static HWY_INLINE void start(block_args const& b, int at, V (&acc)[F.split][Pixels][vectors]) {
    HONE_UNROLL for (int v = 0; v < vectors; ++v) {
      V const bias = starting_at<R, Lanes>(load_dwords<Lanes>(b.bias + v * Lanes));
      HONE_UNROLL for (int p = 0; p < Pixels; ++p) {
        acc[0][p][v] = bias;
        HONE_UNROLL for (int s = 1; s < F.split; ++s) { acc[s][p][v] = hn::Zero(i32_tag<Lanes>()); }
      }
    }
    if (b.addend == nullptr) return;
    HONE_UNROLL for (int v = 0; v < vectors; ++v) {
      V const multiplier = load_dwords<Lanes>(b.multiplier + v * Lanes);
      HONE_UNROLL for (int p = 0; p < Pixels; ++p) {
        V const r = load_bytes<Lanes>(b.addend + at + p * pitch + v * Lanes);
        acc[0][p][v] = multiply_add<!R.convert, Lanes>(acc[0][p][v], r, multiplier);
      }
    }
  }

  // The dword at byte `at` of a row, zero where it is outside.
  static HWY_INLINE V piece(std::uint8_t const* row, int at) {
    std::uint32_t v = 0;
    if (F.row_bytes >= 4) {
      int const from = at < 0 ? 0 : F.row_bytes - 4;
      std::memcpy(&v, row + from, 4);
      v = at < 0 ? v << -8 * at : v >> 8 * (at - from);
    } else {
      for (int i = 0; i < 4; ++i)
        if (at + i >= 0 && at + i < F.row_bytes) v |= static_cast<std::uint32_t>(row[at + i]) << 8 * i;
    }
    return hn::Set(i32_tag<Lanes>(), static_cast<std::int32_t>(v));
  }

  // Adds dwords q to q + split of every tap of a window row.
  template <int Origin, bool Edge, int Pixels>
  static HWY_INLINE void add_dwords(std::int8_t const* w, std::uint8_t const* in, int q,
                                    V (&acc)[F.split][Pixels][vectors]) {
    HONE_UNROLL for (int s = 0; s < F.split; ++s) {
      typename dots::operand weight[F.taps][vectors];
      HONE_UNROLL for (int t = 0; t < F.taps; ++t) {
        HONE_UNROLL for (int v = 0; v < vectors; ++v) {
          weight[t][v] = dots::weights(load_dwords<Lanes>(w + t * tap_weights + ((q + s) * vectors + v) * Lanes * 4));
        }
      }
      HONE_UNROLL for (int c = 0; c < (Pixels - 1) * F.stride + F.taps; ++c) {
        int const at = Origin + c * F.tap_bytes, within = (q + s) * 4;
        if (Edge && F.inside(F.cuts ? at + within : at) == 0) continue;
        bool const cut = Edge && F.cuts && F.inside(at + within) < 4;
        auto const x = dots::activations(cut ? piece(in, at + within) : broadcast<Lanes>(in + at + within));
        HONE_UNROLL for (int t = 0; t < F.taps; ++t) {
          if (c < t || (c - t) % F.stride != 0 || (c - t) / F.stride >= Pixels) continue;
          HONE_UNROLL for (int v = 0; v < vectors; ++v) {
            V& sum = acc[s][(c - t) / F.stride][v];
            sum = dots::add(sum, x, weight[t][v]);
          }
        }
      }
      HONE_UNROLL for (int p = 0; p < Pixels; ++p) {
        HONE_UNROLL for (int v = 0; v < vectors; ++v) { pin(acc[s][p][v]); }
      }
    }
  }
};

template <>
struct kernel<&conv2d_kind, format::int8> {
  template <op O, int Lanes>
  static void run(kernel_args const& a) noexcept {
    constexpr nn::int8_conv form = nn::int8_form(O);
    static_assert(O.addend < 0 || O.addend == 1);
    auto const* in = static_cast<std::uint8_t const*>(a.in[0]);
    if constexpr (form.scratch > 0) {
      static constexpr nn::frame_copy frame = nn::frame_of(O);
      in = framed<Lanes>(frame, in, a.scratch);
    }
    int8_convolution<form, result_of(O), Lanes>::run(a, in);
  }
};
template <>
struct kernel<&dense_kind, format::int8> {
  template <op O, int Lanes>
  static void run(kernel_args const& a) noexcept {
    static_assert(O.addend < 0 || O.addend == 1);
    int8_convolution<nn::int8_dense_form(O), result_of(O), Lanes>::run(a, static_cast<std::uint8_t const*>(a.in[0]));
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
