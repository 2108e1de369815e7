#pragma once
#include <hone/shal/cost.hpp>

namespace hone::inline HONE_ABI::pass {

// A run of operations [first, last) of a final graph: the unit that is timed, split, merged and selected at run time.
struct subgraph {
  std::int16_t first{}, last{};
  constexpr int size() const { return last - first; }
  constexpr bool operator==(subgraph const&) const = default;
};

// live[i] = how many results made before operation i are read at or after it: what crosses a cut there. Linear time.
template <class G>
constexpr void count_live(G const& g, std::int16_t* live) {
  std::size_t const n = g.ops.size();
  scratch<std::size_t> last(n);  // reader; 0: none
  for (std::size_t i = 0; i < n; ++i)
    for (std::int16_t in : g.ops[i].input)
      if (in >= 0) last[static_cast<std::size_t>(in)] = i;
  for (port const& p : g.ports)
    if (p.output && static_cast<std::size_t>(p.op) + 1 < n) last[static_cast<std::size_t>(p.op)] = n - 1;
  for (std::size_t i = 0; i < n; ++i) live[i] = 0;
  for (std::size_t i = 0; i < n; ++i) {  // result i crosses cuts i + 1 to last[i]
    if (last[i] == 0) continue;
    ++live[i + 1];
    if (last[i] + 1 < n) --live[last[i] + 1];
  }
  for (std::size_t i = 1; i < n; ++i) live[i] = static_cast<std::int16_t>(live[i] + live[i - 1]);
}

// The best place to split operations [first, last) in two, `before(i)` being the cost of all operations before i: as
// balanced as possible, and never through more live results than need be (each one beyond the first counts as a tenth
// of the whole). last - first > 1.
template <class Before>
constexpr int best_cut(int first, int last, Before before, std::int16_t const* live) {
  double const start = before(first), end = before(last), total = end - start;
  double least = 1e300;
  int best = first + 1;
  for (int cut = first + 1; cut < last; ++cut) {
    double const imbalance = 2 * before(cut) - start - end;
    double const badness = (imbalance < 0 ? -imbalance : imbalance) + 0.1 * total * (live[cut] - 1);
    if (badness < least) least = badness, best = cut;
  }
  return best;
}
// The same by predicted cost on p.
template <class G>
constexpr int split_point(G const& g, subgraph s, profile const& p) {
  std::size_t const n = g.ops.size();
  scratch<std::int16_t> live(n);
  scratch<double> before(n + 1);
  count_live(g, &live[0]);
  for (std::size_t i = 0; i < n; ++i) before[i + 1] = before[i] + price(g.ops[i], p).value;
  return best_cut(
      s.first, s.last, [&](int i) { return before[static_cast<std::size_t>(i)]; }, &live[0]);
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
