#include "tools/hone-run/runner.hpp"

#include <hone/run/dynamic_engine.hpp>
#include <hone/run/report.hpp>
#include <hone/train/ranges.hpp>

#include "tools/support/named.hpp"

namespace tools {
namespace {

hone::profile const* machine_of(std::string const& isa) {
  for (hone::profile const* p : hone::hw::catalogue_profiles)
    if (p->kind == hone::device::cpu && p->vectors.lanes == max_lanes(p->target) && isa == name(p->target)) return p;
  return nullptr;
}
std::vector<hone::profile const*> machines_of(std::string const& isa) {
  if (isa.empty()) return hone::machines_here();
  names here;
  for (std::string const& other : instruction_sets()) {
    hone::profile const* const p = machine_of(other);
    if (!hone::simd::compiled_for(p->target) || !hone::hw::supported(p->target)) continue;
    if (other == isa) return {p};
    here.push_back(other);
  }
  refuse_option("--isa " + isa, "this machine does not run it", "it runs " + listed(here));
}

}  // namespace

std::vector<std::string> instruction_sets() {
  std::vector<std::string> all;
  for (hone::isa const i : hone::all_isas)
    if (machine_of(name(i)) != nullptr) all.push_back(name(i));
  return all;
}

runner::runner(hone::network const& n, hone::dtype precision, std::string const& isa) {
  std::vector<hone::profile const*> const machines = machines_of(isa);
  engine_ = std::make_unique<hone::dynamic_engine>(
      n, hone::dynamic_options{.plan = {.precision = precision}, .machines = machines});
}
runner::~runner() = default;

hone::port_table const& runner::ports() const { return engine_->ports(); }
void runner::carry(std::string const& output, std::string const& input) { engine_->carry(output, input); }
void runner::run() noexcept { engine_->run(); }
std::size_t runner::operations() const { return static_cast<std::size_t>(engine_->view().ops); }
std::size_t runner::arena_bytes() const { return static_cast<std::size_t>(engine_->view().variants[0].arena); }

std::vector<measured_part> runner::parts() const {
  std::vector<measured_part> all;
  for (hone::subgraph_figures const& s : report(engine_->view(), engine_->agent())) {
    auto const chosen = static_cast<std::size_t>(s.chosen);
    all.push_back({s.from.c_str(), s.to.c_str(), name(engine_->view().variants[chosen].machine->target),
                   s.variants[chosen].predicted.value / 1e3, s.variants[chosen].measured.value / 1e3});
  }
  return all;
}

void set_ranges(hone::network& n, std::vector<std::vector<hone::buffer>> const& calls) {
  hone::train::set_ranges(n, calls);
}

}  // namespace tools
