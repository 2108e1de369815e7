#include <hone/run/prior.hpp>

#include "catch2.hpp"
#include "tests/run/fake_plan.hpp"
#include "tests/shal/machines.hpp"

namespace {

using namespace hone;

TEST_CASE("without a profile of this machine a variant is priced on the one it was compiled for") {
  CHECK(std::string(running(nullptr, shal_test::server).name) == "server");
  std::vector<float> times;
  plan_prices(fake::plan({1, 2, 3, 4}), nullptr).price(times);
  REQUIRE(times.size() == fake::ops * fake::variants);
  for (std::size_t i = 1; i < fake::ops; ++i)
    for (std::size_t v = 0; v < fake::variants; ++v)
      CHECK(times[i * fake::variants + v] == Approx(1000 * (static_cast<double>(v) + 1)).epsilon(0.01));
}

TEST_CASE("this machine runs another's kernels with their registers, and its own clock and caches") {
  profile narrow = shal_test::server;
  narrow.name = "narrow", narrow.target = isa::avx2, narrow.vectors.lanes = 8, narrow.clock = {1};
  narrow.f32.mac_uops_per_cycle = 1.5, narrow.cache[0].size = {1};
  profile const p = running(&shal_test::server, narrow);
  CHECK(p.target == isa::avx2);
  CHECK(p.vectors.lanes == 8);
  CHECK(p.f32.mac_uops_per_cycle == 1.5);
  CHECK(p.clock == shal_test::server.clock);
  CHECK(p.cache[0].size == shal_test::server.cache[0].size);
  profile const same = running(&shal_test::server, shal_test::server);
  CHECK(same.f32.mac_uops_per_cycle == shal_test::server.f32.mac_uops_per_cycle);
  CHECK(same.clock == shal_test::server.clock);
}

TEST_CASE("what cannot be this machine is refused") {
  profile no_clock = shal_test::server, no_ports = shal_test::server, no_cpu = shal_test::server;
  no_clock.clock = {}, no_ports.load_ports = 0, no_cpu.kind = device::gpu;
  for (profile const& p : {no_clock, no_ports, no_cpu, profile{}})
    CHECK_THROWS_AS(plan_prices(fake::plan(), &p), error);
  CHECK_NOTHROW(plan_prices(fake::plan(), &shal_test::server));
}

TEST_CASE("a slower clock makes everything slower by as much") {
  plan_prices const prices(fake::plan(), nullptr);
  std::vector<float> usual, slow;
  prices.price(usual), prices.price(slow, 0.5);
  for (std::size_t i = 0; i < usual.size(); ++i) CHECK(slow[i] == Approx(2 * usual[i]).margin(1e-6));
}

TEST_CASE("simulated machines differ, are the same for a seed, and are near the one predicted") {
  plan_view const plan = fake::plan({1, 1, 1, 1});
  shal_machines a(plan, nullptr, 1), b(plan, nullptr, 1), c(plan, nullptr, 2);
  std::size_t const at = fake::variants;  // operation 1 in variant 0
  bool differ = false;
  for (int n = 0; n < 50; ++n) {
    float const first = a(n)[at];
    CHECK(first == b(n)[at]);
    CHECK(first == a(n)[at]);
    CHECK(first > 1000 / 1.11f);
    CHECK(first < 1000 / 0.69f);
    differ = differ || first != c(n)[at];
  }
  CHECK(differ);
  CHECK(a(0)[at] != b(1)[at]);
}

}  // namespace
