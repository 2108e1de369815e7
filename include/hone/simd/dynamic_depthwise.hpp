#pragma once
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/simd/dynamic_form.hpp>
#include <hone/simd/dynamic_function.hpp>

// What run-time f32 depthwise convolutions (dynamic_depthwise-inl.hpp) are compiled for, and what they know of an
// operation.
namespace hone::inline HONE_ABI::simd {

// Windows of 3x3 with strides of 1 and 2 and at most one row and column of padding on each side have tight tiles of 1 to
// `most_tight_columns` columns, which load each input column once a window row; all others loose tiles of 1 and
// `loose_columns`, which load a column for each tap.
inline constexpr int most_tight_columns = HONE_SMALL_TILES ? 2 : 6, loose_columns = HONE_SMALL_TILES ? 2 : 4;
// How far the last window reaches beyond an input of n.
constexpr int beyond(int out, int stride, int pad, int k, int n) { return (out - 1) * stride - pad + k - n; }
constexpr bool is_tight(op const& o) {
  window const& w = o.win;
  return w.kh == 3 && w.kw == 3 && w.sw <= 2 && w.top <= 1 && w.left <= 1 &&
         beyond(o.out.h, w.sh, w.top, w.kh, o.in.h) <= 1 && beyond(o.out.w, w.sw, w.left, w.kw, o.in.w) <= 1;
}
template <>
struct dynamic_tile_list<&depthwise_conv2d_kind, format::f32> {
  static int list(op const& o, vector_shape const&, tile* tiles) {
    if (!is_tight(o)) {
      tiles[0] = {1, loose_columns, 1, 1, 0};
      return 1;
    }
    int const most = o.out.w < most_tight_columns ? o.out.w : most_tight_columns;
    for (int i = 0; i < most; ++i) tiles[i] = {1, static_cast<std::int8_t>(most - i), 1, 1, 0};
    return most;
  }
};

struct dynamic_depthwise_form;
// Neighbouring output rows that see the same window rows.
struct dynamic_depthwise_rows {
  void const* w{};
  float const* bias{};  // zeros where there is none
  int bias_step{};      // from one vector of channels to the next
  float const* addend{};
  float* out{};
  int begin{}, end{};  // the window rows that are inside
  int rows{};          // so many output rows alike
};
// The taps [begin, end) of a window row: all columns of a loose tile see them alone. Of a tight tile the first column sees
// those from `begin` on, the last one those before `end`, all others all three.
struct depthwise_taps {
  int begin{}, end{};
};
// Computes `count` tiles side by side in each row: x is tap (0, 0) of the first column, `at` where its results go.
using depthwise_tile_entry = void (*)(dynamic_depthwise_form const&, dynamic_depthwise_rows const&,
                                      depthwise_taps const&, float const* x, int at, int count) noexcept;
// What happens to sums: max with the lower bound; min with the upper one, too; nothing; or more than that.
enum class depthwise_end : std::uint8_t { raise, clip, nothing, other };
// `count` tiles of `width` columns.
struct depthwise_span {
  depthwise_tile_entry tile{};
  int width{}, count{};
  depthwise_taps taps{};
};
struct dynamic_depthwise_form {
  int channels{}, pitch{};         // in activations; in weights
  int column{}, x_row{}, w_row{};  // elements from one output column, one window row to the next
  shape in{};
  int rows{}, columns{}, together{};  // rows that are computed together: few, so that their input stays in the cache
  window win{};
  // A row: columns [0, left) one by one, then the spans, then the other columns that see padding one by one.
  int left{};
  depthwise_span spans[4];
  int addend{-1};
  depthwise_end end{};
  depthwise_tile_entry one{};
  dynamic_function act{};
};
constexpr dynamic_depthwise_form depthwise_form(op const& o, int lanes) {
  dynamic_depthwise_form f{};
  f.channels = o.out.c, f.pitch = round_up(o.out.c, lanes), f.column = o.win.sw * o.in.c, f.x_row = o.in.w * o.in.c;
  f.w_row = o.win.kw * f.pitch, f.in = o.in, f.rows = o.out.h, f.columns = o.out.w, f.win = o.win;
  f.addend = o.addend;
  f.together = 1 + 16384 / (o.win.sh * f.x_row * size_of(dtype::f32));
  return f;
}

}  // namespace hone::inline HONE_ABI::simd
