#pragma once
#include <hone/nn/column_cut.hpp>
#include <hone/nn/layer.hpp>

namespace hone::inline HONE_ABI::nn {

// An int8 convolution as its kernel computes it: over rows of dwords (four bytes, one dot product). Where channels are a
// multiple of 4 and padding is zero, a column of dwords is broadcast once for all the taps of a window row, and padded
// taps are skipped. Else a window row is one run of kw * ci bytes, read from a padded copy of the input in scratch where
// there is padding.
struct int8_conv {
  int rows{}, columns{};              // of what is read: the input, or its padded copy
  int row_bytes{}, column_bytes{};    // distances in it
  int kh{1}, sh{1}, top{}, left{};    // top, left: padding that is skipped
  int taps{1}, stride{1}, dwords{1};  // of a window row: taps, columns between outputs, dot products a tap
  shape out{};
  int vectors{1}, split{1};  // of output channels, and of chains over the reduction
  int scratch{};             // bytes of the padded copy; 0: none
  column_cut cut{};

  constexpr bool operator==(int8_conv const&) const = default;
  constexpr int reduction() const { return kh * taps * dwords; }
  constexpr int blocks(int lanes) const { return ceil_div(out.c, vectors * lanes); }
  // Whether every tap of the tile's columns lies inside.
  constexpr bool interior(int tile) const {
    int const from = cut.first(tile) * stride - left;
    return from >= 0 && from + (cut.width(tile) - 1) * stride + taps <= columns;
  }
};

// Longest window row whose taps share a broadcast: their weights stay in registers.
inline constexpr int most_shared_taps = 4;

// The most chains, `wanted` at most, that `steps` steps divide into evenly.
constexpr int chains(int steps, int wanted) {
  while (steps % wanted != 0) --wanted;
  return wanted;
}

constexpr int8_conv int8_form(op const& o) {
  window const& w = o.win;
  int8_conv f{};
  bool const padded = w.top > 0 || w.left > 0 || w.bottom > 0 || w.right > 0;
  f.rows = o.in.h, f.columns = o.in.w, f.out = o.out, f.kh = w.kh, f.sh = w.sh, f.vectors = o.t.vectors;
  if (w.taps() == 1 && w.sh == 1 && w.sw == 1 && !padded) {  // one long row
    f.rows = f.out.h = 1, f.columns = f.out.w = o.in.pixels();
  }
  if (o.in.c % 4 == 0 && w.kw <= most_shared_taps && !(padded && o.from_zero != 0)) {
    f.taps = w.kw, f.stride = w.sw, f.dwords = o.in.c / 4, f.column_bytes = o.in.c;
    f.top = w.top, f.left = w.left, f.row_bytes = f.columns * o.in.c;
  } else {
    int const columns = o.in.w + (padded ? w.left + w.right : 0);
    f.dwords = ceil_div(w.kw * o.in.c, 4), f.column_bytes = w.sw * o.in.c;
    f.row_bytes = (padded ? columns : f.columns) * o.in.c, f.columns = f.out.w;
    if (padded) {
      f.rows += w.top + w.bottom;
      f.scratch = round_up(f.rows * f.row_bytes, 64);
    }
  }
  f.split = chains(f.dwords, o.t.split);
  f.cut = cut_columns(f.out.w, o.t.cols);
  return f;
}
// An int8 dense layer is the convolution of one pixel of all inputs.
constexpr int8_conv int8_dense_form(op const& o) {
  int8_conv f{};
  f.rows = f.columns = 1, f.dwords = ceil_div(o.in.size(), 4), f.row_bytes = f.column_bytes = f.dwords * 4;
  f.out = {1, 1, o.out.c}, f.vectors = o.t.vectors, f.split = chains(f.dwords, o.t.split), f.cut = cut_columns(1, 1);
  return f;
}

}  // namespace hone::inline HONE_ABI::nn
