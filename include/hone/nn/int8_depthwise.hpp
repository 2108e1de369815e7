#pragma once
#include <hone/nn/layer.hpp>

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

}  // namespace hone::inline HONE_ABI::nn
