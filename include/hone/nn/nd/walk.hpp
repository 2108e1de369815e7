#pragma once
#include <hone/core/extents.hpp>

#include <cstddef>

namespace hone::inline HONE_ABI::nd {

// A walk over a result in row-major order beside an operand: extents of the result and the operand's step along each,
// dimensions of extent 1 dropped and neighbours merged where one step serves both. At least one dimension.
struct walk {
  static constexpr int most = 2 * max_rank;
  std::array<std::int32_t, most> extent{1};
  std::array<std::int32_t, most> step{1};
  int rank{0};

  // Appends an inner dimension.
  constexpr void push(std::int32_t n, std::int32_t s) {
    if (n == 1) return;
    auto const last = static_cast<std::size_t>(rank - 1);
    if (rank > 0 && step[last] == n * s) {
      extent[last] *= n, step[last] = s;
      return;
    }
    extent[last + 1] = n, step[last + 1] = s;
    ++rank;
  }
  // The walk, after the last push.
  constexpr walk const& close() {
    if (rank == 0) extent[0] = 1, step[0] = 1, rank = 1;
    return *this;
  }
  constexpr std::int32_t inner() const { return extent[static_cast<std::size_t>(rank - 1)]; }
  constexpr std::int32_t inner_step() const { return step[static_cast<std::size_t>(rank - 1)]; }
};

// Of an operand of extents `from`, broadcast to `to`.
constexpr walk broadcast_walk(extents const& from, extents const& to) {
  extents const strides = strides_of(from);
  walk w;
  for (int i = 0; i < to.rank; ++i) {
    int const k = i - to.rank + from.rank;
    w.push(to[i], k < 0 || from[k] == 1 ? 0 : strides[k]);
  }
  return w.close();
}

// A place in a walk: where the operand's current innermost run begins.
struct odometer {
  std::array<std::int32_t, walk::most> at{};
  std::int32_t offset{};

  // On to the next run; false behind the last.
  constexpr bool next(walk const& w, int dims) {
    for (int i = dims; i-- > 0;) {
      auto const k = static_cast<std::size_t>(i);
      offset += w.step[k];
      if (++at[k] < w.extent[k]) return true;
      offset -= w.step[k] * w.extent[k], at[k] = 0;
    }
    return false;
  }
};

}  // namespace hone::inline HONE_ABI::nd
