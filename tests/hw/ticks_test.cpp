#include <hone/hw/ticks.hpp>

#include "catch2.hpp"

namespace hw = hone::hw;

TEST_CASE("ticks never run backwards") {
  hw::ticks last = hw::now();
  for (int i = 0; i < 10000; ++i) {
    hw::ticks const t = i % 2 == 0 ? hw::now_after() : hw::now();
    REQUIRE(t >= last);
    last = t;
  }
}

TEST_CASE("ticks keep the operating system's time") {
  double const rate = hw::ticks_per_nanosecond();
  CHECK(rate > 0);
  CHECK(hw::ticks_per_nanosecond() == rate);
  // Whatever happens between the readings, the outer interval contains the inner one.
  hw::ticks const outer = hw::clock_nanoseconds();
  hw::ticks const first = hw::now_after();
  hw::ticks const inner = hw::clock_nanoseconds();
  while (hw::clock_nanoseconds() - inner < 1'000'000) {
  }
  hw::ticks const inner_end = hw::clock_nanoseconds();
  hw::ticks const last = hw::now_after();
  hw::ticks const outer_end = hw::clock_nanoseconds();
  double const measured = static_cast<double>(last - first) / rate;
  CHECK(measured >= static_cast<double>(inner_end - inner) * 0.995);
  CHECK(measured <= static_cast<double>(outer_end - outer) * 1.005);
}
