#include <hone/hw/metadata.hpp>

#include "catch2.hpp"
#include "tests/hw/hosts.hpp"

namespace hw = hone::hw;

TEST_CASE("a profile's metadata are its figures") {
  hone::hardware const m = hw::metadata(hw::haswell::value);
  CHECK(m.device == "cpu");
  CHECK(m.name == "haswell");
  CHECK(m.isa == "avx2");
  CHECK(m.cache[0].value == 32 * 1024);
  CHECK(m.memory_bandwidth == hw::haswell::value.memory.bandwidth);
  CHECK(m.interconnect_bandwidth.value == 0);
  CHECK(m.cores == hw::haswell::value.cores);
  CHECK(m.clock == hw::haswell::value.clock);
}

TEST_CASE("an accelerator's metadata name its kind and how it is reached") {
  hone::hardware const m = hw::metadata(hw::nvidia_h200::value);
  CHECK(m.device == "gpu");
  CHECK(m.isa.empty());
  CHECK(m.interconnect_bandwidth == hw::nvidia_h200::value.interconnect);
  CHECK(hw::metadata(hw::tpu_v1::value).device == "systolic_array");
}

TEST_CASE("a machine of the catalogue asks for what was made for its profile") {
  for (hone::profile const* p : hw::catalogue_profiles)
    if (p->kind == hone::device::cpu && p->processors[0].family >= 0) {
      CAPTURE(p->name);
      CHECK(hw::metadata(tests::host_like(*p)) == hw::metadata(*p));
    }
}

TEST_CASE("a machine that the catalogue does not know goes by its brand, what it hides is unknown") {
  hw::host h = tests::host_like(hw::zen4::value);
  h.family = 0x1a, h.brand = "AMD EPYC 9655", h.cache = {};
  hone::hardware const m = hw::metadata(h);
  CHECK(m.name == "AMD EPYC 9655");
  CHECK(m.isa == "avx512_vnni");
  CHECK(m.cache[0].value == 0);
  CHECK(m.memory_bandwidth.value == 0);
  CHECK(hw::metadata(hw::host{}).isa == "scalar");
}
