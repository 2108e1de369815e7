#include "benchmarks/digits/hone_cases.hpp"

#include <hone/hw/supported.hpp>
#include <hone/run/agent.hpp>
#include <hone/store/file.hpp>

#include "examples/digits/model.hpp"

namespace bench::digits {
namespace {

/// Every variant resident, nothing adapting.
hone::adaptation all_variants() {
  hone::adaptation how;
  how.frozen = true, how.resident_variants = 100;
  return how;
}
/// The engine of one seed's artifact; without more, as a user gets it.
template <class Network>
std::shared_ptr<::digits::engine<Network>> load(seed const& s, char const* precision,
                                                hone::adaptation const& how = {}) {
  auto const artifact = hone::store::load((s.folder / precision).string() + ".hone");
  return std::make_shared<::digits::engine<Network>>(artifact.weights, how);
}

template <class Network>
void add_precision(harness& h, std::vector<seed> const& seeds, keeper& keep, char const* precision) {
  using engine = ::digits::engine<Network>;
  hone::plan_view const& plan = engine::view();
  for (std::size_t v = 0; v < plan.variants.size(); ++v) {
    hone::isa const target = plan.variants[v].machine->target;
    if (plan.variants[v].entries == nullptr || !hone::hw::supported(target)) continue;
    label const where{"digits", std::string("digits/") + precision, "hone", hone::name(target), ""};
    if (!h.wants(where)) continue;
    hone::selection const only{{{0, static_cast<std::int16_t>(plan.ops), static_cast<std::int16_t>(v), 0}}};
    std::vector<double> percent;
    for (seed const& s : seeds) {
      auto net = load<Network>(s, precision, all_variants());
      net->set(only);
      percent.push_back(accuracy(s, [&](std::span<float const> x) { return (*net)(x); }));
    }
    auto net = load<Network>(seeds.front(), precision, all_variants());
    net->set(only);
    float const* image = seeds.front().images.data();
    h.add(where, [e = net.get(), image] { (*e)({image, pixels}); });
    h.add_load(where, [&s = seeds.front(), precision, image] { (*load<Network>(s, precision))({image, pixels}); });
    add_accuracies(h, where, percent);
    keep.push_back(net);
  }
}

}  // namespace

void add_hone_cases(harness& h, std::vector<seed> const& seeds, keeper& keep) {
  add_precision<::digits::network>(h, seeds, keep, "f32");
  add_precision<::digits::network_bf16>(h, seeds, keep, "bf16");
  add_precision<::digits::network_int8>(h, seeds, keep, "int8");
}

}  // namespace bench::digits
