#include <hone/hw/catalogue.hpp>
#include <hone/pass/pipeline.hpp>
#include <hone/shal/prediction.hpp>

#include "catch2.hpp"
#include "tests/shal/support.hpp"

namespace {

hone::shal::prediction predicted(hone::profile const& p, hone::dtype precision) {
  hone::options o{};
  o.precision = precision;
  auto const g = hone::pass::canonical(hone::thaw(shal_test::small::description), o, p);
  return hone::shal::predict(hone::pass::finalize(g, p), p);
}

}  // namespace

TEST_CASE("every machine of the catalogue has a prediction that can be") {
  for (hone::profile const* p : hone::hw::catalogue_profiles)
    for (hone::dtype precision : {hone::dtype::f32, hone::dtype::bf16, hone::dtype::i8}) {
      INFO(p->name << ", " << hone::name(precision));
      auto const r = predicted(*p, precision);
      if (!r.possible()) {  // an array of 8-bit multipliers
        CHECK(p->kind == hone::device::systolic_array);
        CHECK(precision != hone::dtype::i8);
        continue;
      }
      CHECK(r.latency.value > 300);  // 0.3 million multiply-accumulates
      CHECK(r.latency.value < 1e8);
      CHECK(r.cold_latency >= r.latency);
      CHECK(r.throughput >= 0.99e9 / r.latency.value);
      CHECK(r.energy.value > 0);
      CHECK(r.weights.value >= 9680 * size_of(precision));
      CHECK(r.traffic().value >= r.weights.value);
      CHECK(r.arena.value > 0);
    }
}

TEST_CASE("machines that nobody confuses are in their order") {
  auto const f32 = [](auto machine) { return predicted(decltype(machine)::value, hone::dtype::f32); };
  namespace hw = hone::hw;
  CHECK(f32(hw::sapphire_rapids{}).latency < f32(hw::haswell{}).latency);
  CHECK(f32(hw::haswell{}).latency < f32(hw::nehalem{}).latency);
  CHECK(f32(hw::neoverse_n1{}).latency < f32(hw::cortex_a72{}).latency);
  CHECK(f32(hw::cortex_a72{}).latency < f32(hw::cortex_a53{}).latency);
  CHECK(f32(hw::cortex_a53{}).latency < f32(hw::cortex_m7{}).latency);
  CHECK(f32(hw::nvidia_h200{}).latency > f32(hw::sapphire_rapids{}).latency);  // launching kernels takes longer
  CHECK(f32(hw::cortex_a53{}).energy < f32(hw::haswell{}).energy);
}
