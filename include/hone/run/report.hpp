#pragma once
#include <hone/run/agent.hpp>
#include <hone/run/plan_view.hpp>

namespace hone::inline HONE_ABI {

// What is known of one variant of a subgraph.
struct variant_figures {
  nanoseconds predicted{}, measured{};  // measured: 0 until it is
  int samples{};                        // timed calls that say so, 1000 at most
  bool usable{};                        // runs on this machine, and is resident
};
// A subgraph as a table shows it.
struct subgraph_figures {
  int first{}, last{};  // operations [first, last)
  label from{}, to{};   // the layers of the first and the last one
  int chosen{};         // variant
  float share{};        // of the time
  std::vector<variant_figures> variants;
};

// The subgraphs of an engine: `report(net.view(), net.agent())`. For the thread that calls the engine, or while nobody
// does.
inline std::vector<subgraph_figures> report(plan_view const& plan, agent const& a) {
  std::vector<subgraph_figures> rows;
  for (std::size_t g = 0; g < a.groups().size(); ++g) {
    group const& s = a.groups()[g];
    subgraph_figures row{s.first, s.last, plan.layer_of(s.first), plan.layer_of(s.last - 1), s.chosen, a.share(g), {}};
    for (int v = 0; v < a.variants(); ++v)
      row.variants.push_back(
          {{a.predicted(s.first, s.last, v)}, {a.measured(g, v)}, a.known(g, v).samples, a.usable(v)});
    rows.push_back(row);
  }
  return rows;
}

}  // namespace hone::inline HONE_ABI
