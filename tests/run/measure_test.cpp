#include <hone/engine.hpp>
#include <hone/hw/detect.hpp>
#include <hone/run/measure_kernels.hpp>
#include <hone/run/measure_memory.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

namespace calibration = hone::calibration;

namespace {
// What every machine of the tests can run.
struct plain {
  static constexpr hone::profile value = [] {
    hone::profile p = shal_test::microcontroller;
    p.target = hone::isa::scalar;
    return p;
  }();
};
}  // namespace

TEST_CASE("every case is timed in every round, and progress is told") {
  int calls[2]{};
  long times[2]{};
  std::vector<double> told;
  calibration::repeat const cases[]{[&](int n) { ++calls[0], times[0] += n; },
                                    [&](int n) {
                                      ++calls[1], times[1] += n;
                                      for (int i = 0; i < 100 * n; ++i) asm volatile("");
                                    }};
  auto const r = calibration::measure(cases, {.rounds = 5, .chunk = {1e4}}, [&](double done) { told.push_back(done); });
  REQUIRE(r.cases.size() == 2);
  CHECK(r.clock.value == 0);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(calls[i] >= 2 * 5);
    CHECK(times[i] > calls[i]);
    CHECK(r.cases[i].best.value >= 0);
    CHECK(r.cases[i].best <= r.cases[i].median);
  }
  CHECK(told == std::vector<double>{0.2, 0.4, 0.6, 0.8, 1.0});
}

TEST_CASE("times are for one clock, where it can be followed") {
  hone::hw::host const here = hone::hw::detect();
  calibration::repeat const cases[]{[](int n) {
    for (int i = 0; i < 100 * n; ++i) asm volatile("");
  }};
  auto const r = calibration::measure(cases, {.rounds = 5, .chunk = {1e4}, .follow = &here});
  CHECK((r.clock.value > 0) == (hone::hw::clock_now(here).value > 0));
  CHECK(r.cases[0].best.value > 0);
}

TEST_CASE("memory has latencies and bandwidths") {
  CHECK(calibration::measure_latency(4096).value > 0);
  std::size_t read = 0;
  static std::size_t* const total = &read;
  hone::kernel_entry const dense = [](hone::kernel_args const& a) noexcept {
    for (int i = 0; i < 64; ++i) *total += static_cast<unsigned char const*>(a.param[0])[64 * i] + 1u;
  };
  CHECK(calibration::measure_bandwidth(dense, {}, 4096, 1 << 16).value > 0);
  CHECK(read > 0);
}

TEST_CASE("a bench runs a compiled plan, whole and by operation, and says what it measures") {
  auto const bench = calibration::make_bench<shal_test::small, plain>("small");
  auto const& ops = bench.graph().ops;
  REQUIRE(bench.size() == ops.size());
  CHECK_FALSE(bench.runs(0));
  for (std::size_t i = 1; i < bench.size(); ++i) {
    if (!bench.runs(i)) continue;
    bench.one(i, 2);
    auto const m = bench.of_one(i, {10});
    REQUIRE(m.graph.ops.size() == 1);
    CHECK(modelled(m, plain::value).value > 0);
    CHECK(modelled(m, plain::value).value == Approx(hone::price(ops[i], plain::value).value).epsilon(0.05));
  }
  bench.all(3);
  auto const whole = bench.of_all({1000});
  CHECK(modelled(whole, plain::value).value ==
        Approx((hone::shal::predict(bench.graph(), plain::value).latency - plain::value.call).value));
}

#if HONE_HAS_EXCEPTIONS
TEST_CASE("a measurement without patience is refused") {
  calibration::repeat const cases[]{[](int) {}};
  CHECK_THROWS_WITH(calibration::measure(cases, {.rounds = 0}), Contains("30 rounds"));
  CHECK_THROWS_WITH(calibration::measure(cases, {.rounds = 1, .chunk = {0}}), Contains("chunk"));
}
#endif
