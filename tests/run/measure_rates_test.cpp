#include <hone/engine.hpp>
#include <hone/hw/detect.hpp>
#include <hone/run/measure_rates.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"

namespace calibration = hone::calibration;
using shal_test::server;

TEST_CASE("what was measured of a core replaces a profile's figures, the rest stays") {
  calibration::core_rates r{};
  CHECK(calibration::with_rates(server, r).vector_ports == server.vector_ports);
  CHECK(calibration::with_rates(server, r).int8.chain_cycles == server.int8.chain_cycles);
  r.any = 3, r.mac = 2, r.dot = 2, r.load = 3, r.store = 2, r.issue = 6, r.mac_chain = 5, r.dot_chain = 7;
  hone::profile const p = calibration::with_rates(server, r);
  CHECK(p.vector_ports == 3);
  CHECK(p.load_ports == 3);
  CHECK(p.store_ports == 2);
  CHECK(p.issue_width == 6);
  CHECK(p.f32.mac_uops_per_cycle == 2);
  CHECK(p.bf16.chain_cycles == 5);
  CHECK(p.int8.chain_cycles == 7);
  CHECK(p.clock == server.clock);
  CHECK(hone::hw::fault(p) == nullptr);
}

TEST_CASE(
    "dot products of several instructions run as often as their multiplications, but no oftener than ports allow") {
  calibration::core_rates r{};
  r.any = 3, r.dot = 1;
  hone::profile p = server;
  p.vectors.dot_uops = 4;  // two multiplications, two additions
  CHECK(calibration::with_rates(p, r).int8.mac_uops_per_cycle == 2);
  r.dot = 2;
  CHECK(calibration::with_rates(p, r).int8.mac_uops_per_cycle == 3);
  p.vectors.dot_uops = 1;
  CHECK(calibration::with_rates(p, r).int8.mac_uops_per_cycle == 2);
  r.any = 1, r.mac = 2;
  CHECK(hone::hw::fault(calibration::with_rates(p, r)) == nullptr);
}

TEST_CASE("rates are found for the instruction sets that are here, or not at all") {
  auto const host = hone::hw::detect();
  hone::isa const sets[]{hone::isa::none,   hone::isa::scalar,      hone::isa::sse4, hone::isa::avx2,
                         hone::isa::avx512, hone::isa::avx512_vnni, hone::isa::neon};
  auto const rates = calibration::measure_rates(sets, host);
  REQUIRE(rates.size() == std::size(sets));
  for (std::size_t i = 0; i < rates.size(); ++i) {
    calibration::core_rates const& r = rates[i];
    bool const measured = r.any > 0;
    if (!host.runs(sets[i])) CHECK_FALSE(measured);
    for (double v : {r.any, r.mac, r.load, r.store, r.issue, r.mac_chain}) CHECK((v > 0) == measured);
    CHECK(hone::hw::fault(calibration::with_rates(server, r)) == nullptr);
  }
  CHECK(calibration::measure_rates({}, host).empty());
}

TEST_CASE("figures that are nearly whole are whole") {
  CHECK(calibration::detail::nearly_whole(1.93) == 2);
  CHECK(calibration::detail::nearly_whole(3.05) == 3);
  CHECK(calibration::detail::nearly_whole(2.5) == 2.5);
  CHECK(calibration::detail::nearly_whole(0.3) == 0.3);
}
