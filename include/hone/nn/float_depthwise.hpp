#pragma once
#include <hone/nn/float_conv.hpp>

// Depthwise convolutions with f32 arithmetic as their kernel (simd/depthwise-inl.hpp) computes them, and what that costs.
namespace hone::inline HONE_ABI::nn {

// How many columns of the input a row's tiles load for one window row, padding left out.
constexpr int columns_loaded(op const& o, column_cut const& cut) {
  int n = 0;
  for (int tile = 0; tile < cut.tiles(); ++tile) {
    int const from = cut.first(tile) * o.win.sw - o.win.left, to = from + (cut.width(tile) - 1) * o.win.sw + o.win.kw;
    n += (to < o.in.w ? to : o.in.w) - (from > 0 ? from : 0);
  }
  return n;
}

constexpr work float_depthwise_work(op const& o, vector_shape const& v) {
  column_cut const cut = float_columns(o);
  work w{};
  double const rows = inside(o.out.h, o.win.sh, o.win.top, o.win.kh, o.in.h);
  double const columns = inside(o.out.w, o.win.sw, o.win.left, o.win.kw, o.in.w);
  double const vectors = ceil_div(o.out.c, v.lanes), weights = vectors * rows * cut.tiles() * o.win.kw;
  w.macs = rows * columns * o.out.c;
  w.mac_uops = vectors * rows * columns;
  w.load_uops = weights + vectors * rows * columns_loaded(o, cut);
  if (o.weights == dtype::bf16) add_widening(w, v, 2 * weights, 0.5);  // widened by a shuffle, and shifted
  add_separate_uops(w, v, 0);
  w.chain = weights;
  w.tiles = vectors * o.out.h * cut.tiles();
  w.bytes_weights = double(o.win.taps()) * vectors * v.lanes * size_of(o.weights);
  add_results(o, w, vectors * o.out.pixels());
  return w;
}

// Rows in the fewest tiles that registers allow, or up to three more.
constexpr int float_depthwise_tiles(op const& o, vector_shape const& v, tile* list) {
  int const taps = o.win.kw < v.registers / 2 ? o.win.kw : v.registers / 2;
  int const most = registers_for_sums(v, taps), fewest = ceil_div(o.out.w, most < 24 ? most : 24);
  int n = 0;
  for (int tiles = fewest, before = 0; tiles < fewest + 4; ++tiles) {
    int const columns = ceil_div(o.out.w, tiles);
    if (columns != before) list[n++] = {1, static_cast<std::int8_t>(columns), 1, 1, 0};
    before = columns;
  }
  return n;
}

}  // namespace hone::inline HONE_ABI::nn
