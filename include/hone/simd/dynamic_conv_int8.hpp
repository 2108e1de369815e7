#pragma once
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/float_conv.hpp>
#include <hone/nn/int8_conv.hpp>
#include <hone/simd/dynamic_form.hpp>

// What run-time int8 convolutions and dense layers (dynamic_conv_int8-inl.hpp) are compiled for, and what they know of an
// operation.
namespace hone::inline HONE_ABI::simd {

// Register tiles of every width up to the widest are compiled, by vectors of output channels.
inline constexpr int int8_block_vectors[]{1, 2, 4, 8};
constexpr int widest_int8_tile(int vectors, int registers) {
  if (vectors == 8) return registers >= 32 ? 1 : 0;
  if (HONE_SMALL_TILES) return 2;
  if (registers >= 32) return vectors == 1 ? 16 : vectors == 2 ? 8 : 6;
  return vectors == 1 ? 8 : vectors == 2 ? 5 : 3;
}
// Chains that keep dot products busy where sums are few.
constexpr int chains_of_int8_tile(int width, int vectors, int registers) {
  int const sums = width * vectors;
  if (width == 1) return sums * 4 <= registers / 2 ? 4 : 2;
  return sums <= (registers >= 32 ? 8 : 5) ? 2 : 1;
}

// The convolution that the kernel computes: of o, or of o's input in its frame of zero points where the kernel cannot
// leave the frame out (a zero point that is not 0, or dwords that lie partly outside).
struct int8_source {
  op o{};
  nn::frame_copy frame{};
};
constexpr int8_source int8_source_of(op const& original) {
  int8_source s{nn::as_rows(original)};
  op& o = s.o;
  if (is(o, dense_kind)) {
    o.in = {1, 1, o.in.size()}, o.win = {};
  } else if (o.win.padded() && (o.from_zero != 0 || o.in.c % 4 != 0)) {
    s.frame = nn::frame_of(o);
    o.in.h += o.win.top + o.win.bottom, o.in.w += o.win.left + o.win.right;
    o.win.top = o.win.bottom = o.win.left = o.win.right = 0;
  }
  return s;
}

// All n bytes of an image, without a frame.
constexpr nn::frame_copy whole_copy(int n) {
  nn::frame_copy f{};
  f.size = f.row = f.image_row = n, f.rows = 1;
  return f;
}

// The outputs [begin, end) along one axis whose windows lie inside the input.
struct int8_inner {
  int begin{}, end{};
  constexpr int size() const { return end - begin; }
};
constexpr int8_inner inner_outputs(int out, int stride, int pad, int k, int n) {
  int begin = ceil_div(pad, stride), end = n + pad >= k ? (n + pad - k) / stride + 1 : 0;
  begin = begin < out ? begin : out, end = end < out ? end : out;
  return {begin, end > begin ? end : begin};
}
// Even widths of at most `widest`, the wide ones first.
constexpr nn::column_cut cut_evenly_by(int n, int widest) {
  return n > 0 && widest > 0 ? nn::cut_columns(n, widest) : nn::column_cut{};
}

// What a call of a tile needs, besides where its first window and its first result are.
struct int8_conv_form;
struct int8_tile_args {
  std::int8_t const* w{};      // of the first dword that is inside
  std::int32_t const* init{};  // what sums start from: the first column's,
  std::ptrdiff_t init_step{};  // and so much further on each other one's
  float const *scale{}, *offset{};
  std::uint8_t* out{};
  int window_rows{}, dwords{};        // dwords of a window row that are inside
  std::ptrdiff_t column{}, pitch{};   // from one column to the next: bytes of the input, results
  std::ptrdiff_t x_next{}, w_next{};  // from the end of a window row's dwords to the next one's beginning, bytes
  int channels{};                     // of the block, those that exist
  int bias{};                         // of one column: beside init
  int zero{}, least{}, most{};
  bool f32{}, by_bias{}, clips{};
};
// Computes `count` register tiles side by side: x is the first dword of the first column, `at` the number of its first
// result.
using int8_tile_entry = void (*)(int8_tile_args const&, std::uint8_t const* x, std::ptrdiff_t at, int count) noexcept;

struct int8_conv_form {
  bool words{};                     // activations are words (nn::int8_by_words)
  int unit{1};                      // bytes of an activation
  int column{}, x_row{}, x_tap{};   // bytes of the input from one column's window, one row, one tap to the next
  int w_row{}, w_tap{}, w_block{};  // bytes of weights from one window row, tap, block of output channels to the next
  int channels{}, block{};          // of the output; those of a block
  int in_h{}, in_w{}, rows{}, columns{}, addend{-1};
  window win{};
  int8_inner inner_rows{}, inner_columns{};
  nn::column_cut across{}, down{};  // of inner columns, and of inner rows for columns at the edge
  int8_tile_entry const* tiles{};   // by width
  bool convert{};
  int8_tile_args args{};  // what is the same for all tiles
  nn::frame_copy frame{};
};
constexpr int8_conv_form int8_conv_form_of(op const& original, int lanes, int registers) {
  int8_source const s = int8_source_of(original);
  op const& o = s.o;
  window const& w = o.win;
  int8_conv_form f{};
  f.words = o.t.algorithm == nn::int8_by_words, f.unit = f.words ? 2 : 1;
  f.block = o.t.vectors * lanes, f.channels = o.out.c;
  f.column = w.sw * o.in.c * f.unit, f.x_row = o.in.w * o.in.c * f.unit, f.x_tap = o.in.c * f.unit;
  f.w_tap = o.in.c * f.block, f.w_row = round_up(w.kw * o.in.c, 4) * f.block, f.w_block = w.kh * f.w_row;
  f.in_h = o.in.h, f.in_w = o.in.w, f.rows = o.out.h, f.columns = o.out.w, f.win = w, f.addend = o.addend;
  f.inner_rows = inner_outputs(o.out.h, w.sh, w.top, w.kh, o.in.h);
  f.inner_columns = inner_outputs(o.out.w, w.sw, w.left, w.kw, o.in.w);
  int const widest = o.type == dtype::f32 ? 1 : widest_int8_tile(o.t.vectors, registers);
  f.across = cut_evenly_by(f.inner_columns.size(), o.t.cols), f.down = cut_evenly_by(f.inner_rows.size(), widest);
  f.convert = o.convert;
  f.args.f32 = o.type == dtype::f32, f.args.clips = o.least != 0 || o.most != 255;
  f.args.zero = o.zero, f.args.least = o.least, f.args.most = o.most;
  f.frame = s.frame;
  if (f.words && f.frame.size == 0) f.frame = whole_copy(o.in.size());
  return f;
}

// The most channels of a block, and columns of a tile.
inline constexpr int most_block = 8 * 16, most_columns = 16;

// The tiles for an int8 convolution or dense layer: the widest even cut, for the numbers of vectors that may be best. Four
// vectors where they and enough columns are there (fewer loads for each product); of one column, as many as there are.
constexpr int int8_dynamic_tiles(op const& original, vector_shape const& v, tile* list) {
  if (v.lanes < 4) return nn::int8_loop_tiles(original, v, list);
  op const o = int8_source_of(original).o;
  int const columns = inner_outputs(o.out.w, o.win.sw, o.win.left, o.win.kw, o.in.w).size();
  bool const single = o.out.pixels() == 1 || o.type == dtype::f32, pairs = o.pairs_fit && v.paired_dot_uops > 0;
  std::int8_t const algorithm = v.dot_uops > 1 && !pairs ? nn::int8_by_words : std::int8_t{0};
  int n = 0;
  for (int i = 3; i >= 0; --i) {
    int const vectors = int8_block_vectors[i], widest = single ? 1 : widest_int8_tile(vectors, v.registers);
    if (widest_int8_tile(vectors, v.registers) == 0 || (vectors - 1) * v.lanes >= o.out.c) continue;
    if (vectors == 8 && !single) continue;
    if (vectors == 4 && columns > widest && cut_evenly_by(columns, widest).width(0) * 3 <= widest * 2) continue;
    int const width = columns > 0 ? cut_evenly_by(columns, widest).width(0) : 1;
    list[n++] = {1, static_cast<std::int8_t>(width), static_cast<std::int8_t>(vectors), 1, algorithm};
    if (single || (vectors == 4 && width * 3 > widest * 2) || vectors == 2) break;
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
