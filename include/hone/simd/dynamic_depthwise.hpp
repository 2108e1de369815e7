#pragma once
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/simd/dynamic_form.hpp>
#include <hone/simd/dynamic_function.hpp>

// What run-time f32 depthwise convolutions (dynamic_depthwise-inl.hpp) are compiled for, and what they know of an
// operation.
namespace hone::inline HONE_ABI::simd {

// Windows of 3x3 with strides of 1 and 2 and at most one row and column of padding on each side have tiles of 1 to
// `most_depthwise_columns` columns, which hold all weights and load each input column once; all others tiles of 1 and
// `loose_columns`, which load a column for each tap.
inline constexpr int most_depthwise_columns = HONE_SMALL_TILES ? 2 : 6, loose_columns = HONE_SMALL_TILES ? 2 : 4;
// How far the last window reaches beyond an input of n.
constexpr int beyond(int out, int stride, int pad, int k, int n) { return (out - 1) * stride - pad + k - n; }
constexpr bool is_tight(op const& o) {
  window const& w = o.win;
  return w.kh == 3 && w.kw == 3 && w.sw <= 2 && w.top <= 1 && w.left <= 1 &&
         beyond(o.out.h, w.sh, w.top, w.kh, o.in.h) <= 1 && beyond(o.out.w, w.sw, w.left, w.kw, o.in.w) <= 1;
}

// A row of o: columns [0, left) and the last `right` are computed one by one, the others in tiles.
struct depthwise_cut {
  int left{}, right{};
  bool skip_first{}, skip_last{};  // the row's first column sees padding by its first tap; its last one by its last
  nn::column_cut cut{};
};
constexpr depthwise_cut depthwise_cut_of(op const& o) {
  int const n = o.out.w, padded = ceil_div(o.win.left, o.win.sw), most = o.t.cols < n ? o.t.cols : n;
  int const more = beyond(n, o.win.sw, o.win.left, o.win.kw, o.in.w), right = more > 0 ? ceil_div(more, o.win.sw) : 0;
  if (is_tight(o)) return {0, 0, o.win.left == 1, more == 1, nn::cut_columns(n, most)};
  depthwise_cut c{};
  c.left = padded < n ? padded : n, c.right = right < n - c.left ? right : n - c.left;
  int const inner = n - c.left - c.right;
  c.cut = {o.t.cols, inner / o.t.cols, 1, inner % o.t.cols};
  return c;
}
template <>
struct dynamic_tile_list<&depthwise_conv2d_kind, format::f32> {
  static int list(op const& o, vector_shape const&, tile* tiles) {
    if (!is_tight(o)) {
      tiles[0] = {1, loose_columns, 1, 1, 0};
      return 1;
    }
    int const most = o.out.w < most_depthwise_columns ? o.out.w : most_depthwise_columns;
    for (int i = 0; i < most; ++i) tiles[i] = {1, static_cast<std::int8_t>(most - i), 1, 1, 0};
    return most;
  }
};

struct dynamic_depthwise_form;
// Neighbouring output rows that see the same window rows.
struct dynamic_depthwise_rows {
  void const* w{};
  float const* bias{};
  float const* addend{};
  float* out{};
  int begin{}, end{};  // the window rows that are inside
  int rows{};          // so many output rows alike
};
// The taps [begin, end) of a window row, but for the first column's first and the last column's last.
struct depthwise_taps {
  int begin{}, end{};
  bool skip_first{}, skip_last{};
};
// Computes `count` tiles side by side in each row: x is tap (0, 0) of the first column, `at` where its results go.
using depthwise_tile_entry = void (*)(dynamic_depthwise_form const&, dynamic_depthwise_rows const&,
                                      depthwise_taps const&, float const* x, int at, int count) noexcept;
struct dynamic_depthwise_form {
  int channels{}, pitch{};         // in activations; in weights
  int column{}, x_row{}, w_row{};  // elements from one output column, one window row to the next
  shape in{};
  int rows{}, columns{}, together{};  // rows that are computed together: few, so that their input stays in the cache
  window win{};
  depthwise_cut cut{};
  int addend{-1};
  depthwise_tile_entry wide{}, narrow{}, one{};
  dynamic_function act{};
};
constexpr dynamic_depthwise_form depthwise_form(op const& o, int lanes) {
  dynamic_depthwise_form f{};
  f.channels = o.out.c, f.pitch = round_up(o.out.c, lanes), f.column = o.win.sw * o.in.c, f.x_row = o.in.w * o.in.c;
  f.w_row = o.win.kw * f.pitch, f.in = o.in, f.rows = o.out.h, f.columns = o.out.w, f.win = o.win;
  f.cut = depthwise_cut_of(o), f.addend = o.addend;
  f.together = 1 + 16384 / (o.win.sh * f.x_row * size_of(dtype::f32));
  return f;
}

}  // namespace hone::inline HONE_ABI::simd
