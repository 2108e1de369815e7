// Random windows over random images, and the plainest loops over them.
#pragma once
#include <hone/nn/nd/window.hpp>

#include "nd_random.hpp"

namespace nd_values {

// A window that fits into `image` ([n][c][spatial]) with its padding; pads less than the kernel where `inner`.
inline nd::window_nd any_window(extents const& image, bool inner = false) {
  nd::window_nd w;
  for (int d = 2; d < image.rank; ++d) {
    int kernel = *rc::gen::inRange(1, 5), dilation = *rc::gen::inRange(1, 4);
    int before = *rc::gen::inRange(0, inner ? kernel : 4), after = *rc::gen::inRange(0, inner ? kernel : 4);
    if ((kernel - 1) * dilation + 1 > image[d] + before + after) {
      kernel = dilation = 1;
      if (inner) before = after = 0;
    }
    w.kernel.push_back(kernel), w.dilations.push_back(dilation), w.before.push_back(before), w.after.push_back(after);
    w.strides.push_back(*rc::gen::inRange(1, 4));
  }
  return w;
}
// [n][c][spatial], rank 3 to 5.
inline extents any_image(int channels) {
  extents e{*rc::gen::inRange(1, 3), channels};
  int const spatial = *rc::gen::inRange(1, 4);
  for (int i = 0; i < spatial; ++i) e.push_back(*rc::gen::inRange(1, spatial == 3 ? 6 : 11));
  return e;
}
// f(place) for every index of a tensor of these extents, in order.
template <class F>
void each_place(extents const& e, F f) {
  std::int64_t const n = e.size();
  for (std::int64_t i = 0; i < n; ++i) {
    extents at = e;
    std::int64_t rest = i;
    for (int d = e.rank; d-- > 0; rest /= e[d]) at[d] = static_cast<std::int32_t>(rest % e[d]);
    f(at, static_cast<std::size_t>(i));
  }
}
// Where index `at` of a tensor of extents e lies; -1 outside.
inline std::int64_t offset_of(extents const& e, extents const& at) {
  std::int64_t i = 0;
  for (int d = 0; d < e.rank; ++d) {
    if (at[d] < 0 || at[d] >= e[d]) return -1;
    i = i * e[d] + at[d];
  }
  return i;
}
// The index that tap `tap` of the window at output `at` reads; n and channel are those of `at`.
inline extents read_by(nd::window_nd const& w, extents at, extents const& tap) {
  for (int d = 0; d < tap.rank; ++d) at[d + 2] = at[d + 2] * w.strides[d] + tap[d] * w.dilations[d] - w.before[d];
  return at;
}

}  // namespace nd_values
