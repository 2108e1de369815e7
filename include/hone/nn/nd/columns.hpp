#pragma once
#include <hone/core/extents.hpp>

namespace hone::inline HONE_ABI::nd {

// Up to `wide` columns of a tensor that stand beside each other along one axis: element i of column j lies at
// first + i * step + j.
struct columns {
  static constexpr int wide = 64;
  std::int64_t first{}, step{};
  std::int32_t rows{};
  int count{};
};

// f(columns) for all columns of a tensor of extents e along `axis`, in order.
template <class F>
void for_columns(extents const& e, int axis, F&& f) {
  std::int64_t const outer = e.count(0, axis), inner = e.count(axis + 1, e.rank);
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t j = 0; j < inner; j += columns::wide)
      f(columns{o * e[axis] * inner + j, inner, e[axis],
                static_cast<int>(inner - j < columns::wide ? inner - j : columns::wide)});
}

}  // namespace hone::inline HONE_ABI::nd
