#pragma once
#include <hone/pass/rewrite.hpp>
#include <hone/shal/cost.hpp>

namespace hone::inline HONE_ABI::pass {

// The cheapest tile of o on p, among the at most 32 that candidates(o, p.vectors, list) lists; list[0] if there are none.
// Of tiles that wait for the same memory that with the least arithmetic: it leaves the most loads in flight.
template <class Candidates>
constexpr tile best_tile(op o, profile const& p, Candidates candidates) {
  tile list[32]{};
  int const n = candidates(o, p.vectors, list);
  tile best = list[0];
  shal::op_cost least{};
  least.time = nanoseconds{1e300};
  for (int i = 0; i < n; ++i) {
    o.t = list[i];
    shal::op_cost const c = cost_alone(o, p);
    if (c.time < least.time || (!(least.time < c.time) && c.arithmetic < least.arithmetic)) least = c, best = list[i];
  }
  return best;
}
// The same among those that o's kind offers.
constexpr tile best_tile(op const& o, profile const& p) {
  return o.kind->tiles ? best_tile(o, p, o.kind->tiles) : tile{};
}

// Chooses every operation's tile.
template <class G>
constexpr G choose_tiles(G g, profile const& p) {
  for (op& o : g.ops) o.t = best_tile(o, p);
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
