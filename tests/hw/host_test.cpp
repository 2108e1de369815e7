#include <hone/hw/catalogue/sapphire_rapids.hpp>
#include <hone/hw/catalogue/zen4.hpp>
#include <hone/hw/host.hpp>

#include "catch2.hpp"

namespace hw = hone::hw;
using hone::isa;

TEST_CASE("a host of which nothing is known still runs scalar code") {
  hw::host const h{};
  CHECK(h.best() == isa::scalar);
  CHECK_FALSE(h.runs(isa::sse4));
  CHECK_FALSE(same_processor(h, hw::zen4::value));
  CHECK(std::string(name(h.clock_from)) == "unknown");
}

TEST_CASE("a host's best instruction set is its last") {
  hw::host h{};
  h.isas = {isa::scalar, isa::sse4, isa::avx2};
  CHECK(h.best() == isa::avx2);
  CHECK(h.runs(isa::sse4));
  CHECK_FALSE(h.runs(isa::avx512));
}

TEST_CASE("a processor is known by vendor, family and model") {
  hw::host h{};
  h.vendor = "intel", h.family = 6, h.model = 0x8f;
  CHECK(same_processor(h, hw::sapphire_rapids::value));
  h.model = 0x90;
  CHECK_FALSE(same_processor(h, hw::sapphire_rapids::value));
  h.vendor = "amd", h.family = 0x19;
  for (int model : {0x10, 0x1f, 0x61, 0xa0}) {
    h.model = model;
    CHECK(same_processor(h, hw::zen4::value));
  }
  for (int model : {0x0f, 0x20, 0x80, 0xb0, -1}) {
    h.model = model;
    CHECK_FALSE(same_processor(h, hw::zen4::value));
  }
  h.vendor = "intel", h.model = 0x10;
  CHECK_FALSE(same_processor(h, hw::zen4::value));
}
