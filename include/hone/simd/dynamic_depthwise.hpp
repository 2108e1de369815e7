#pragma once
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/simd/dynamic_form.hpp>
#include <hone/simd/dynamic_function.hpp>

// What run-time f32 depthwise convolutions (dynamic_depthwise-inl.hpp) are compiled for, and what they know of an
// operation.
namespace hone::inline HONE_ABI::simd {

// Windows of three columns and strides of 1 and 2 have tiles of 1 to this many columns, which load each input column
// once; all others tiles of 1 and `loose_columns`, which load it for each tap.
inline constexpr int depthwise_columns = HONE_SMALL_TILES ? 2 : 8, loose_columns = HONE_SMALL_TILES ? 2 : 4;
constexpr bool is_tight(op const& o) { return o.win.kw == 3 && o.win.sw <= 2; }

// A row of o: columns [0, left) and the last `right` are computed one by one, the others in tiles.
struct depthwise_cut {
  int left{}, right{};
  bool skip_first{},
      skip_last{};  // the first tile's first column sees padding by its first tap; the last one's by its last
  nn::column_cut cut{};
};
constexpr depthwise_cut depthwise_cut_of(op const& o) {
  int const padded = ceil_div(o.win.left, o.win.sw), beyond = (o.out.w - 1) * o.win.sw - o.win.left + o.win.kw - o.in.w;
  int const right = beyond > 0 ? ceil_div(beyond, o.win.sw) : 0, n = o.out.w;
  depthwise_cut c{};
  if (is_tight(o) && o.win.left <= 1 && beyond <= 1) {
    c.skip_first = o.win.left == 1, c.skip_last = beyond == 1;
    c.cut = nn::cut_columns(n, o.t.cols < n ? o.t.cols : n);
    return c;
  }
  c.left = padded < n ? padded : n, c.right = right < n - c.left ? right : n - c.left;
  int const inner = n - c.left - c.right;
  if (is_tight(o)) {
    if (inner > 0) c.cut = nn::cut_columns(inner, o.t.cols < inner ? o.t.cols : inner);
  } else {
    c.cut = {o.t.cols, inner / o.t.cols, 1, inner % o.t.cols};
  }
  return c;
}
template <>
struct dynamic_tile_list<&depthwise_conv2d_kind, format::f32> {
  static int list(op const& o, vector_shape const&, tile* tiles) {
    if (!is_tight(o)) {
      tiles[0] = {1, loose_columns, 1, 1, 0};
      return 1;
    }
    int const most = o.out.w < depthwise_columns ? o.out.w : depthwise_columns;
    for (int i = 0; i < most; ++i) tiles[i] = {1, static_cast<std::int8_t>(most - i), 1, 1, 0};
    return most;
  }
};

struct dynamic_depthwise_form;
struct dynamic_depthwise_row {
  void const* w{};  // of the first window row that is inside
  float const* bias{};
  float const* addend{};
  float* out{};
  int window_rows{};
};
// The taps [begin, end) of a window row, but for the first column's first and the last column's last.
struct depthwise_taps {
  int begin{}, end{};
  bool skip_first{}, skip_last{};
};
// Computes `count` tiles side by side: x is tap (0, 0) of the first column, `at` where that column's results go.
using depthwise_tile_entry = void (*)(dynamic_depthwise_form const&, dynamic_depthwise_row const&,
                                      depthwise_taps const&, float const* x, int at, int count) noexcept;
struct dynamic_depthwise_form {
  int channels{}, pitch{};         // in activations; in weights
  int column{}, x_row{}, w_row{};  // elements from one output column, one window row to the next
  shape in{};
  int rows{}, columns{};
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
  return f;
}

}  // namespace hone::inline HONE_ABI::simd
