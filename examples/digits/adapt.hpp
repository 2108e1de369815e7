// Step 7: an engine of any network runs and adapts, and what it did is noted.
#pragma once
#include "report.hpp"

#include <hone/run/agent.hpp>
#include <hone/run/plan_view.hpp>

#include <functional>
#include <span>

namespace digits {

struct adaptive_network {
  hone::plan_view const& plan;
  hone::agent const& agent;
  char const* precision;
  std::function<void(std::span<float const> image)> call;
  std::function<void(int variant)> give_all;  // sets a selection: every operation to this variant
};

// Calls the network over images of 64 pixels for some seconds; halfway gives it a selection as a lesser machine would have
// stored it, which it has to find out. Fills r.variants, operations, selection, subgraphs, changes and adapted.
void run_adaptive(adaptive_network const& net, std::span<float const> pixels, double seconds, report& r);

}  // namespace digits
