#include <hone/shal/memory.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

using namespace hone::literals;
using hone::bytes;
using hone::shal::reside;
using shal_test::server;

namespace {
constexpr double sum(hone::shal::residence const& r) { return r.share[0] + r.share[1] + r.share[2] + r.share[3]; }
}  // namespace

// What fits is served by the innermost cache; a sixth more, half by it and half by the next; a third more, by the next.
static_assert(reside(32_KiB, server).share == std::array<double, 4>{1, 0, 0, 0});
static_assert(reside(bytes{32 * 1024.0 * 7 / 6}, server).share == std::array<double, 4>{0.5, 0.5, 0, 0});
static_assert(reside(43_KiB, server).share == std::array<double, 4>{0, 1, 0, 0});
static_assert(reside(1_GiB, server).share == std::array<double, 4>{0, 0, 0, 1});
static_assert(reside(1_KiB, server, 1).share == std::array<double, 4>{0, 1, 0, 0});
static_assert(reside(1_MiB, shal_test::microcontroller).share == std::array<double, 4>{0, 0, 0, 1});

TEST_CASE("shares add up to one and move outwards as more is touched") {
  double before = 0;
  for (double size = 1; size < 1e9; size *= 1.3) {
    auto const r = reside(bytes{size}, server);
    CHECK(sum(r) == Approx(1));
    double const ns = hone::shal::stream_time(1_MiB, r, server, 1).value;
    CHECK(ns >= before);
    before = ns;
  }
}

TEST_CASE("streaming takes bytes over bandwidth, and energy bytes times the level's") {
  auto const half = reside(bytes{32 * 1024.0 * 7 / 6}, server);
  CHECK(hone::shal::stream_time(1280_B, half, server, 0).value == Approx(640 / 256.0 + 640 / 128.0));
  CHECK(hone::shal::stream_time(1280_B, half, server, 1).value == Approx(640 / 128.0));
  CHECK(hone::shal::transfer_energy(100_B, half, server).value == Approx(50 * 1 + 50 * 2));
  CHECK(hone::shal::latency_of(half, server).value == Approx(0.5 * 1 + 0.5 * 4));
}

TEST_CASE("an activation that is read twice by one operation is freed once") {
  hone::dynamic_graph g;
  hone::op in{};
  in.kind = &hone::input_kind, in.out = {1, 1, 100};
  emit(g, in);
  for (std::int16_t i = 0; i < 5; ++i) {
    hone::op twice{};
    twice.kind = &hone::add_kind, twice.input[0] = twice.input[1] = i;
    emit(g, twice);
  }
  CHECK(hone::shal::live_bytes(g).value == 2 * 400);
}
