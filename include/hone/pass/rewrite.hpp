#pragma once
#include <hone/core/graph.hpp>

namespace hone::inline HONE_ABI::pass {

// Rebuilds g in one linear sweep, without the operations that an earlier one takes over: for each operation o, in order,
// f(g, o, sole) is asked, where o already names its inputs in the new graph and sole[i] says that o is the only reader
// of its input i. f returns the index of the operation that now computes o's result (having changed it), or -1 to keep o.
template <class G, class F>
constexpr void absorb(G& g, F f) {
  G const old = g;
  g.ops.clear();
  scratch<std::int16_t> moved(old.ops.size()), uses(old.ops.size());
  count_uses(old, uses);
  for (std::size_t i = 0; i < old.ops.size(); ++i) {
    op o = old.ops[i];
    bool sole[max_inputs]{};
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) {
        sole[k] = uses[static_cast<std::size_t>(o.input[k])] == 1;
        o.input[k] = moved[static_cast<std::size_t>(o.input[k])];
      }
    int const taken = f(g, o, sole);
    if (taken < 0) g.ops.push_back(o);
    moved[i] = static_cast<std::int16_t>(taken >= 0 ? taken : static_cast<int>(g.ops.size()) - 1);
  }
  for (port& p : g.ports) p.op = moved[static_cast<std::size_t>(p.op)];
}

// A weight step of kind k for layer `like`'s owner: shape, role and layer of `like`, reading the nodes `in`.
constexpr weight step(weight_kind const& k, weight const& like, std::array<std::int16_t, 4> in) {
  weight w = like;
  w.kind = &k, w.in = in, w.attr = {}, w.padded = 0, w.at = -1;
  return w;
}

}  // namespace hone::inline HONE_ABI::pass
