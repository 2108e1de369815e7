#include <hone/hw/clock.hpp>
#include <hone/hw/detect.hpp>

#include "catch2.hpp"

namespace hw = hone::hw;

TEST_CASE("the clock of an unknown processor is not guessed") {
  CHECK(hw::measured_clock({}).value == 0);
  hw::host h{};
  h.vendor = "intel", h.family = 15, h.isas = {hone::isa::scalar};
  CHECK(hw::measured_clock(h).value == 0);
  h.vendor = "amd", h.family = 0x15;
  CHECK(hw::measured_clock(h).value == 0);
}

TEST_CASE("a clock that can be measured is one that processors have") {
  hw::host const h = hw::detect();
  hone::gigahertz const clock = hw::measured_clock(h);
  if (clock.value == 0) {
    WARN("skipped: this processor's multiplication is not known");
    return;
  }
  CHECK(clock.value > 0.1);
  CHECK(clock.value < 8);
}
