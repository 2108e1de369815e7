#include <hone/shal/environment.hpp>
#include <hone/shal/prediction.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

using namespace hone::literals;
using hone::shal::draw;
using hone::shal::environment;
using shal_test::microcontroller;
using shal_test::server;

namespace {
constexpr hone::profile quiet = hone::shal::perturbed(server, 0.5, 0.25, 0.125);
static_assert(quiet.clock == 2_GHz);
static_assert(quiet.memory.bandwidth == 4_GBps && quiet.cache[2].bandwidth == 8_GBps);
static_assert(quiet.cache[2].size == 4_MiB);
static_assert(quiet.cache[1].size == server.cache[1].size && quiet.cache[0].bandwidth == server.cache[0].bandwidth);
}  // namespace

TEST_CASE("a machine with one cache shares that") {
  CHECK(hone::shal::perturbed(microcontroller, 1, 1, 0.5).cache[0].size == 8_KiB);
}

TEST_CASE("environments are drawn by weight, factors within their ranges, and the same again") {
  std::vector<environment> const from{{server, 3, {{0.5, 1}, {0.25, 0.5}, {1, 1}}}, {microcontroller, 0}, {server, 1}};
  int const n = 20000;
  int times[3]{};
  double clocks = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    auto const s = draw(from, 42, i);
    ++times[s.index];
    if (s.index != 0) continue;
    double const clock = s.machine.clock / server.clock,
                 bandwidth = s.machine.memory.bandwidth / server.memory.bandwidth;
    CHECK((clock >= 0.5 && clock < 1 && bandwidth >= 0.25 && bandwidth < 0.5));
    CHECK(s.machine.cache[2].size == server.cache[2].size);
    clocks += clock;
  }
  CHECK(times[0] == Approx(0.75 * n).epsilon(0.02));
  CHECK(times[1] == 0);
  CHECK(clocks / times[0] == Approx(0.75).epsilon(0.01));
  CHECK(draw(from, 42, 7).machine.clock == draw(from, 42, 7).machine.clock);
  CHECK_FALSE(draw(from, 42, 7).machine.clock == draw(from, 43, 7).machine.clock);
}

TEST_CASE("random numbers are splitmix64's") {
  CHECK(hone::shal::random_at(1234567, 0) == 6457827717110365317u);  // of the reference implementation
  CHECK(hone::shal::random_at(1234567, 1) == 3203168211198807973u);
  CHECK(hone::shal::uniform_at(0, 0) < 1);
}

TEST_CASE("a noisy neighbour costs time, as the model predicts it") {
  auto const& g = shal_test::small::description;
  std::vector<environment> const noisy{{server, 1, {{0.7, 0.9}, {0.3, 0.8}, {0.1, 0.5}}}};
  auto const alone = hone::shal::predict(g, server);
  for (std::uint64_t i = 0; i < 50; ++i) {
    auto const r = hone::shal::predict(g, draw(noisy, 1, i).machine);
    CHECK(r.latency > alone.latency);
    CHECK(r.cold_latency > alone.cold_latency);
  }
}

#if HONE_HAS_EXCEPTIONS
TEST_CASE("a distribution that cannot be drawn from is refused") {
  CHECK_THROWS_WITH(draw({}, 1, 0), Contains("add up to 0"));
  CHECK_THROWS_WITH(draw(std::vector<environment>{{server, 0}}, 1, 0), Contains("add up to 0"));
  CHECK_THROWS_WITH(draw(std::vector<environment>{{server, -1}}, 1, 0), Contains("negative"));
  CHECK_THROWS_WITH(draw(std::vector<environment>{{server, 1, {{0, 1}, {}, {}}}}, 1, 0), Contains("0 < low"));
  CHECK_THROWS_WITH(draw(std::vector<environment>{{server, 1, {{}, {2, 1}, {}}}}, 1, 0), Contains("server"));
}
#endif
