#pragma once
#include <hone/nn/column_cut.hpp>
#include <hone/nn/float_work.hpp>

// Convolutions with f32 arithmetic as their kernel (simd/conv2d-inl.hpp) computes them, and what that costs.
namespace hone::inline HONE_ABI::nn {

// A 1x1 convolution of stride 1 sees its pixels as one long row.
constexpr op as_rows(op o) {
  if (o.win.taps() == 1 && o.win.sh == 1 && o.win.sw == 1 && !o.win.padded()) {
    o.in = {1, o.in.pixels(), o.in.c};
    o.out = {1, o.out.pixels(), o.out.c};
  }
  return o;
}
// Whether the last column's window reaches over the input's right edge.
constexpr bool passes_right_edge(op const& o) { return (o.out.w - 1) * o.win.sw - o.win.left + o.win.kw > o.in.w; }
// Tiles of a row of o (seen as rows). The first and the last tile hold all the columns that see padding.
constexpr column_cut float_columns(op const& o) {
  int padded = ceil_div(o.win.left, o.win.sw), right = 0;
  while (right < o.out.w && (o.out.w - 1 - right) * o.win.sw - o.win.left + o.win.kw > o.in.w) ++right;
  padded = right > padded ? right : padded;
  int tiles = ceil_div(o.out.w, o.t.cols);
  while (tiles > 1 && o.out.w / tiles < padded) --tiles;
  return cut_columns(o.out.w, ceil_div(o.out.w, tiles));
}

// Adds what multiply-accumulates take where they are not one instruction: an addition each, and a shuffle for each number
// from memory that fills a register (SSE; wider vectors broadcast while loading).
constexpr void add_separate_uops(work& w, vector_shape const& v, double broadcasts) {
  if (v.fma) return;
  w.vector_uops += w.mac_uops + (v.lanes > 1 ? broadcasts : 0);
}
// Adds the instructions that widen bf16 weights; `shifts`: their share that are shifts. Of two numbers that lie in one
// word, one is shifted up and the other masked. A number alone is shifted as an integer, on ports half of which are the
// vectors' too, and moved.
constexpr void add_widening(work& w, vector_shape const& v, double instructions, double shifts) {
  if (v.lanes == 1) instructions *= 1.5, shifts = 0;
  w.vector_uops += instructions, w.shift_uops += instructions * shifts;
}
// Adds the end of a linear operation to w: `vectors` registers of sums in `split` chains become results.
constexpr void add_results(op const& o, work& w, double vectors) {
  w.vector_uops += vectors * (o.t.split - 1 + (o.addend >= 0) + pointwise_uops(o.act));
  w.load_uops += vectors * (o.addend >= 0), w.store_uops += vectors;
  w.bytes_read += double(o.in.size() + (o.addend >= 0 ? o.out.size() : 0)) * size_of(o.from);
  w.bytes_written += o.bytes_out();
}

constexpr work float_conv_work(op const& original, vector_shape const& v) {
  op const o = as_rows(original);
  column_cut const cut = float_columns(o);
  work w{};
  double const rows = inside(o.out.h, o.win.sh, o.win.top, o.win.kh, o.in.h);      // window rows inside, over all rows
  double const columns = inside(o.out.w, o.win.sw, o.win.left, o.win.kw, o.in.w);  // taps inside, over a row
  double const blocks = ceil_div(o.out.c, o.t.vectors * v.lanes);
  double const steps =
      blocks * rows * cut.tiles() * o.win.kw * o.in.c;  // in each, every vector of weights is loaded once
  w.macs = rows * columns * o.in.c * o.out.c;
  w.mac_uops = blocks * rows * columns * o.in.c * o.t.vectors;
  double const broadcasts = blocks * rows * columns * o.in.c;
  w.load_uops = steps * o.t.vectors + broadcasts;
  if (o.weights == dtype::bf16) add_widening(w, v, steps * o.t.vectors, 0.5);
  add_separate_uops(w, v, broadcasts);
  w.chain = steps / o.t.split;
  w.tiles = blocks * o.out.h * cut.tiles();
  w.bytes_weights = double(o.win.taps()) * o.in.c * blocks * o.t.vectors * v.lanes * size_of(o.weights);
  add_results(o, w, blocks * o.out.pixels() * o.t.vectors);
  return w;
}

// Registers for sums: those that weights, a pixel, and a product (where multiply and add are two) leave.
constexpr int registers_for_sums(vector_shape const& v, int vectors) {
  int const n = v.registers - vectors - (v.fma ? 1 : 2);
  return HONE_SMALL_TILES && n > 2 ? 2 : n;
}
// How a float convolution may be cut: into the fewest tiles a row that registers allow, or one or two more; with one
// chain, or with as many as fit.
constexpr int float_conv_tiles(op const& original, vector_shape const& v, tile* list) {
  op const o = as_rows(original);
  int n = 0;
  for (int vectors = 1; vectors <= 4 && (vectors - 1) * v.lanes < o.out.c; ++vectors) {
    int const most = registers_for_sums(v, vectors) / vectors;
    if (most == 0) break;
    int const fewest = ceil_div(o.out.w, most);
    for (int tiles = fewest, before = 0; tiles < fewest + 3; ++tiles) {
      int const columns = ceil_div(o.out.w, tiles);
      if (columns == before) continue;
      before = columns;
      int const split = most / columns < 4 ? most / columns : 4;
      auto const add = [&](int chains) {
        list[n++] = {1, static_cast<std::int8_t>(columns), static_cast<std::int8_t>(vectors),
                     static_cast<std::int8_t>(chains), 0};
      };
      if (split > 1) add(split);  // of equals the first is chosen, and more chains wait less
      add(1);
    }
  }
  return n;
}

// A dense layer as a convolution of one pixel.
constexpr op as_convolution(op o) {
  o.in = {1, 1, o.in.size()};
  o.out = {1, 1, o.out.size()};
  o.win = window{};
  return o;
}
// tile.algorithm of a dense layer: one product an output, of the input with a row of weights. For few outputs.
inline constexpr std::int8_t dense_by_rows = 1;
// How many outputs it computes at once: all, or whole registers of results; 0: there are too few registers.
constexpr int dense_rows(op const& o, int lanes, int registers) {
  int const most = registers - 3;
  return o.out.c <= most ? o.out.c : most / lanes * lanes;
}

constexpr work dense_rows_work(op const& o, vector_shape const& v) {
  work w{};
  double const unit = o.weights == dtype::bf16 ? 2 : 1,
               chunks = ceil_div(o.in.size(), v.lanes * static_cast<int>(unit));
  double const groups = ceil_div(o.out.c, dense_rows(o, v.lanes, v.registers));
  w.macs = double(o.in.size()) * o.out.c;
  w.mac_uops = chunks * unit * o.out.c;
  w.load_uops = w.mac_uops + groups * chunks * unit;
  int levels = 0;  // of the tree that adds up lanes: two shuffles and an addition for each pair
  for (int n = v.lanes; n > 1; n /= 2) ++levels;
  w.vector_uops = 3.0 * (o.out.c + levels * groups);
  if (unit > 1) add_widening(w, v, w.mac_uops, 0.5);
  add_separate_uops(w, v, 0);
  w.chain = groups * (chunks * unit + levels);
  w.tiles = groups;
  w.bytes_weights = chunks * unit * v.lanes * o.out.c * size_of(o.weights);
  add_results(o, w, ceil_div(o.out.c, v.lanes));
  return w;
}
constexpr work float_dense_work(op const& o, vector_shape const& v) {
  return o.t.algorithm == dense_by_rows ? dense_rows_work(o, v) : float_conv_work(as_convolution(o), v);
}
constexpr int float_dense_tiles(op const& o, vector_shape const& v, tile* list) {
  int n = 0;
  for (int vectors = 1; vectors <= 8 && (vectors - 1) * v.lanes < o.out.c; ++vectors)
    for (int split = 1; split <= 4 && vectors * split <= registers_for_sums(v, 1); split *= 2)
      list[n++] = {1, 1, static_cast<std::int8_t>(vectors), static_cast<std::int8_t>(split), 0};
  bool const few = o.out.c <= 2 * v.lanes && dense_rows(o, v.lanes, v.registers) > 0;
  if (v.lanes > 1 && few) list[n++] = {1, 1, 1, 1, dense_by_rows};
  return n;
}

}  // namespace hone::inline HONE_ABI::nn
