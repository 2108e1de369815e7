#pragma once
#include <hone/nn/frame.hpp>

namespace hone::inline HONE_ABI::nn {

// Where kernels that hold 4 * lanes channels as four vectors of lanes keep channel c: vector * lanes + lane. Within
// each 16 channels (or 4 * lanes, if fewer) the vectors take four in turn, as byte interleaving and packing leave them.
constexpr int quad_position(int c, int lanes) {
  int const run = lanes < 4 ? lanes : 4, group = c / (4 * run), at = c % (4 * run);
  return at / run * lanes + group * run + at % run;
}

// An int8 depthwise convolution as its kernel computes it: dwords of four vertical taps.
struct int8_depthwise {
  shape in{}, out{};
  int kh{1}, kw{1}, sh{1}, sw{1}, top{}, left{};
  int fill{};          // what is outside the image
  int chunks{1};       // of four window rows
  int output_rows{1};  // computed together: as many as fit into one chunk's rows

  constexpr bool operator==(int8_depthwise const&) const = default;
  // Input rows that the output rows computed together read.
  constexpr int window_rows() const { return (output_rows - 1) * sh + kh; }
};

constexpr int8_depthwise int8_depthwise_form(op const& o) {
  int8_depthwise f{};
  f.in = o.in, f.out = o.out, f.kh = o.win.kh, f.kw = o.win.kw, f.sh = o.win.sh, f.sw = o.win.sw;
  f.top = o.win.top, f.left = o.win.left, f.fill = o.from_zero;
  f.chunks = ceil_div(f.kh, 4);
  f.output_rows = f.kh < 4 ? (4 - f.kh) / f.sh + 1 : 1;
  if (f.output_rows > f.out.h) f.output_rows = f.out.h;
  return f;
}

// Whether o is a 3x3 convolution to bytes, with stride 1 or 2 both ways: the usual ones have kernels of their own.
constexpr bool is_square_depthwise(op const& o) {
  window const& w = o.win;
  return o.type == dtype::u8 && w.kh == 3 && w.kw == 3 && w.sh == w.sw && w.sw <= 2;
}
// How many pixels a vector of 4 * lanes bytes holds where a kernel takes rows as so many bytes, pixels side by side: of
// such convolutions of few channels. 1: the kernel takes pixel by pixel.
constexpr int pixels_of_vector(op const& o, int lanes) {
  int const c = o.in.c, block = 4 * lanes;
  // at stride 2 pixels are put together dword by dword, or by eight bytes
  bool const flat = o.win.sw == 1 || c % (lanes == 16 ? 4 : 8) == 0;
  return lanes >= 4 && is_square_depthwise(o) && flat && 2 * c <= block ? block / c : 1;
}
// Such a convolution. Of several pixels in a vector the kernel reads a copy of the input in a frame, all that windows see.
struct int8_square_depthwise {
  int channels{}, pixels{}, rows{}, columns{};         // pixels of a vector; rows and columns of the result
  int in_rows{}, in_columns{}, top{}, left{}, fill{};  // of the input, and what is outside
  frame_copy frame{};
  int zero{}, least{0}, most{255};
  constexpr int row() const { return columns * channels; }
};
constexpr int8_square_depthwise int8_square_depthwise_form(op const& o, int lanes) {
  int8_square_depthwise f{};
  auto const larger = [](int a, int b) { return a > b ? a : b; };
  window const& w = o.win;
  int const together = w.sh == 1 ? 2 : 1;  // rows of the result, whether there are so many or not
  f.channels = o.in.c, f.pixels = pixels_of_vector(o, lanes), f.rows = o.out.h, f.columns = o.out.w;
  f.in_rows = o.in.h, f.in_columns = o.in.w, f.top = w.top, f.left = w.left, f.fill = o.from_zero;
  if (f.pixels > 1)
    f.frame = frame_of(o, larger(w.top + o.in.h, (round_up(o.out.h, together) - 1) * w.sh + w.kh),
                       larger(w.left + o.in.w, (o.out.w - 1) * w.sw + w.kw));
  f.zero = o.zero, f.least = o.least, f.most = o.most;
  return f;
}

}  // namespace hone::inline HONE_ABI::nn
