#include <hone/shal/prediction.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

using namespace hone::literals;
using shal_test::server;

namespace {

constexpr hone::work usual() {
  hone::work w{};
  w.macs = 1000, w.mac_uops = 70, w.vector_uops = 10, w.load_uops = 15, w.store_uops = 5;
  w.bytes_read = 100, w.bytes_written = 50, w.bytes_weights = 400;
  return w;
}
constexpr hone::shal::placement weights_in_l2{{{0, 1, 0, 0}}, {{1, 0, 0, 0}}};

// 1000 x 2 pJ; 100 instructions of 30 pJ; 400 bytes at 2 pJ and 150 at 1; 1 W for 10 ns.
constexpr auto f32 = hone::shal::energy_of(hone::op{}, usual(), server, weights_in_l2, 10_ns);
static_assert(f32.arithmetic == 2000_pJ && f32.instructions == 3000_pJ && f32.transfers == 950_pJ);
static_assert(f32.idle == 10000_pJ);
static_assert(f32.total() == 15950_pJ);

}  // namespace

TEST_CASE("int8 arithmetic takes its own energy, the rest the same") {
  hone::op o{};
  o.from = hone::dtype::u8;
  auto const int8 = hone::shal::energy_of(o, usual(), server, weights_in_l2, 10_ns);
  CHECK(int8.arithmetic.value == Approx(100));
  CHECK((int8.total() - int8.arithmetic).value == Approx((f32.total() - f32.arithmetic).value));
}

TEST_CASE("a network's energy is positive and the sum of its operations' and of the waiting") {
  auto const& g = shal_test::small::description;
  for (hone::profile const& p : {server, shal_test::microcontroller, shal_test::graphics, shal_test::array}) {
    hone::shal::pricer const price(g, p);
    hone::picojoules sum = p.idle * (p.call + hone::shal::host_transfer(g, p));
    for (hone::op const& o : g.ops) {
      hone::work const w = o.kind->count(o, p.vectors);
      auto const e = price.energy_of_op(o, w, price.cost(o, w));
      CHECK(e.total() >= 0_pJ);
      sum += e.total();
    }
    CHECK(sum > 0_pJ);
    CHECK(hone::shal::predict(g, p).energy.value == Approx(sum.value));
  }
}

TEST_CASE("energies add up by what spends them") {
  hone::shal::energy twice = f32;
  twice += f32;
  CHECK(twice.total().value == Approx(2 * f32.total().value));
}
