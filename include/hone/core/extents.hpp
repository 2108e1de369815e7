#pragma once
#include <hone/config/config.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>

namespace hone::inline HONE_ABI {

inline constexpr int max_rank = 8;

// The extents of a tensor of any rank up to max_rank, row major (the last one is contiguous); also any short list of
// numbers, one a dimension: a permutation, axes, pads. Rank 0 is a scalar: one element.
struct extents {
  std::array<std::int32_t, max_rank> at{};
  std::int32_t rank{};

  constexpr extents() = default;
  constexpr extents(std::initializer_list<std::int32_t> list) {
    for (std::int32_t v : list) push_back(v);
  }
  // Precondition: rank < max_rank.
  constexpr void push_back(std::int32_t v) { at[static_cast<std::size_t>(rank++)] = v; }
  constexpr std::int32_t& operator[](int i) { return at[static_cast<std::size_t>(i)]; }
  constexpr std::int32_t operator[](int i) const { return at[static_cast<std::size_t>(i)]; }
  constexpr std::int32_t const* begin() const { return at.data(); }
  constexpr std::int32_t const* end() const { return at.data() + rank; }
  // Product of the extents [first, last). One past 2^31 may be less than it should, but stays past 2^31.
  constexpr std::int64_t count(int first, int last) const {
    constexpr std::int64_t large = std::int64_t{1} << 31;
    std::int64_t n = 1;
    for (int i = first; i < last; ++i)
      if ((*this)[i] == 0 || (n <= large && n >= -large)) n *= (*this)[i];
    return n;
  }
  constexpr std::int64_t size() const { return count(0, rank); }
  constexpr bool operator==(extents const&) const = default;
};

// Elements from one index of dimension i to the next, of a row-major tensor.
constexpr extents strides_of(extents const& e) {
  extents s = e;
  std::int32_t step = 1;
  for (int i = e.rank; i-- > 0; step *= e[i]) s[i] = step;
  return s;
}

}  // namespace hone::inline HONE_ABI
