#pragma once
#include <hone/shal/cost.hpp>

namespace hone::inline HONE_ABI::pass {

// A run of operations [first, last) of a final graph: the unit that is timed, split, merged and selected at run time.
struct subgraph {
  std::int16_t first{}, last{};
  constexpr int size() const { return last - first; }
  constexpr bool operator==(subgraph const&) const = default;
};

// How many results made before `cut` are read at or after it: what crosses the boundary.
template <class G>
constexpr int live_across(G const& g, int cut) {
  int n = 0;
  for (int i = 0; i < cut; ++i) {
    bool crosses = false;
    for (std::size_t k = static_cast<std::size_t>(cut); k < g.ops.size() && !crosses; ++k)
      for (std::int16_t in : g.ops[k].input) crosses = crosses || in == i;
    n += crosses;
  }
  return n;
}

// The best place to split s in two, by predicted cost on p: as balanced as possible, and never through more live results
// than need be (each one beyond the first counts as a tenth of s). Requires s.size() > 1.
template <class G>
constexpr int split_point(G const& g, subgraph s, profile const& p) {
  double total = 0;
  for (int i = s.first; i < s.last; ++i) total += price(g.ops[static_cast<std::size_t>(i)], p).value;
  double before = 0, least = 1e300;
  int best = s.first + 1;
  for (int cut = s.first + 1; cut < s.last; ++cut) {
    before += price(g.ops[static_cast<std::size_t>(cut - 1)], p).value;
    double const imbalance = before > total - before ? 2 * before - total : total - 2 * before;
    double const badness = imbalance + 0.1 * total * (live_across(g, cut) - 1);
    if (badness < least) least = badness, best = cut;
  }
  return best;
}

// Splits the whole graph hierarchically, the costliest part first, until there are `parts` subgraphs (fewer if it has
// fewer operations). `out` holds at least `parts`; returns how many, in order of execution.
template <class G>
constexpr int partition(G const& g, profile const& p, int parts, subgraph* out) {
  auto cost = [&](subgraph s) {
    double c = 0;
    for (int i = s.first; i < s.last; ++i) c += price(g.ops[static_cast<std::size_t>(i)], p).value;
    return c;
  };
  int n = 1;
  out[0] = {0, static_cast<std::int16_t>(g.ops.size())};
  while (n < parts) {
    int widest = -1;
    double most = -1;
    for (int i = 0; i < n; ++i)
      if (out[i].size() > 1 && cost(out[i]) > most) widest = i, most = cost(out[i]);
    if (widest < 0) break;
    int const cut = split_point(g, out[widest], p);
    for (int i = n++; i > widest + 1; --i) out[i] = out[i - 1];
    out[widest + 1] = {static_cast<std::int16_t>(cut), out[widest].last};
    out[widest].last = static_cast<std::int16_t>(cut);
  }
  return n;
}

}  // namespace hone::inline HONE_ABI::pass
