#pragma once
// Every operation of a compiled network, timed by itself, on every instruction set that this program and this machine have,
// beside what its instructions take of the vector ports (the operation's count of work): how near kernels come to the bound.
// And beside the run-time kernel of the same operation, in the same rounds.
#include <hone/hw/supported.hpp>
#include <hone/run/measure_kernels.hpp>

#include <algorithm>
#include <list>
#include <string>
#include <vector>

#include "benchmarks/kernels/run_time.hpp"
#include "benchmarks/support/harness.hpp"

namespace bench::kernels {

/// A case, and the cycles that its vector instructions take at least.
struct bound {
  label where;
  double cycles;
};
/// What the cases of a run share. Benches keep their places: the timed calls refer to them.
struct suite {
  harness& run;
  std::list<hone::calibration::kernel_bench> benches{};
  std::list<run_time_plan> run_time{};
  std::vector<bound> bounds{};
};

/// Vector ports of this machine for registers of `lanes` lanes: Intel joins two of its three for 512 bits.
inline double ports(int lanes) { return lanes == 16 ? 2 : 3; }

/// Adds the operations of `Network` compiled for `Machine`, if this machine runs that instruction set.
template <class Network, hone::hw::machine Machine>
void add(suite& s, std::string const& network) {
  constexpr hone::profile const& p = Machine::value;
  if (!hone::hw::supported(p.target)) return;
  using spec = hone::specialization_of<Network>;
  auto& bench = s.benches.emplace_back(hone::calibration::make_bench<Network, Machine>(p.name));
  run_time_plan const* dynamic = nullptr;
  if constexpr (spec::chosen.precision != hone::dtype::bf16) {  // which has no run-time kernels
    auto const parameters = hone::calibration::plausible_parameters(spec::canonical);
    dynamic = &s.run_time.emplace_back(hone::thaw(spec::model_type::description), spec::chosen, p,
                                       hone::pass::canonical_tensors(spec::canonical, parameters));
  }
  for (std::size_t i = 0; i < bench.size(); ++i) {
    if (!bench.runs(i)) continue;
    hone::op const& o = bench.graph().ops[i];
    auto const work = o.kind->count(o, p.vectors);
    auto const number = std::to_string(i);
    label const where{
        "kernels", network + "/" + std::string(number.size() < 2 ? "0" : "") + number + " " + o.kind->name, "hone",
        hone::name(p.target), ""};
    if (!s.run.wants(where)) continue;
    s.bounds.push_back({where, (work.mac_uops + work.vector_uops) / ports(p.vectors.lanes)});
    s.run.add(where, [entry = bench.entry(i), &operands = bench.operands(i)] { entry(operands); });
    if (dynamic == nullptr) continue;
    label at_run_time = where;
    at_run_time.engine = "run time";
    s.run.add(at_run_time, [entry = dynamic->entry(i), &operands = dynamic->operands(i)] { entry(operands); });
  }
}

/// Each defined in a file of its own: they compile in parallel.
void add_digits_f32(suite& s);
void add_digits_int8(suite& s);
void add_kws_int8(suite& s);
void add_tiny_f32(suite& s);

}  // namespace bench::kernels
