#pragma once
#include <hone/nn/layer.hpp>

namespace hone::inline HONE_ABI::nn {

// A copy of an u8 image with what lies outside around it, in bytes.
struct frame_copy {
  int size{};       // of all; 0: there is no copy
  int row{}, at{};  // of its rows, and where the image begins
  int rows{};       // of the image
  int image_row{};  // of its rows
  int fill{};       // what is outside
  constexpr bool operator==(frame_copy const&) const = default;
};
// Scratch for it: a kernel writes, and reads, up to two vectors past its end.
constexpr int scratch_of(frame_copy const& f) { return f.size > 0 ? round_up(f.size, 64) + 128 : 0; }

// In a frame of `height` by `width` pixels, as o pads it at its top and left.
constexpr frame_copy frame_of(op const& o, int height, int width) {
  frame_copy f{};
  f.row = width * o.in.c, f.at = o.win.top * f.row + o.win.left * o.in.c, f.size = height * f.row;
  f.rows = o.in.h, f.image_row = o.in.w * o.in.c, f.fill = o.from_zero;
  return f;
}
// In the frame that o pads it by.
constexpr frame_copy frame_of(op const& o) {
  return frame_of(o, o.in.h + o.win.top + o.win.bottom, o.in.w + o.win.left + o.win.right);
}

}  // namespace hone::inline HONE_ABI::nn
