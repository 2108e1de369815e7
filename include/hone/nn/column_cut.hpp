#pragma once
#include <hone/core/shape.hpp>

namespace hone::inline HONE_ABI::nn {

// How an output row is cut into register tiles: `wides` of `wide` columns, then `narrows` of one less. Never a thin rest.
struct column_cut {
  int wide{}, wides{}, narrow{}, narrows{};

  constexpr int tiles() const { return wides + narrows; }
  constexpr int width(int tile) const { return tile < wides ? wide : narrow; }
  constexpr int first(int tile) const { return tile < wides ? tile * wide : wides * wide + (tile - wides) * narrow; }
  constexpr bool operator==(column_cut const&) const = default;
};
constexpr column_cut cut_columns(int columns, int at_most) {
  int const tiles = ceil_div(columns, at_most), narrow = columns / tiles, wides = columns % tiles;
  return {narrow + 1, wides, narrow, tiles - wides};
}

}  // namespace hone::inline HONE_ABI::nn
