#include <hone/hw/detect.hpp>
#include <hone/hw/nearest.hpp>

#include "catch2.hpp"
#include "tests/hw/hosts.hpp"

namespace hw = hone::hw;
using hone::isa;
using tests::host_like;

TEST_CASE("a host that is exactly a machine of the catalogue is nearest to it") {
  int cpus = 0;
  for (hone::profile const* p : hw::catalogue_profiles) {
    if (p->kind != hone::device::cpu) continue;
    ++cpus;
    hw::neighbour const n = hw::nearest(host_like(*p));
    REQUIRE(n.machine != nullptr);
    CAPTURE(p->name, n.machine->name, n.reason);
    CHECK(n.machine == p);
    CHECK(n.distance == 0);
    CHECK(n.reason.find("the same") == 0);
  }
  CHECK(cpus >= 10);
}

TEST_CASE("a guest that hides its caches and clock is still known by its processor") {
  hw::host h = host_like(hw::zen3::value);
  h.cache = {}, h.clock = {}, h.brand.clear();
  CHECK(hw::nearest(h).machine == &hw::zen3::value);
  CHECK(hw::nearest(h).reason == "the same processor");
}

TEST_CASE("the instruction set counts before the vendor, the vendor before caches and clock") {
  hw::host h = host_like(hw::zen4::value);
  h.family = 0x1a, h.model = 2;  // Zen 5
  CHECK(hw::nearest(h).machine == &hw::zen4::value);
  CHECK(hw::nearest(h).reason == "the same instruction set, avx512_vnni, of the same vendor");
  h.isas = {isa::scalar, isa::sse4, isa::avx2};
  CHECK(hw::nearest(h).machine == &hw::zen3::value);
  h.cache = host_like(hw::haswell::value).cache, h.clock = hw::haswell::value.clock;
  CHECK(hw::nearest(h).machine == &hw::zen3::value);
  h.vendor = "somebody";
  CHECK(hw::nearest(h).machine == &hw::haswell::value);
  CHECK(hw::nearest(h).reason == "the same instruction set, avx2, and the nearest caches and clock");
}

TEST_CASE("a processor without its best instruction set is served by a lesser one") {
  hw::host h = host_like(hw::sapphire_rapids::value);
  h.isas = {isa::scalar, isa::sse4, isa::avx2};  // as a hypervisor may offer it
  hone::profile const* const both[]{&hw::sapphire_rapids::value, &hw::haswell::value};
  CHECK(hw::nearest(h, both).machine == &hw::haswell::value);
  hone::profile const* const only[]{&hw::sapphire_rapids::value};
  CHECK(hw::nearest(h, only).machine == only[0]);
  CHECK(hw::nearest(h, only).reason == "no candidate has an instruction set that this machine runs");
}

TEST_CASE("accelerators are nobody's neighbours") {
  hone::profile const* const accelerators[]{&hw::nvidia_h200::value, &hw::tpu_v1::value};
  CHECK(hw::nearest(host_like(hw::any::value), accelerators).machine == nullptr);
  CHECK(hw::nearest({}, {}).machine == nullptr);
}

TEST_CASE("this machine has a neighbour that it can run") {
  hw::host const h = hw::detect();
  hw::neighbour const n = hw::nearest(h);
  REQUIRE(n.machine != nullptr);
  CHECK(h.runs(n.machine->target));
  CHECK_FALSE(n.reason.empty());
}
