#pragma once
#include <hone/run/grouping.hpp>

// Plans as the agent sees them, for tests that simulate times.
namespace views {

// A chain of operations whose predicted times are `ns[i] * factor[v]` in
// variant v.
inline hone::agent_view chain(std::vector<float> const& ns, std::vector<float> const& factor) {
  hone::agent_view v;
  v.ops = static_cast<int>(ns.size()), v.variants = static_cast<int>(factor.size());
  for (float t : ns)
    for (float f : factor) v.predicted.push_back(t * f);
  v.live.assign(ns.size(), 1);
  v.usable.assign(factor.size(), 1);
  return v;
}
// Twelve operations of 0.5, 1 and 1.5 us.
inline hone::agent_view usual(std::vector<float> const& factor) {
  std::vector<float> ns;
  for (int i = 0; i < 12; ++i) ns.push_back(500.0f * static_cast<float>(1 + i % 3));
  return chain(ns, factor);
}

// Whether the groups cover operations [0, ops) in order, each once, by usable
// variants.
inline bool whole(std::vector<hone::group> const& groups, hone::agent_view const& v) {
  int at = 0;
  for (hone::group const& g : groups) {
    if (g.first != at || g.last <= g.first) return false;
    for (int variant : {g.chosen, g.trying})
      if (variant < 0 || variant >= v.variants || v.usable[static_cast<std::size_t>(variant)] == 0) return false;
    at = g.last;
  }
  return at == v.ops;
}

}  // namespace views
