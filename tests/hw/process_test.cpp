#include <hone/hw/process.hpp>

#include <cmath>

#include "catch2.hpp"

namespace hw = hone::hw;

TEST_CASE("processes between the two sources follow their formula") {
  auto const check = [](hw::process const& p, double nm) {
    double const t = std::log(45 / nm) / std::log(45 / 7.0);
    auto const between = [t](hone::picojoules a, hone::picojoules b) {
      return Approx(std::pow(a.value, 1 - t) * std::pow(b.value, t)).epsilon(0.01);
    };
    CAPTURE(nm);
    CHECK(p.mac_f32.value == between(hw::nm45.mac_f32, hw::nm7.mac_f32));
    CHECK(p.mac_bf16.value == between(hw::nm45.mac_bf16, hw::nm7.mac_bf16));
    CHECK(p.mac_int8.value == between(hw::nm45.mac_int8, hw::nm7.mac_int8));
    CHECK(p.l1.value == between(hw::nm45.l1, hw::nm7.l1));
    CHECK(p.l2.value == between(hw::nm45.l2, hw::nm7.l2));
    CHECK(p.l3.value == Approx(p.l2.value * p.l2.value / p.l1.value).epsilon(0.01));
  };
  check(hw::nm45, 45), check(hw::nm28, 28), check(hw::nm22, 22), check(hw::nm14, 14), check(hw::nm7, 7);
}

TEST_CASE("a package that issues all it can draws its design power") {
  hw::power const p{hone::watts{145}, 41.0 / 145, 18, hone::gigahertz{2.3}, 4};
  CHECK(p.idle().value * 18 == Approx(41));
  double const instructions = 18 * 2.3 * 4;  // a nanosecond
  CHECK(instructions * p.instruction().value * 1e-3 == Approx(145 - 41));
}
