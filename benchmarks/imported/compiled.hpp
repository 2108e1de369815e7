#pragma once
// Cases of a compiled network, one for each instruction set of this machine.
#include <hone/engine.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/nehalem.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>
#include <hone/hw/catalogue/skylake_x.hpp>
#include <hone/hw/supported.hpp>
#include <hone/io/weights.hpp>

#include "benchmarks/imported/networks.hpp"

namespace bench::imported {

template <class Network>
void add_compiled(harness& h, std::string const& name, char const* weights, keeper& keep) {
  using engine =
      hone::engine<Network, hone::hw::sapphire_rapids, hone::hw::skylake_x, hone::hw::haswell, hone::hw::nehalem>;
  hone::plan_view const& plan = engine::view();
  for (std::size_t v = 0; v < plan.variants.size(); ++v) {
    hone::isa const target = plan.variants[v].machine->target;
    if (plan.variants[v].entries == nullptr || !hone::hw::supported(target)) continue;
    label const where{"imported", name + '/' + hone::name(target), "hone", hone::name(target), ""};
    if (!h.wants(where)) continue;
    hone::adaptation how;
    how.frozen = true, how.resident_variants = 100;
    auto const net = std::make_shared<engine>(hone::io::load_weights<Network>(weights), how);
    net->set({{{0, static_cast<std::int16_t>(plan.ops), static_cast<std::int16_t>(v), 0}}});
    h.add(where, [e = net.get()] { e->run(); });
    keep.push_back(net);
  }
}

}  // namespace bench::imported
