#pragma once
#include <hone/run/plan_view.hpp>
#include <hone/shal/environment.hpp>
#include <hone/shal/prediction.hpp>

namespace hone::inline HONE_ABI {

// `here` as it runs kernels that were compiled for `compiled`: registers and microkernels of those, everything else of
// this machine. Without `here`, the machine that they were compiled for.
inline profile running(profile const* here, profile const& compiled) {
  if (here == nullptr) return compiled;
  profile p = *here;
  p.name = compiled.name, p.target = compiled.target;
  if (here->target == compiled.target && here->vectors.lanes == compiled.vectors.lanes) return p;
  bool const as_wide = here->vectors.lanes == compiled.vectors.lanes;
  p.vectors = compiled.vectors;
  if (as_wide) return p;
  p.vector_ports = compiled.vector_ports, p.load_ports = compiled.load_ports, p.store_ports = compiled.store_ports;
  p.f32 = compiled.f32, p.bf16 = compiled.bf16, p.int8 = compiled.int8;
  return p;
}

// Prices the operations of a plan's variants as one machine runs them, this one or one like it, any number of times:
// the work is counted once.
class plan_prices {
 public:
  // Raises where `here` cannot be what runs this program.
  plan_prices(plan_view const& plan, profile const* here) : plan_(plan) {
    char const* const fault =
        here == nullptr             ? nullptr
        : here->kind != device::cpu ? "kind: it is no CPU"
                                    : hw::fault(*here);
    if (fault != nullptr)
      raise("cannot price variants on this machine", fault, "hone::adaptation::here",
            "use a CPU of the catalogue, hw::nearest, or what hone-calibrate wrote");
    for (variant_view const& v : plan.variants) {
      machines_.push_back(running(here, *v.machine));
      for (int i = 0; i < plan.ops; ++i) counted_.push_back(v.ops[i].kind->count(v.ops[i], machines_.back().vectors));
    }
  }

  // ns, [op][variant]. The factors: of the clock, of the bandwidth and the size of the last cache
  // (shal/environment.hpp).
  void price(std::vector<float>& times, double clock = 1, double bandwidth = 1, double cache = 1) const {
    std::size_t const variants = plan_.variants.size(), ops = static_cast<std::size_t>(plan_.ops);
    times.resize(ops * variants);
    for (std::size_t v = 0; v < variants; ++v) {
      variant_view const& variant = plan_.variants[v];
      placed const g{{variant.ops, ops}, variant.packed, variant.arena};
      profile const machine = shal::perturbed(machines_[v], clock, bandwidth, cache);
      shal::pricer<placed> const price(g, machine);
      for (std::size_t i = 0; i < ops; ++i)
        times[i * variants + v] = static_cast<float>(price.cost(g.ops[i], counted_[v * ops + i]).time.value);
    }
  }

 private:
  struct placed {  // as much of a final graph as a pricer asks for
    std::span<op const> ops;
    std::int32_t packed{}, arena{};
  };
  plan_view plan_;
  std::vector<profile> machines_;  // by variant
  std::vector<work> counted_;      // [variant][op]
};

// Simulated machines for training: this one at other clocks, with other bandwidths and caches, as SHAL prices them.
class shal_machines {
 public:
  shal_machines(plan_view const& plan, profile const* here, std::uint64_t seed) : prices_(plan, here), seed_(seed) {}

  // The predicted times of machine n, ns, [op][variant]; valid until the next call.
  float const* operator()(int n) {
    if (n != drawn_) {
      auto const draw = [&](int k, double low, double high) {
        return low + (high - low) * shal::uniform_at(seed_, static_cast<std::uint64_t>(4 * n + k));
      };
      prices_.price(times_, draw(0, 0.7, 1.1), draw(1, 0.4, 1), draw(2, 0.25, 1));
      drawn_ = n;
    }
    return times_.data();
  }

 private:
  plan_prices prices_;
  std::uint64_t seed_;
  std::vector<float> times_;
  int drawn_{-1};
};

}  // namespace hone::inline HONE_ABI
