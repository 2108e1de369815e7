#pragma once
#include <hone/nn/int8_conv.hpp>
#include <hone/nn/int8_depthwise.hpp>

// What int8 operations cost, as their kernels (simd/*_int8-inl.hpp) execute them, in instructions on vectors of v.lanes
// 32-bit lanes. A dot product of four bytes is v.dot_uops of them, fewer where its products fit 16 bits two by two.
// Where they do not, and there is no instruction for it, operands are first split into words.
namespace hone::inline HONE_ABI::nn {

// Adds what turns `vectors` of accumulators into stored results; four of them become one. `gaps`: results do not lie
// side by side, and go through a copy.
constexpr void add_requantisation(op const& o, vector_shape const& v, double vectors, bool gaps, work& w) {
  if (o.type == dtype::f32) {
    w.vector_uops += 2 * vectors, w.store_uops += vectors;
  } else {
    bool const by_bias = v.fma && o.zero == 0 && !o.convert;
    double const packed = vectors / 4;
    w.vector_uops += vectors * (by_bias ? 2 : o.convert ? 4 : 3);
    w.vector_uops += packed * (3 + (v.lanes > 4 ? 1 : 0) + (o.zero != 0 ? 2 : 0));
    w.store_uops += packed + (gaps ? vectors : 0), w.load_uops += gaps ? vectors : 0;
  }
  w.bytes_written += o.bytes_out();
}
// Adds the residual addend's part of `vectors` of accumulators.
constexpr void add_addend(op const& o, vector_shape const& v, double vectors, work& w) {
  if (o.addend < 0) return;
  w.vector_uops += vectors * (v.dot_uops > 1 ? 3 : 2), w.load_uops += 2 * vectors, w.bytes_read += o.out.size();
}

// Without vectors of bytes results come one by one, by instructions on integers.
constexpr void add_loop_results(op const& o, work& w) {
  double const n = o.out.size();
  w.vector_uops += n * (o.type == dtype::f32 ? 6 : 20), w.load_uops += n * (o.addend >= 0 ? 4 : 2), w.store_uops += n;
  w.mac_uops += n * (o.addend >= 0);
  w.bytes_read += o.in.size() + (o.addend >= 0 ? o.out.size() : 0), w.bytes_written += o.bytes_out();
}
// Convolutions by such loops: a multiplication gives two products (of two channels), after a shift and an addition that
// put two weights side by side, and before an addition; pairs of pairs share the activation and the steps of the loops
// over dwords and taps.
constexpr work int8_conv_loop_work(op const& o, int8_conv const& f, double macs) {
  work w{};
  double const dwords = double(inside(f.out.h, f.sh, f.top, f.kh, f.rows)) * f.out.w * f.taps * f.dwords;  // looked at
  double const used = 4.0 * f.taps * f.dwords / f.window_bytes;  // the last dword may have a rest
  double const quads = ceil_div(o.out.c, 4), bytes = macs / o.out.c * used;
  w.macs = macs;
  w.mac_uops = 2 * quads * bytes, w.vector_uops = 6 * quads * bytes + quads * dwords * (7 + 10.0 / f.dwords);
  w.load_uops = 5 * quads * bytes;
  w.tiles = quads * f.out.pixels();
  w.bytes_weights = double(f.reduction()) * 4 * f.blocks(1) * f.vectors;
  add_loop_results(o, w);
  return w;
}

// Convolutions, and dense layers as convolutions.
constexpr work int8_conv_work(op const& o, int8_conv const& f, double macs, vector_shape const& v) {
  if (v.lanes < 4) return int8_conv_loop_work(o, f, macs);
  work w{};
  w.macs = macs;
  bool const pairs = v.dot_uops > 1 && f.pairs_fit && v.paired_dot_uops > 0;
  double const dot = pairs ? v.paired_dot_uops : v.dot_uops, split = v.dot_uops > 1 && !pairs ? 1 : 0;
  double const blocks = f.blocks(v.lanes);
  double const window_rows = inside(f.out.h, f.sh, f.top, f.kh, f.rows);
  double dots = 0, broadcasts = 0, pieces = 0;  // of all the dwords of a window row, over an output row
  for (int i = 0, alike = 0; i < f.cut.tiles(); i += alike) {
    alike = f.alike(i);
    for (int c = 0; c < (f.cut.width(i) - 1) * f.stride + f.taps; ++c) {
      int uses = 0;
      for (int t = 0; t < f.taps && t <= c; ++t) uses += (c - t) % f.stride == 0 && (c - t) / f.stride < f.cut.width(i);
      bool const cut = f.cuts && !f.interior(i);
      for (int q = 0; q < (cut ? f.dwords : 1) && uses > 0; ++q) {
        int const bytes = f.interior(i) ? 4 : f.inside(f.origin(i) + c * f.tap_bytes + q * 4);
        double const n = alike * (bytes == 0 ? 0 : cut ? 1 : f.dwords);
        dots += uses * n, broadcasts += n, pieces += bytes < 4 ? n : 0;
      }
    }
  }
  double const steps = blocks * window_rows, weights = double(f.taps) * f.dwords * f.vectors * f.cut.tiles();
  double const vectors = blocks * f.out.pixels() * f.vectors;
  w.mac_uops = steps * dots * f.vectors * dot;
  double const spread = v.fma ? 0 : broadcasts;  // SSE fills a register from memory by a load and a shuffle
  w.vector_uops = steps * (pieces + spread + split * (2 * broadcasts + 3 * weights)) + vectors * (f.split - 1);
  w.load_uops = steps * (broadcasts + weights);
  w.chain = steps * f.cut.tiles() * f.taps * f.dwords / f.split;
  w.tiles = blocks * f.out.h * f.cut.tiles();
  w.vector_uops += 3 * w.tiles * f.vectors, w.load_uops += 2 * w.tiles * f.vectors;
  w.load_uops += double(f.scratch) / (4 * v.lanes), w.store_uops += double(f.scratch) / (4 * v.lanes);
  add_addend(o, v, vectors, w);
  add_requantisation(o, v, vectors, f.out.c != f.vectors * v.lanes, w);
  w.bytes_read += o.in.size();
  w.bytes_weights = double(f.reduction()) * 4 * blocks * f.vectors * v.lanes;
  return w;
}

// Registers for sums: those that the weights of a step, which stay in registers only where dot products are one
// instruction, and an activation leave.
constexpr int int8_sums(vector_shape const& v, int weights) {
  int const n = v.dot_uops > 1 ? v.registers - 4 : v.registers - 2 - weights;
  return HONE_SMALL_TILES && n > 2 ? 2 : n;
}
// Without vectors of bytes, kernels are loops over pixels and over the output channels of a block.
constexpr int int8_loop_tiles(op const& o, vector_shape const& v, tile* list) {
  int const block = o.out.c < 16 ? o.out.c : 16;
  list[0].vectors = static_cast<std::int8_t>(ceil_div(block, v.lanes));
  return 1;
}
// Tiles of a convolution: for each number of vectors and chains, the widest that registers allow.
constexpr int int8_conv_tiles(op const& original, vector_shape const& v, tile* list) {
  if (v.lanes < 4) return int8_loop_tiles(original, v, list);
  op o = original;
  o.t = {};
  int8_conv const f = int8_form(o);
  int n = 0;
  for (int vectors = 1; vectors <= 4 && (vectors - 1) * v.lanes < o.out.c; ++vectors)
    for (int split = 1; split <= 4; split *= 2) {
      int const most = int8_sums(v, f.taps * vectors) / (vectors * split);
      if (most < 1 || chains(f.dwords, split) != split) continue;
      if (f.taps == 1 && vectors == 1 && o.out.c > v.lanes) continue;  // a load for every product
      for (int tiles = ceil_div(f.out.w, most), end = tiles + 2; tiles < end && tiles <= f.out.w; ++tiles)
        list[n++] = {1, static_cast<std::int8_t>(ceil_div(f.out.w, tiles)), static_cast<std::int8_t>(vectors),
                     static_cast<std::int8_t>(split), 0};
    }
  if (n == 0) list[n++] = {};
  return n;
}
constexpr int int8_dense_tiles(op const& o, vector_shape const& v, tile* list) {
  if (v.lanes < 4) return int8_loop_tiles(o, v, list);
  int const dwords = ceil_div(o.in.size(), 4);
  int n = 0;
  for (int vectors = 1; vectors <= 8 && (vectors - 1) * v.lanes < o.out.c; ++vectors)
    for (int split = 1; split <= 4; split *= 2)
      if (vectors * split <= int8_sums(v, 1) && (split == 1 || chains(dwords, split) == split))
        list[n++] = {1, 1, static_cast<std::int8_t>(vectors), static_cast<std::int8_t>(split), 0};
  return n;
}

constexpr work int8_flat_depthwise_work(op const& o, int8_depthwise const& f, double macs, vector_shape const& v) {
  int8_square_depthwise const flat = int8_square_depthwise_form(o, v.lanes);
  work w{};
  w.macs = macs;
  bool const words = v.dot_uops > 1, apart = f.sw > 1;
  int const together = f.sh == 1 ? 2 : 1;
  double const strips = ceil_div(o.out.h, together), windows = strips * ceil_div(o.out.w, flat.pixels);
  double const columns = windows * f.kw, results = 4.0 * together;
  w.mac_uops = columns * results * v.dot_uops;
  w.vector_uops = columns * ((words ? 12 : 8) + (apart ? f.kh : 0));
  w.load_uops = columns * (4 * (apart ? 2 : 1) + results * (words ? 2 : 1)) + windows * 3 * results;
  w.chain = columns, w.tiles = windows;
  double const vectors = windows * results, copied = double(flat.frame.size) / (4 * v.lanes);
  add_addend(o, v, vectors, w);
  add_requantisation(o, v, vectors, false, w);
  w.load_uops += copied, w.store_uops += copied + strips;
  w.bytes_read += o.in.size(), w.bytes_weights = 3.0 * 16 * v.lanes;
  return w;
}
constexpr work int8_depthwise_work(op const& o, vector_shape const& v) {
  int8_depthwise const f = int8_depthwise_form(o);
  work w{};
  w.macs = double(inside(o.out.h, f.sh, f.top, f.kh, o.in.h)) * inside(o.out.w, f.sw, f.left, f.kw, o.in.w) * o.out.c;
  if (v.lanes < 4) {  // one by one, with the bounds of both axes looked at for each tap
    double const taps = double(o.out.size()) * f.kh * f.kw;
    w.mac_uops = taps, w.vector_uops = 5 * taps, w.load_uops = 3 * taps, w.tiles = o.out.size();
    w.bytes_weights = double(f.chunks) * f.kw * 4 * o.out.c;
    add_loop_results(o, w);
    return w;
  }
  if (pixels_of_vector(o, v.lanes) > 1) return int8_flat_depthwise_work(o, f, w.macs, v);
  double const blocks = ceil_div(o.out.c, 4 * v.lanes), strips = ceil_div(o.out.h, f.output_rows);
  double const windows = blocks * strips * o.out.w, taps = double(f.chunks) * f.kw, results = f.output_rows * 4.0;
  double const fresh = f.sw < f.kw ? f.sw : f.kw;  // columns interleaved for each window
  double const columns = f.chunks * (windows * fresh + blocks * strips * (f.kw - fresh));
  double const split = v.dot_uops > 1 ? 2 : 0;
  w.mac_uops = windows * taps * results * v.dot_uops;
  w.vector_uops = columns * (8 + 4 * split);
  double const kept = split > 0 || f.chunks > 1 || f.kw > 4 ? 4 : 0;  // registers of a column that lie in memory
  w.load_uops = columns * 4 + windows * (taps * (results + kept) * (split > 0 ? 2 : 1) + 3 * results),
  w.store_uops = columns * 4 * (split > 0 ? 2 : 1);
  w.chain = windows * taps, w.tiles = windows;
  double const vectors = blocks * o.out.pixels() * 4;
  add_addend(o, v, vectors, w);
  add_requantisation(o, v, vectors, false, w);
  w.bytes_read += o.in.size(), w.bytes_weights = taps * 16 * blocks * v.lanes;
  return w;
}

// Means and maxima of windows.
constexpr work int8_pool_work(op const& o, vector_shape const& v, bool mean) {
  work w{};
  double const pixels = o.out.pixels(), taps = o.win.taps();
  if (mean) {
    double const vectors = pixels * ceil_div(o.out.c, v.lanes);
    w.vector_uops = 2 * vectors * taps, w.load_uops = vectors * taps;
    add_requantisation(o, v, vectors, o.out.c % (4 * v.lanes) != 0, w);
  } else {
    double const vectors = pixels * ceil_div(o.out.c, 4 * v.lanes);
    w.vector_uops = vectors * taps, w.load_uops = vectors * taps, w.store_uops = vectors;
    w.bytes_written = o.bytes_out();
  }
  w.tiles = pixels * ceil_div(o.out.c, 4 * v.lanes), w.bytes_read = o.in.size();
  return w;
}
// Unfused sums, and joins: every input is brought to one scale.
constexpr work int8_sum_work(op const& o, vector_shape const& v) {
  work w{};
  double const vectors = ceil_div(o.out.size(), v.lanes);
  w.vector_uops = vectors * (v.dot_uops > 1 ? 6 : 4), w.load_uops = 2 * vectors;
  w.tiles = ceil_div(o.out.size(), 4 * v.lanes), w.bytes_read = 2.0 * o.out.size();
  add_requantisation(o, v, vectors, o.out.size() % (4 * v.lanes) != 0, w);
  return w;
}
constexpr work int8_concat_work(op const& o, vector_shape const& v) {
  work w{};
  int const parts[]{o.in.c, o.out.c - o.in.c};
  for (int const c : parts) {
    double const vectors = double(o.out.pixels()) * ceil_div(c, v.lanes);
    w.vector_uops += 2 * vectors, w.load_uops += vectors, w.tiles += double(o.out.pixels()) * ceil_div(c, 4 * v.lanes);
    add_requantisation(o, v, vectors, c % (4 * v.lanes) != 0, w);
  }
  w.bytes_read = w.bytes_written = o.out.size();
  return w;
}

}  // namespace hone::inline HONE_ABI::nn
