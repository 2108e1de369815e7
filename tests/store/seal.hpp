#pragma once
// For tests that forge artifacts.
#include <hone/store/checksum.hpp>

#include <cstring>
#include <vector>

namespace sample {

template <class T>
void set(std::vector<std::byte>& b, std::size_t at, T v) {
  std::memcpy(b.data() + at, &v, sizeof v);
}
template <class T>
T get(std::vector<std::byte> const& b, std::size_t at) {
  T v{};
  std::memcpy(&v, b.data() + at, sizeof v);
  return v;
}

// Makes the checksums of b right again, as far as there are any, so that the checks behind them are reached.
inline std::vector<std::byte> sealed(std::vector<std::byte> b) {
  if (b.size() < 64) return b;
  auto const count = std::size_t{get<std::uint32_t>(b, 12)};
  if (64 + 32 * count <= b.size()) {
    for (std::size_t entry = 64; entry < 64 + 32 * count; entry += 32) {
      auto const at = get<std::uint64_t>(b, entry + 16), n = get<std::uint64_t>(b, entry + 24);
      if (at <= b.size() && n <= b.size() - at)
        set(b, entry + 4, hone::store::checksum(std::span<std::byte const>(b).subspan(at, n)));
    }
    set(b, 24, hone::store::checksum(std::span<std::byte const>(b).subspan(64, 32 * count)));
  }
  set(b, 60, hone::store::checksum(std::span<std::byte const>(b).first(60)));
  return b;
}

}  // namespace sample
