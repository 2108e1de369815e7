#pragma once
#include <hone/config/config.hpp>

#include <cstdint>

namespace hone::inline HONE_ABI {

// The extent of one activation: rows, columns, channels, stored NHWC (channels fastest). A vector is {1, 1, n}.
struct shape {
  std::int32_t h{1}, w{1}, c{1};

  constexpr std::int32_t pixels() const { return h * w; }
  constexpr std::int32_t size() const { return h * w * c; }
  constexpr bool operator==(shape const&) const = default;
};

// A sliding window: extent, stride, and the padding of each side.
struct window {
  std::int32_t kh{1}, kw{1}, sh{1}, sw{1};
  std::int32_t top{0}, left{0}, bottom{0}, right{0};

  constexpr int taps() const { return kh * kw; }
  constexpr bool padded() const { return top != 0 || left != 0 || bottom != 0 || right != 0; }
  constexpr bool operator==(window const&) const = default;
};

// Quotient rounded up; a >= 0, b > 0.
constexpr int ceil_div(int a, int b) { return a / b + (a % b != 0 ? 1 : 0); }
// a rounded up to a multiple of b.
constexpr int round_up(int a, int b) { return ceil_div(a, b) * b; }

}  // namespace hone::inline HONE_ABI
