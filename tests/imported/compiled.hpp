#pragma once
// A reference network compiled from its generated header: its golden vectors, by every variant of the engine.
#include <hone/engine.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/neoverse_n1.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>
#include <hone/io/weights.hpp>
#include <hone/run/agent.hpp>

#include "catch2.hpp"
#include "tests/imported/golden.hpp"

namespace golden {

template <class Network>
void check(std::string const& name, char const* weights) {
  using compiled = engine<Network, hw::sapphire_rapids, hw::haswell, hw::neoverse_n1, hw::any>;
  adaptation how;
  how.resident_variants = 4, how.frozen = true;
  compiled net(io::load_weights<Network>(weights), how);
  for (int v = 0; v < 4; ++v) {
    if (!net.shared_weights().ready(v)) continue;
    net.set({{{0, static_cast<std::int16_t>(compiled::view().ops), static_cast<std::int16_t>(v), 0}}});
    differences const d = compare(net.ports(), name, [&] { net.run(); });
    INFO(name << " by " << compiled::view().variants[static_cast<std::size_t>(v)].machine->name);
    CHECK(d.calls > 1);
    CHECK(d.worst <= 1e-4);
    CHECK(d.most <= (all_equal(name) ? 0 : 1));
  }
}

}  // namespace golden
