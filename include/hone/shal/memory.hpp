#pragma once
#include <hone/core/graph.hpp>
#include <hone/hw/profile.hpp>

namespace hone::inline HONE_ABI::shal {

// ---- where the bytes of a network come from, when it runs again and again on one machine

inline constexpr int levels = 4;  // three caches and memory

// Level i of p's memory: caches innermost first, then memory itself.
constexpr memory_level const& level(profile const& p, int i) {
  return i < levels - 1 ? p.cache[static_cast<std::size_t>(i)] : p.memory;
}

// Which share of some bytes each level serves; the shares add up to 1.
struct residence {
  std::array<double, levels> share{};
};

// Where a set of `touched` bytes is found that is touched again and again in one order: in the innermost cache that holds
// it all. A cache that is a little too small still serves a part of it, falling linearly to nothing where 4/3 of its size
// are touched (true LRU would serve nothing at once, and no cache is true LRU; dense layers whose weights took 4/3 of a
// first cache of 48 KiB ran at the second cache's bandwidth). `first`: the first level to ask.
constexpr residence reside(bytes touched, profile const& p, int first = 0) {
  residence r{};
  double rest = 1;
  for (int i = first; i < levels - 1; ++i) {
    double const size = level(p, i).size.value;
    if (!(size > 0)) continue;
    double const fits = 4 - 3 * touched.value / size, hit = fits >= 1 ? 1 : fits > 0 ? fits : 0;
    r.share[static_cast<std::size_t>(i)] = rest * hit;
    rest -= rest * hit;
  }
  r.share[levels - 1] = rest;
  return r;
}

// Time to read or write n bytes that reside so. Levels below `first` are free: their loads are counted as instructions.
constexpr nanoseconds stream_time(bytes n, residence const& r, profile const& p, int first) {
  nanoseconds t{};
  for (int i = first; i < levels; ++i)
    if (level(p, i).bandwidth.value > 0) t += n * r.share[static_cast<std::size_t>(i)] / level(p, i).bandwidth;
  return t;
}
// Load-to-use latency of bytes that reside so, on average.
constexpr nanoseconds latency_of(residence const& r, profile const& p) {
  nanoseconds t{};
  for (int i = 0; i < levels; ++i) t += level(p, i).latency * r.share[static_cast<std::size_t>(i)];
  return t;
}
// Energy of moving n bytes that reside so.
constexpr picojoules transfer_energy(bytes n, residence const& r, profile const& p) {
  picojoules e{};
  for (int i = 0; i < levels; ++i) e += level(p, i).energy * (n.value * r.share[static_cast<std::size_t>(i)]);
  return e;
}

// What one call of a network touches.
struct footprint {
  bytes weights{};  // all of them, as they are packed
  bytes arena{};    // activations and scratch
  constexpr bytes total() const { return weights + arena; }
};

// The most bytes of activations alive at once: an estimate of the arena, for graphs that no one has placed yet.
template <class G>
constexpr bytes live_bytes(G const& g) {
  int const n = static_cast<int>(g.ops.size());
  scratch<int> last(g.ops.size(), n);
  for (int i = n; i-- > 0;)
    for (std::int16_t k : op_at(g, i).input)
      if (k >= 0 && last[static_cast<std::size_t>(k)] == n) last[static_cast<std::size_t>(k)] = i;
  double alive = 0, most = 0;
  for (int i = 0; i < n; ++i) {
    alive += op_at(g, i).bytes_out();
    most = alive > most ? alive : most;
    for (std::int16_t k : op_at(g, i).input)
      if (k >= 0 && last[static_cast<std::size_t>(k)] == i) {
        alive -= op_at(g, k).bytes_out();
        last[static_cast<std::size_t>(k)] = n;  // counted once, were it read twice
      }
  }
  return {most};
}

// Bytes that other work of the program touches between two calls, for the cold figure: a buffer of 64 MB rewritten, as the
// cold benchmarks do. A last-level cache larger than that still holds the network; smaller ones do not.
inline constexpr bytes other_work{64.0 * 1024 * 1024};

}  // namespace hone::inline HONE_ABI::shal
