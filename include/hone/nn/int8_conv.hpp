#pragma once
#include <hone/nn/column_cut.hpp>
#include <hone/nn/frame.hpp>

namespace hone::inline HONE_ABI::nn {

// An int8 convolution as its kernel computes it: over rows of dwords (four bytes, one dot product). Where channels are
// a multiple of 4, a column of dwords is broadcast once for all the taps of a window row; else a window row is one run
// of kw * ci bytes, a tap. Where padding is zero, what lies outside is skipped; else the kernel reads a padded copy of
// the input in scratch.
struct int8_conv {
  int rows{1}, row_bytes{};             // of what is read: the input, or its padded copy
  int kh{1}, sh{1}, top{}, left{};      // top: rows, left: bytes of padding that is skipped
  int taps{1}, tap_bytes{}, dwords{1};  // of a window row: taps, the distance of their columns, dot products a tap
  int window_bytes{};                   // a window row, without the rest of its last dword
  int stride{1};                        // columns from one output to the next
  shape out{};
  int vectors{1}, split{1};  // of output channels, and of chains over the reduction
  int scratch{};             // bytes of the padded copy; 0: none
  bool cuts{};               // a dword may lie partly outside
  bool pairs_fit{};          // op::pairs_fit
  column_cut cut{};

  constexpr bool operator==(int8_conv const&) const = default;
  constexpr int reduction() const { return kh * taps * dwords; }
  constexpr int blocks(int lanes) const { return ceil_div(out.c, vectors * lanes); }
  // Where the window row of the tile's first output begins in its input row; negative: in the padding.
  constexpr int origin(int tile) const { return cut.first(tile) * stride * tap_bytes - left; }
  // Whether all of the tile's windows lie inside their rows.
  constexpr bool interior(int tile) const {
    return origin(tile) >= 0 && origin(tile) + (cut.width(tile) - 1) * stride * tap_bytes + window_bytes <= row_bytes;
  }
  // How many tiles in a row, from this one on, do the same: those of its width whose windows all lie inside.
  constexpr int alike(int tile) const {
    if (!interior(tile)) return 1;
    int end = tile < cut.wides ? cut.wides : cut.tiles();
    while (!interior(end - 1)) --end;
    return end - tile;
  }
  // How many bytes of the dword at byte `at` of an input row lie inside.
  constexpr int inside(int at) const {
    int const from = at < 0 ? 0 : at, to = at + 4 > row_bytes ? row_bytes : at + 4;
    return to > from ? to - from : 0;
  }
};

// tile.algorithm of convolutions and dense layers known at run time: the kernel reads activations as words, from a copy,
// where dot products are sums of products of words. Bytes 1 and 2 of the four weights of a dword change places, so that
// its even and its odd ones are of neighbours.
inline constexpr std::int8_t int8_by_words = 2;

// Longest window row whose taps share broadcasts: their weights stay in registers.
inline constexpr int most_shared_taps = 4;
// Longest window row, in dwords, whose parts that are outside are skipped where channels are no multiple of 4.
inline constexpr int most_cut_dwords = 4;

// The most chains, `wanted` at most, that `steps` steps divide into evenly.
constexpr int chains(int steps, int wanted) {
  while (steps % wanted != 0) --wanted;
  return wanted;
}

constexpr int8_conv int8_form(op const& o) {
  window const& w = o.win;
  int8_conv f{};
  f.rows = o.in.h, f.row_bytes = o.in.w * o.in.c, f.out = o.out, f.kh = w.kh, f.sh = w.sh, f.vectors = o.t.vectors;
  if (w.taps() == 1 && w.sh == 1 && w.sw == 1 && !w.padded()) {  // one long row
    f.rows = f.out.h = 1, f.row_bytes = o.in.size(), f.out.w = o.in.pixels();
  }
  f.top = w.top, f.left = w.left * o.in.c;
  bool const shares = o.in.c % 4 == 0 && w.kw <= most_shared_taps;
  if (shares) {
    f.taps = w.kw, f.stride = w.sw, f.tap_bytes = o.in.c, f.dwords = o.in.c / 4;
  } else {
    f.tap_bytes = w.sw * o.in.c, f.dwords = ceil_div(w.kw * o.in.c, 4);
  }
  f.window_bytes = w.kw * o.in.c;
  if (w.padded() && (o.from_zero != 0 || (!shares && f.dwords > most_cut_dwords))) {
    f.rows += w.top + w.bottom, f.row_bytes += (w.left + w.right) * o.in.c;
    f.top = f.left = 0;
    f.scratch = scratch_of(frame_of(o));
  } else {
    f.cuts = w.padded() && !shares;
  }
  f.pairs_fit = o.pairs_fit, f.split = chains(f.dwords, o.t.split);
  f.cut = cut_columns(f.out.w, o.t.cols);
  return f;
}
// An int8 dense layer is the convolution of one pixel of all inputs.
constexpr int8_conv int8_dense_form(op const& o) {
  int8_conv f{};
  f.row_bytes = f.window_bytes = o.in.size(), f.dwords = ceil_div(o.in.size(), 4), f.tap_bytes = f.dwords * 4;
  f.out = {1, 1, o.out.c}, f.vectors = o.t.vectors, f.split = chains(f.dwords, o.t.split), f.cut = cut_columns(1, 1);
  f.pairs_fit = o.pairs_fit;
  return f;
}

}  // namespace hone::inline HONE_ABI::nn
