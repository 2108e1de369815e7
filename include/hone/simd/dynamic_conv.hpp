#pragma once
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/float_conv.hpp>
#include <hone/simd/dynamic_form.hpp>
#include <hone/simd/dynamic_function.hpp>

#include <span>

// What run-time f32 convolutions (dynamic_conv2d-inl.hpp) are compiled for, and what they know of an operation.
namespace hone::inline HONE_ABI::simd {

// Register tiles that are compiled: of `from` to `to` columns, by vectors of output channels, by chains. One number of
// chains for each extent, besides those of one column, which dense layers use.
struct conv_range {
  std::int8_t from{}, to{}, vectors{}, chains{};
  constexpr int tiles() const { return to - from + 1; }
};
// As many chains as registers allow where columns are few: what a multiply-accumulate waits for is the sum before it.
inline constexpr conv_range small_conv_set[]{{1, 2, 1, 2}, {1, 2, 2, 1}, {1, 1, 8, 1}};
inline constexpr conv_range conv_set_of_16[]{{1, 1, 2, 4}, {2, 2, 2, 3}, {3, 3, 2, 2},  {4, 6, 2, 1}, {1, 2, 1, 4},
                                             {3, 3, 1, 3}, {4, 6, 1, 2}, {7, 12, 1, 1}, {1, 1, 4, 2}, {1, 1, 8, 1}};
inline constexpr conv_range conv_set_of_32[]{
    {1, 3, 2, 4},   {4, 7, 2, 2},   {8, 14, 2, 1}, {1, 6, 1, 4}, {7, 9, 1, 3}, {10, 13, 1, 2},
    {14, 16, 1, 1}, {24, 24, 1, 1}, {1, 1, 4, 2},  {5, 5, 4, 1}, {1, 1, 8, 1}};
constexpr std::span<conv_range const> conv_set(int registers) {
  if (HONE_SMALL_TILES) return small_conv_set;
  if (registers >= 32) return conv_set_of_32;
  return conv_set_of_16;
}
constexpr int conv_tiles(std::span<conv_range const> set) {
  int n = 0;
  for (conv_range const& r : set) n += r.tiles();
  return n;
}
// The i-th tile of a set.
constexpr tile conv_tile_at(std::span<conv_range const> set, int i) {
  for (conv_range const& r : set) {
    if (i < r.tiles()) return {1, static_cast<std::int8_t>(r.from + i), r.vectors, r.chains, 0};
    i -= r.tiles();
  }
  return {};
}
// Where the tile of t with `columns` columns is; -1: nowhere. Chains count for one column alone.
constexpr int find_conv_tile(std::span<conv_range const> set, tile const& t, int columns) {
  int at = 0, found = -1;
  for (conv_range const& r : set) {
    bool const fits = r.vectors == t.vectors && columns >= r.from && columns <= r.to;
    if (fits && (found < 0 || r.chains == t.split)) found = at + columns - r.from;
    at += r.tiles();
  }
  return found;
}

// A row of o (seen as rows): columns [0, left) and the last `right` are computed one by one, the others in tiles. Tiles
// hold the first and the last column, where those are the only ones that see padding.
struct conv_columns {
  int left{}, right{};
  bool edges{};  // tiles hold the columns that see padding
  nn::column_cut cut{};
};
constexpr nn::column_cut cut_evenly(int columns, int at_most) {
  return columns > 0 ? nn::cut_columns(columns, ceil_div(columns, ceil_div(columns, at_most))) : nn::column_cut{};
}
constexpr conv_columns columns_of(op const& o) {
  int const left = ceil_div(o.win.left, o.win.sw);
  int right = 0;
  while (right < o.out.w && (o.out.w - 1 - right) * o.win.sw - o.win.left + o.win.kw > o.in.w) ++right;
  conv_columns c{left < o.out.w ? left : o.out.w, right, false, cut_evenly(o.out.w, o.t.cols)};
  bool const thin = c.cut.width(0) < 2 || c.cut.width(c.cut.tiles() - 1) < 2;
  if (left == 0 && right == 0) return c;
  c.edges = left <= 1 && right <= 1 && !thin;
  if (c.edges) {
    c.left = c.right = 0;
  } else {
    if (c.right > o.out.w - c.left) c.right = o.out.w - c.left;
    c.cut = cut_evenly(o.out.w - c.left - c.right, o.t.cols);
  }
  return c;
}
// Whether all tiles that a row of o needs are there.
constexpr bool has_conv_tiles(op const& o, std::span<conv_range const> set) {
  conv_columns const c = columns_of(o);
  return (c.cut.wides == 0 || find_conv_tile(set, o.t, c.cut.wide) >= 0) &&
         (c.cut.narrows == 0 || find_conv_tile(set, o.t, c.cut.narrow) >= 0);
}

// The tiles for a convolution; wide ones first.
constexpr int dynamic_conv_tiles(op const& original, vector_shape const& v, tile* list) {
  op o = nn::as_rows(original);
  std::span<conv_range const> const set = conv_set(v.registers);
  int n = 0;
  for (int i = conv_tiles(set) - 1; i >= 0; --i) {
    o.t = conv_tile_at(set, i);
    conv_columns const c = columns_of(o);
    int const widest = c.cut.tiles() > 0 ? c.cut.width(0) : 1;
    bool const wasteful = (o.t.vectors - 1) * v.lanes >= o.out.c || (o.t.vectors > 4 && o.out.w > 1);
    if (!wasteful && o.t.cols == widest && has_conv_tiles(o, set) && n < 32) list[n++] = o.t;
  }
  return n;
}

template <>
struct dynamic_tile_list<&conv2d_kind, format::f32> {
  static int list(op const& o, vector_shape const& v, tile* tiles) { return dynamic_conv_tiles(o, v, tiles); }
};

// The taps of a window row that a tile sees: `runs` runs of `length` elements of the reduction, one run where the weights
// of neighbouring taps are adjacent. The tile's first column sees those from element `first` on, its last one those
// before `last`; all others see all.
struct dynamic_taps {
  int x{}, w{};  // where they begin: elements of the input, words of weights
  int runs{}, length{};
  int first{}, last{};
};
// What the tiles of an output row share.
struct dynamic_conv_row {
  void const* w{};      // of the first window row that is inside, for the block of channels
  float const* bias{};  // of that block; null: none
  float const* addend{};
  float* out{};
  int window_rows{};
  int channels{};  // of the block, those that exist
};
struct dynamic_conv_form;
// Computes `count` register tiles side by side: x is tap (0, 0) of the first column, `at` where that column's results go.
using conv_tile_entry = void (*)(dynamic_conv_form const&, dynamic_conv_row const&, dynamic_taps const&, float const* x,
                                 int at, int count) noexcept;

struct dynamic_conv_form {
  int column{};                     // elements of the input from one column's window to the next's
  int x_row{}, x_tap{};             // elements of the input from one window row, one tap to the next
  int w_row{}, w_tap{}, w_block{};  // words of weights from one window row, tap, block of output channels to the next
  bool adjacent{};                  // weights of neighbouring taps are: no word is half of one, half of the other
  int channels{}, block{};          // of the output; those of a block
  shape in{};
  int rows{}, columns{};
  window win{};
  conv_columns cut{};
  int addend{-1};
  dynamic_taps inner{}, first{}, last{}, only{};  // taps of tiles; of the first, the last, the only one of a row
  conv_tile_entry wide{}, narrow{}, one{};
  dynamic_function act{};
};

// The taps [begin, end) of a window row.
constexpr dynamic_taps some_taps(dynamic_conv_form const& f, int begin, int end) {
  int const taps = end > begin ? end - begin : 0, all = taps * f.x_tap;
  return {begin * f.x_tap, begin * f.w_tap, f.adjacent ? 1 : taps, f.adjacent ? all : f.x_tap, 0, all};
}
// The taps of a tile whose first column sees the left padding (`left`), whose last one sees the right.
constexpr dynamic_taps tile_taps(op const& o, dynamic_conv_form const& f, bool left, bool right) {
  dynamic_taps t = some_taps(f, 0, o.win.kw);
  int const seen = o.in.w - ((o.out.w - 1) * o.win.sw - o.win.left);  // taps of the last column
  if (left) t.first = o.win.left * f.x_tap;
  if (right && seen < o.win.kw) t.last = seen * f.x_tap;
  return t;
}
// The form of o for weights of `unit` elements a word, without its function.
constexpr dynamic_conv_form conv_form(op const& original, int lanes, int unit) {
  op const o = nn::as_rows(original);
  dynamic_conv_form f{};
  f.block = o.t.vectors * lanes, f.channels = o.out.c;
  f.column = o.win.sw * o.in.c, f.x_row = o.in.w * o.in.c, f.x_tap = o.in.c;
  f.adjacent = o.in.c % unit == 0;
  f.w_tap = ceil_div(o.in.c, unit) * f.block, f.w_row = o.win.kw * f.w_tap, f.w_block = o.win.kh * f.w_row;
  f.in = o.in, f.rows = o.out.h, f.columns = o.out.w, f.win = o.win, f.cut = columns_of(o), f.addend = o.addend;
  bool const e = f.cut.edges;
  f.inner = tile_taps(o, f, false, false), f.only = tile_taps(o, f, e, e);
  f.first = tile_taps(o, f, e, false), f.last = tile_taps(o, f, false, e);
  return f;
}

}  // namespace hone::inline HONE_ABI::simd
