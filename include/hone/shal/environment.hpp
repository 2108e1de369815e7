#pragma once
#include <hone/core/error.hpp>
#include <hone/hw/profile.hpp>

#include <cstddef>
#include <span>

namespace hone::inline HONE_ABI::shal {

// A factor between low and high, every value as likely.
struct range {
  double low{1}, high{1};
};
// What neighbours and power management leave of a machine.
struct perturbation {
  range clock{};      // of the clock
  range bandwidth{};  // of the bandwidth that cores share: the last cache's and memory's
  range cache{};      // of the last cache's size
};
// A machine that a network may meet, and how often, relative to the others of its distribution.
struct environment {
  profile machine{};
  double weight{1};
  perturbation noise{};
};

// p with these factors applied.
constexpr profile perturbed(profile p, double clock, double bandwidth, double cache) {
  p.clock = p.clock * clock;
  p.memory.bandwidth = p.memory.bandwidth * bandwidth;
  for (std::size_t i = p.cache.size(); i-- > 0;) {
    if (!(p.cache[i].size.value > 0)) continue;
    p.cache[i].size = p.cache[i].size * cache;
    p.cache[i].bandwidth = p.cache[i].bandwidth * bandwidth;
    break;
  }
  return p;
}

// The n-th of endless 64-bit numbers that look random (splitmix64: Steele, Lea, Flood 2014), a function of (seed, n): draws
// can be made in any order, and repeated.
constexpr std::uint64_t random_at(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
// The same as a number in [0, 1).
constexpr double uniform_at(std::uint64_t seed, std::uint64_t n) {
  return static_cast<double>(random_at(seed, n) >> 11) * 0x1p-53;
}

// One environment drawn from a distribution, its perturbation applied.
struct sample {
  std::size_t index{};  // of the environment
  profile machine{};
};

// Raises unless the distribution can be drawn from: something in it, weights positive, factors positive and in order.
inline void check(std::span<environment const> from) {
  double total = 0;
  for (environment const& e : from) {
    bool const weighs = e.weight >= 0 && e.weight < 1e300;
    if (!weighs)
      raise(
          "cannot sample environments", "a weight is negative or no number", e.machine.name, "give weights from 0 up");
    for (range r : {e.noise.clock, e.noise.bandwidth, e.noise.cache})
      if (!(r.low > 0 && r.low <= r.high && r.high < 1e300))
        raise("cannot sample environments", "a perturbation's range is empty or not positive", e.machine.name,
              "give factors with 0 < low <= high, such as {0.8, 1}");
    total += e.weight;
  }
  if (!(total > 0))
    raise("cannot sample environments", "their weights add up to 0", "shal::draw", "name an environment with a weight");
}

// The n-th draw of `seed`: an environment by weight, its factors by their ranges. The same arguments give the same draw on
// every machine. Raises where check() does. Time: linear in the environments.
inline sample draw(std::span<environment const> from, std::uint64_t seed, std::uint64_t n) {
  check(from);
  double total = 0;
  for (environment const& e : from) total += e.weight;
  double rest = uniform_at(seed, 4 * n) * total;
  sample s{};
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!(from[i].weight > 0)) continue;
    s.index = i;
    if (rest < from[i].weight) break;
    rest -= from[i].weight;
  }
  perturbation const& noise = from[s.index].noise;
  auto const factor = [&](range r, std::uint64_t k) { return r.low + (r.high - r.low) * uniform_at(seed, 4 * n + k); };
  s.machine =
      perturbed(from[s.index].machine, factor(noise.clock, 1), factor(noise.bandwidth, 2), factor(noise.cache, 3));
  return s;
}

}  // namespace hone::inline HONE_ABI::shal
