#pragma once
#include <hone/nn/int8_conv.hpp>
#include <hone/simd/dynamic_conv.hpp>

// What run-time int8 convolutions and dense layers (dynamic_conv_int8-inl.hpp) are compiled for, and what they know of an
// operation.
namespace hone::inline HONE_ABI::simd {

// Register tiles (conv_range): more than ten sums, or chains instead, keep dot products busy.
inline constexpr conv_range int8_small_set[]{{1, 2, 1, 1}, {1, 1, 2, 1}};
inline constexpr conv_range int8_set_of_16[]{{1, 1, 4, 2}, {2, 3, 4, 1}, {1, 2, 2, 2},
                                             {3, 6, 2, 1}, {1, 5, 1, 2}, {6, 8, 1, 1}};
inline constexpr conv_range int8_set_of_32[]{{1, 1, 8, 2}, {1, 1, 4, 4}, {2, 6, 4, 1}, {1, 3, 2, 4},
                                             {4, 8, 2, 1}, {1, 3, 1, 4}, {4, 8, 1, 2}};
constexpr std::span<conv_range const> int8_set(int registers) {
  if (HONE_SMALL_TILES) return int8_small_set;
  if (registers >= 32) return int8_set_of_32;
  return int8_set_of_16;
}

// The convolution that the kernel computes: of o, or of o's input in its frame of zero points where the kernel cannot
// leave the frame out (a zero point that is not 0, or dwords that lie partly outside).
struct int8_source {
  op o{};
  int frame{};     // bytes of the framed copy; 0: none
  int at{}, row{};  // where the input begins in it, and bytes of its rows
};
constexpr int8_source int8_source_of(op const& original) {
  int8_source s{nn::as_rows(original)};
  op& o = s.o;
  if (is(o, dense_kind)) {
    o.in = {1, 1, o.in.size()}, o.win = {};
  } else if (o.win.padded() && (o.from_zero != 0 || o.in.c % 4 != 0)) {
    s.row = (o.in.w + o.win.left + o.win.right) * o.in.c;
    s.at = o.win.top * s.row + o.win.left * o.in.c;
    s.frame = (o.in.h + o.win.top + o.win.bottom) * s.row;
    o.in.h += o.win.top + o.win.bottom, o.in.w += o.win.left + o.win.right;
    o.win.top = o.win.bottom = o.win.left = o.win.right = 0;
  }
  return s;
}

// Consecutive dwords of a window row, taken by all columns of a tile, or by all but the first or the last.
struct int8_dwords {
  int x{}, w{};  // where they begin: bytes of the input, of the packed weights
  int count{};
  bool skip_first{}, skip_last{};
};
struct int8_groups {
  int count{};
  int8_dwords at[3]{};
};
// What the tiles of an output row share: the block of channels.
struct int8_conv_row {
  std::int8_t const* w{};  // of the first window row that is inside
  std::int32_t const* init{};  // what sums start from: the block's first one for the tile's first column,
  int init_step{};             // and so much further on for each column more
  float const *scale{}, *offset{};
  std::uint8_t* out{};
  int window_rows{};
  int channels{};  // of the block, those that exist
};
struct int8_conv_form;
// Computes a register tile: x is tap (0, 0) of its first column, `at` the number of that column's first result.
using int8_tile_entry = void (*)(int8_conv_form const&, int8_conv_row const&, int8_groups const&, std::uint8_t const* x,
                                 int at) noexcept;
// What becomes of accumulators (core/quantized.hpp).
struct int8_results {
  bool f32{}, by_bias{}, convert{}, clips{};
  int zero{}, least{0}, most{255};
};

struct int8_conv_form {
  int column{};            // bytes of the input from one column's window to the next's
  int x_row{}, x_tap{};    // bytes of the input from one window row, one tap to the next
  int w_row{}, w_tap{}, w_block{};  // bytes of weights from one window row, tap, block of output channels to the next
  int channels{}, block{};          // of the output; those of a block
  int in_h{}, in_w{}, rows{}, columns{}, addend{-1};
  window win{};
  conv_columns cut{};
  int8_groups inner{}, first{}, last{}, only{};  // of tiles; of the first, the last, the only one of a row
  int8_results result{};
  int8_tile_entry wide{}, narrow{}, one{};
  int frame{}, frame_at{}, frame_row{}, fill{}, copy_rows{}, copy_bytes{};  // the framed copy (int8_source)
};

// Appends the taps [begin, end) of a window row; or of one that is no whole number of dwords a tap, all of it.
constexpr void add_dwords(int8_groups& g, int8_conv_form const& f, int begin, int end, bool first, bool last) {
  if (begin >= end) return;
  int const bytes = (end - begin) * f.x_tap;
  g.at[g.count++] = {begin * f.x_tap, begin * f.w_tap, ceil_div(bytes, 4), first, last};
}
// The dwords of a tile whose first column sees the left padding (`left`), whose last one sees the right.
constexpr int8_groups tile_dwords(op const& o, int8_conv_form const& f, bool left, bool right) {
  int const kw = o.win.kw, seen = o.in.w - ((o.out.w - 1) * o.win.sw - o.win.left);  // taps of the last column
  int const begin = left ? o.win.left : 0, end = right && seen < kw ? seen : kw;
  int8_groups g{};
  if (begin < end) {
    add_dwords(g, f, 0, begin, true, false), add_dwords(g, f, begin, end, false, false);
    add_dwords(g, f, end, kw, false, true);
  } else {
    add_dwords(g, f, 0, end, true, false), add_dwords(g, f, end, begin, true, true);
    add_dwords(g, f, begin, kw, false, true);
  }
  return g;
}
constexpr int8_conv_form int8_conv_form_of(op const& original, int lanes) {
  int8_source const s = int8_source_of(original);
  op const& o = s.o;
  int8_conv_form f{};
  f.block = o.t.vectors * lanes, f.channels = o.out.c;
  f.column = o.win.sw * o.in.c, f.x_row = o.in.w * o.in.c, f.x_tap = o.in.c;
  f.w_tap = o.in.c * f.block, f.w_row = round_up(o.win.kw * o.in.c, 4) * f.block, f.w_block = o.win.kh * f.w_row;
  f.in_h = o.in.h, f.in_w = o.in.w, f.rows = o.out.h, f.columns = o.out.w, f.win = o.win, f.cut = columns_of(o);
  f.addend = o.addend;
  bool const e = f.cut.edges;
  f.inner = tile_dwords(o, f, false, false), f.only = tile_dwords(o, f, e, e);
  f.first = tile_dwords(o, f, e, false), f.last = tile_dwords(o, f, false, e);
  f.result = {o.type == dtype::f32, false, o.convert, o.least != 0 || o.most != 255, o.zero, o.least, o.most};
  f.frame = s.frame, f.frame_at = s.at, f.frame_row = s.row, f.fill = o.from_zero;
  f.copy_rows = original.in.h, f.copy_bytes = original.in.w * original.in.c;
  return f;
}

// The most channels of a block, and columns of a tile.
inline constexpr int most_block = 8 * 16, most_columns = 8;

// The tiles for an int8 convolution or dense layer.
constexpr int int8_dynamic_tiles(op const& original, vector_shape const& v, tile* list) {
  if (v.lanes < 4) return nn::int8_loop_tiles(original, v, list);
  op o = int8_source_of(original).o;
  std::span<conv_range const> const set = int8_set(v.registers);
  int n = 0;
  for (int i = conv_tiles(set) - 1; i >= 0 && n < 32; --i) {
    o.t = conv_tile_at(set, i);
    conv_columns const c = columns_of(o);
    int const widest = c.cut.tiles() > 0 ? c.cut.width(0) : 1;
    bool const wasteful = (o.t.vectors - 1) * v.lanes >= o.out.c || (o.t.vectors > 4 && o.out.w > 1);
    if (o.type == dtype::f32 && o.t.cols > 1) continue;  // logits: nothing wider is compiled
    if (!wasteful && o.t.cols == widest && has_conv_tiles(o, set)) list[n++] = o.t;
  }
  return n;
}
template <>
struct dynamic_tile_list<&conv2d_kind, format::int8> {
  static int list(op const& o, vector_shape const& v, tile* tiles) { return int8_dynamic_tiles(o, v, tiles); }
};
template <>
struct dynamic_tile_list<&dense_kind, format::int8> {
  static int list(op const& o, vector_shape const& v, tile* tiles) { return int8_dynamic_tiles(o, v, tiles); }
};

}  // namespace hone::inline HONE_ABI::simd
