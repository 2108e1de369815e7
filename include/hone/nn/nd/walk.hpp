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

// The steps of an operand of extents `from`, broadcast to `to`, along the dimensions of `to`.
constexpr extents broadcast_steps(extents const& from, extents const& to) {
  extents const strides = strides_of(from);
  extents steps = to;
  for (int i = 0; i < to.rank; ++i) {
    int const k = i - to.rank + from.rank;
    steps[i] = k < 0 || from[k] == 1 ? 0 : strides[k];
  }
  return steps;
}
constexpr walk broadcast_walk(extents const& from, extents const& to) {
  extents const steps = broadcast_steps(from, to);
  walk w;
  for (int i = 0; i < to.rank; ++i) w.push(to[i], steps[i]);
  return w.close();
}

// Walks of two operands in the same dimensions: neighbours are merged where that serves both.
struct pair_walk {
  walk a, b;

  constexpr pair_walk(extents const& from_a, extents const& from_b, extents const& to) {
    extents const steps_a = broadcast_steps(from_a, to), steps_b = broadcast_steps(from_b, to);
    for (int i = 0; i < to.rank; ++i)
      if (to[i] != 1) push(to[i], steps_a[i], steps_b[i]);
    a.close(), b.close();
  }

 private:
  constexpr void push(std::int32_t n, std::int32_t step_a, std::int32_t step_b) {
    auto const last = static_cast<std::size_t>(a.rank - 1);
    if (a.rank > 0 && a.step[last] == n * step_a && b.step[last] == n * step_b) {
      a.extent[last] *= n, b.extent[last] *= n, a.step[last] = step_a, b.step[last] = step_b;
      return;
    }
    a.extent[last + 1] = b.extent[last + 1] = n, a.step[last + 1] = step_a, b.step[last + 1] = step_b;
    ++a.rank, ++b.rank;
  }
};

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
