#include <hone/engine.hpp>
#include <hone/run/calibration.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

using namespace hone::literals;
namespace calibration = hone::calibration;
using shal_test::server;

namespace {
struct plain {
  static constexpr hone::profile value = shal_test::microcontroller;
};
}  // namespace

TEST_CASE("a host keeps the nearest profile's figures but for what it tells of itself") {
  hone::hw::host h{};
  CHECK(calibration::host_profile(h, server).clock == server.clock);
  CHECK(calibration::host_profile(h, server).cache[2].size == server.cache[2].size);
  h.cores = 3, h.clock = 2_GHz, h.memory = 2_GiB;
  h.cache[0].size = 64_KiB, h.cache[1].size = 4_MiB;  // no third
  hone::profile const p = calibration::host_profile(h, server);
  CHECK(p.cores == 3);
  CHECK(p.clock == 2_GHz);
  CHECK(p.memory.size == 2_GiB);
  CHECK(p.cache[0].size == 64_KiB);
  CHECK(p.cache[1].bandwidth == server.cache[1].bandwidth);
  CHECK(p.cache[2].size == 0_B);
  CHECK(hone::hw::fault(p) == nullptr);
}

TEST_CASE("a cache that the nearest profile lacks starts with memory's figures") {
  hone::hw::host h{};
  h.cache[0].size = 32_KiB, h.cache[1].size = 1_MiB;
  hone::profile const p = calibration::host_profile(h, shal_test::microcontroller);
  CHECK(p.cache[1].size == 1_MiB);
  CHECK(p.cache[1].bandwidth == shal_test::microcontroller.memory.bandwidth);
  CHECK(hone::hw::fault(p) == nullptr);
}

TEST_CASE("measured memory is a memory that can be") {
  hone::profile p = server;
  p.cache[0].size = 8_KiB, p.cache[1].size = 64_KiB, p.cache[2].size = 512_KiB;
  hone::kernel_entry const dense = [](hone::kernel_args const& a) noexcept {
    auto const* w = static_cast<unsigned char const*>(a.param[0]);
    for (int i = 0; i < 4096; i += 64) asm volatile("" : : "r"(static_cast<int>(w[i])));
  };
  hone::profile const before = p;
  calibration::measure_memory(p, dense, {}, 4096, 1 << 16);
  CHECK(p.memory.bandwidth <= before.memory.bandwidth);  // twice the last cache is more than it may touch
  CHECK(p.cache[0].latency.value > 0);
  CHECK(p.cache[1].latency >= p.cache[0].latency);
  CHECK(p.cache[1].bandwidth <= p.cache[0].bandwidth);
  CHECK(hone::hw::fault(p) == nullptr);
}

TEST_CASE("families are timed by operation and whole, and the fit takes only what is to be fitted") {
  std::vector<calibration::family> families(1);
  families[0].representative = &plain::value;
  families[0].fitted.push_back(calibration::make_bench<shal_test::small, plain>("seen"));
  families[0].unseen.push_back(calibration::make_bench<shal_test::small, plain>("unseen"));
  auto const timed = calibration::measure_families(families, {.rounds = 3, .chunk = {1e4}});
  REQUIRE(timed.rows.size() == 1);
  auto const& rows = timed.rows[0];
  std::size_t operations = 0;
  for (std::size_t i = 0; i < families[0].fitted[0].size(); ++i) operations += families[0].fitted[0].runs(i);
  REQUIRE(rows.size() == operations + 2);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].measured.time.value > 0);
    CHECK(rows[i].fitted == (i + 1 < rows.size()));
  }
  CHECK(rows.back().what == "unseen");
  auto const fitted = calibration::fit(plain::value, rows);
  CHECK(fitted.error.size() == operations + 1);
  CHECK(fitted.machine.f32.efficiency > 0);
  CHECK(fitted.machine.clock == plain::value.clock);
}
