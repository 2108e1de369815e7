#include <hone/hw/catalogue.hpp>

#include <boost/hana/for_each.hpp>
#include <boost/hana/size.hpp>
#include <set>
#include <string>

#include "catch2.hpp"

namespace hana = boost::hana;
namespace hw = hone::hw;

TEST_CASE("every machine of the catalogue may exist") {
  hana::for_each(hw::catalogue, [](auto type) {
    using machine = typename decltype(type)::type;
    static_assert(hw::machine<machine>);
  });
  for (hone::profile const* p : hw::catalogue_profiles) {
    CAPTURE(p->name);
    CHECK(hw::fault(*p) == nullptr);
  }
}

TEST_CASE("the catalogue lists its machines once, all kinds of them") {
  STATIC_REQUIRE(hw::catalogue_profiles.size() == decltype(hana::size(hw::catalogue))::value);
  CHECK(hw::catalogue_profiles[0] == &hw::any::value);
  std::set<std::string> names;
  std::set<hone::device> kinds;
  std::set<hone::isa> targets;
  for (hone::profile const* p : hw::catalogue_profiles)
    names.insert(p->name), kinds.insert(p->kind), targets.insert(p->target);
  CHECK(names.size() == hw::catalogue_profiles.size());
  CHECK(kinds.size() == 3);
  CHECK(targets.size() == hone::all_isas.size() + 1);
}

TEST_CASE("a target says what its profile's registers are") {
  for (hone::profile const* p : hw::catalogue_profiles) {
    CAPTURE(p->name);
    if (p->target == hone::isa::none) {
      CHECK(p->kind != hone::device::cpu);
      continue;
    }
    CHECK(p->kind == hone::device::cpu);
    CHECK(p->vectors.lanes == hone::max_lanes(p->target));
    bool const thirty_two =
        p->target == hone::isa::avx512 || p->target == hone::isa::avx512_vnni || p->target == hone::isa::neon;
    if (p->target != hone::isa::scalar) CHECK(p->vectors.registers == (thirty_two ? 32 : 16));
    CHECK((p->vectors.dot_uops == 1) == (p->target == hone::isa::avx512_vnni));
  }
}

TEST_CASE("arithmetic peaks are those that vendors publish") {
  auto const gflops = [](hone::profile const& p) {
    double const flops = p.vectors.fma ? 2 : 1;  // without FMA a multiply-accumulate is two instructions
    return p.f32.mac_uops_per_cycle * p.vectors.lanes * flops * p.clock.value * p.units;
  };
  CHECK(gflops(hw::nehalem::value) == Approx(8 * 2.93));
  CHECK(gflops(hw::haswell::value) == Approx(32 * 2.5));
  CHECK(gflops(hw::sapphire_rapids::value) == Approx(64 * 3.5));
  CHECK(gflops(hw::zen4::value) == Approx(117.4).epsilon(0.01));        // measured
  CHECK(gflops(hw::cortex_a72::value) == Approx(11.97).epsilon(0.01));  // measured by vfpbench
  CHECK(gflops(hw::nvidia_h200::value) == Approx(67e3).epsilon(0.01));  // data sheet
  CHECK(gflops(hw::jetson_orin::value) == Approx(5.3e3).epsilon(0.01));
  auto const int8_tops = [](hone::profile const& p) {
    return 2e-3 * p.unit_rows * p.unit_columns * p.units * p.clock.value * p.int8.efficiency;
  };
  CHECK(int8_tops(hw::tpu_v1::value) == Approx(92).epsilon(0.01));
  CHECK(int8_tops(hw::tpu_v4i::value) == Approx(138).epsilon(0.01));
}
