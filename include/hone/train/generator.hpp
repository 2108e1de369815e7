#pragma once
#include <hone/config/config.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace hone::inline HONE_ABI::train {

// Random numbers that depend on the seed alone, not on the standard library or the machine: SplitMix64 (Steele, Lea and
// Flood, "Fast splittable pseudorandom number generators", 2014).
class generator {
 public:
  explicit generator(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // In [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // In [0, n), n < 2^32; each value's probability is within 2^-32 of 1 / n.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>((next() >> 32) * n >> 32); }

  // Every order of [first, last) is as likely as any other.
  template <class Iterator>
  void shuffle(Iterator first, Iterator last) {
    for (auto n = last - first; n > 1; --n)
      std::swap(first[n - 1], first[static_cast<decltype(n)>(below(static_cast<std::size_t>(n)))]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace hone::inline HONE_ABI::train
