#pragma once
#include <hone/pass/rewrite.hpp>
#include <hone/shal/cost.hpp>

namespace hone::inline HONE_ABI::pass {

// The cheapest tile of o on p, among those that o's kind offers.
constexpr tile best_tile(op o, profile const& p) {
  if (!o.kind->tiles) return tile{};
  tile list[32]{};
  int const n = o.kind->tiles(o, p.vectors, list);
  tile best = list[0];
  nanoseconds least{1e300};
  for (int i = 0; i < n; ++i) {
    o.t = list[i];
    nanoseconds const t = price(o, p);
    if (t < least) least = t, best = list[i];
  }
  return best;
}

// Chooses every operation's tile.
template <class G>
constexpr G choose_tiles(G g, profile const& p) {
  for (op& o : g.ops) o.t = best_tile(o, p);
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
