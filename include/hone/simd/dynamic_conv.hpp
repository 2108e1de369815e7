#pragma once
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/float_conv.hpp>
#include <hone/simd/dynamic_form.hpp>
#include <hone/simd/dynamic_function.hpp>

#include <span>

// What run-time f32 convolutions (dynamic_conv2d-inl.hpp) are compiled for, and what they know of an operation.
namespace hone::inline HONE_ABI::simd {

// A register tile that is compiled: columns by vectors of output channels by chains.
struct conv_key {
  std::int8_t columns{}, vectors{}, chains{};
};
// What is compiled for registers of `lanes` lanes. As many chains as registers allow where columns are few: what a
// multiply-accumulate waits for is the sum before it. Chains tell only tiles of one column apart, which dense layers use.
using conv_keys = std::span<conv_key const>;
inline constexpr conv_key least_conv_keys[]{{1, 1, 2}, {2, 1, 2}, {1, 2, 1}, {2, 2, 1}, {1, 8, 1}};
inline constexpr conv_key narrow_conv_keys[]{
    {1, 1, 4}, {2, 1, 4}, {4, 1, 2}, {8, 1, 1}, {1, 2, 4}, {2, 2, 2}, {3, 2, 1},
    {4, 2, 1}, {5, 2, 1}, {6, 2, 1}, {1, 4, 2}, {2, 4, 1}, {3, 3, 1}, {1, 8, 1}};
inline constexpr conv_key conv_keys_of_8[]{
    {1, 1, 4}, {2, 1, 4}, {3, 1, 3}, {4, 1, 2}, {6, 1, 2}, {8, 1, 1}, {12, 1, 1}, {1, 2, 4},
    {2, 2, 3}, {3, 2, 2}, {4, 2, 1}, {5, 2, 1}, {6, 2, 1}, {1, 4, 2}, {1, 8, 1}};
inline constexpr conv_key conv_keys_of_16[]{
    {1, 1, 4},  {2, 1, 4},  {3, 1, 4}, {4, 1, 4},  {5, 1, 4},  {6, 1, 4}, {8, 1, 3}, {12, 1, 2},
    {16, 1, 1}, {24, 1, 1}, {1, 2, 4}, {2, 2, 4},  {3, 2, 4},  {4, 2, 2}, {5, 2, 2}, {6, 2, 2},
    {7, 2, 2},  {8, 2, 1},  {9, 2, 1}, {12, 2, 1}, {14, 2, 1}, {1, 4, 2}, {5, 4, 1}, {1, 8, 1}};
constexpr conv_keys conv_keys_for(int lanes, int registers) {
  if (HONE_SMALL_TILES) return least_conv_keys;
  if (lanes == 8) return conv_keys_of_8;
  if (lanes > 8 || (lanes == 4 && registers >= 32)) return conv_keys_of_16;
  return narrow_conv_keys;
}
constexpr tile tile_of(conv_key const& k) { return {1, k.columns, k.vectors, k.chains, 0}; }
// Where the tile of t with `columns` columns is; -1: nowhere.
constexpr int find_conv_tile(conv_keys keys, tile const& t, int columns) {
  int found = -1;
  for (int i = 0; i < static_cast<int>(keys.size()); ++i) {
    conv_key const& k = keys[static_cast<std::size_t>(i)];
    if (k.vectors == t.vectors && k.columns == columns && (found < 0 || k.chains == t.split)) found = i;
  }
  return found;
}

// A row of o (seen as rows): columns [0, left) and the last `right` are computed one by one, the others in tiles. Tiles
// hold the first and the last column, where those are the only ones that see padding.
struct conv_columns {
  int left{}, right{};
  bool edges{};    // tiles hold the columns that see padding
  bool overlap{};  // the last tile computes columns again that the one before it has
  nn::column_cut cut{};
  bool there{true};  // whether such tiles are compiled
};
// n columns by tiles like t: evenly, or all alike.
constexpr conv_columns cut_for(int n, tile const& t, conv_keys keys) {
  if (n <= 0) return {};
  nn::column_cut const even = nn::cut_columns(n, ceil_div(n, ceil_div(n, t.cols)));
  auto const there = [&](int columns, int tiles) { return tiles == 0 || find_conv_tile(keys, t, columns) >= 0; };
  if (there(even.wide, even.wides) && there(even.narrow, even.narrows)) return {0, 0, false, false, even, true};
  if (n < t.cols || !there(t.cols, 1)) return {0, 0, false, false, {}, false};
  return {0, 0, false, n % t.cols != 0, {t.cols, ceil_div(n, t.cols), 0, 0}, true};
}
constexpr conv_columns columns_of(op const& o, conv_keys keys) {
  int const n = o.out.w, padded = ceil_div(o.win.left, o.win.sw), left = padded < n ? padded : n;
  int right = 0;
  while (right < n && (n - 1 - right) * o.win.sw - o.win.left + o.win.kw > o.in.w) ++right;
  conv_columns c = cut_for(n, o.t, keys);
  if (left == 0 && right == 0) return c;
  bool const meet = (n - 1) * o.win.sw > o.in.w;  // no tap is inside for both the first and the last column
  c.edges = c.there && !meet && left <= 1 && right <= 1 && c.cut.width(0) > 1 && c.cut.width(c.cut.tiles() - 1) > 1;
  if (c.edges) return c;
  int const last = right < n - left ? right : n - left;
  c = cut_for(n - left - last, o.t, keys);
  c.left = left, c.right = last;
  return c;
}

// The tiles for a convolution: those that compute few columns twice.
constexpr int dynamic_conv_tiles(op const& original, vector_shape const& v, tile* list) {
  op o = nn::as_rows(original);
  conv_keys const keys = conv_keys_for(v.lanes, v.registers);
  int n = 0;
  for (conv_key const& k : keys) {
    o.t = tile_of(k);
    conv_columns const c = columns_of(o, keys);
    int const inner = o.out.w - c.left - c.right, computed = c.overlap ? c.cut.tiles() * o.t.cols : inner;
    bool const idle = (k.vectors - 1) * v.lanes >= o.out.c || (k.vectors > 4 && o.out.w > 1);
    bool const alike = c.cut.tiles() > 0 ? c.cut.width(0) == k.columns : k.columns == 1;  // others mean the same
    if (c.there && alike && !idle && 10 * computed <= 11 * inner) list[n++] = o.t;
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
constexpr dynamic_conv_form conv_form(op const& original, int lanes, int registers, int unit) {
  op const o = nn::as_rows(original);
  dynamic_conv_form f{};
  f.block = o.t.vectors * lanes, f.channels = o.out.c;
  f.column = o.win.sw * o.in.c, f.x_row = o.in.w * o.in.c, f.x_tap = o.in.c;
  f.adjacent = o.in.c % unit == 0;
  f.w_tap = ceil_div(o.in.c, unit) * f.block, f.w_row = o.win.kw * f.w_tap, f.w_block = o.win.kh * f.w_row;
  f.in = o.in, f.rows = o.out.h, f.columns = o.out.w, f.win = o.win,
  f.cut = columns_of(o, conv_keys_for(lanes, registers)), f.addend = o.addend;
  bool const e = f.cut.edges;
  f.inner = tile_taps(o, f, false, false), f.only = tile_taps(o, f, e, e);
  f.first = tile_taps(o, f, e, false), f.last = tile_taps(o, f, false, e);
  return f;
}

}  // namespace hone::inline HONE_ABI::simd
