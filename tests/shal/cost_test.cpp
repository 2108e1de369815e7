#include <hone/nn/dense.hpp>
#include <hone/shal/cost.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

using namespace hone::literals;
using hone::bytes;
using hone::work;
using hone::shal::limit;
using shal_test::server;

namespace {

constexpr hone::op dense_op(hone::dtype from = hone::dtype::f32) {
  hone::op o{};
  o.kind = &hone::dense_kind, o.in = {1, 1, 64}, o.out = {1, 1, 64}, o.from = from;
  return o;
}
constexpr hone::shal::residence in_l1{{1, 0, 0, 0}}, in_l2{{0, 1, 0, 0}}, in_memory{{0, 0, 0, 1}};

constexpr hone::shal::op_cost cost(work const& w, hone::profile const& p = server,
                                   hone::shal::residence weights = in_l1) {
  return hone::shal::cost_of(dense_op(), w, p, {weights, in_l1}, in_memory);
}
constexpr work typical() {
  work w{};
  w.macs = 12000, w.mac_uops = 800, w.vector_uops = 200, w.load_uops = 900, w.store_uops = 50, w.tiles = 5;
  w.bytes_read = 256, w.bytes_written = 256, w.bytes_weights = 4096;
  return w;
}

// 1000 vector instructions on 2 ports are 500 cycles, 5 tiles of 8 cycles 40; at 4 GHz 135 ns, and 2 ns for the call.
static_assert(cost(typical()).time == 137_ns);
static_assert(cost(typical()).by == limit::ports);
static_assert(cost(work{}).time == 0_ns && cost(work{}).cold == 0_ns);

// A flatten, an input: no work, no cost.
constexpr hone::op input_op = shal_test::small::description.ops[0];
static_assert(hone::price(input_op, server) == 0_ns);

}  // namespace

TEST_CASE("the scarcest resource of the core sets the time") {
  work w = typical();
  SECTION("a chain of 200 dependent steps of 4 cycles") {
    w.chain = 200;
    CHECK(cost(w).time.value == Approx((800 + 40) / 4.0 + 2));
    CHECK(cost(w).by == limit::chain);
  }
  SECTION("chains of tiles that a reorder window sees at once") {
    hone::profile p = server;
    w.chain = 300, p.window = 780;  // 1950 instructions in 5 tiles of 390: two at a time
    CHECK(cost(w, p).time.value == Approx((300 * 4 / 2.0 + 40) / 4.0 + 2));
    p.window = 1e6;  // all five: the ports bind
    CHECK(cost(w, p).by == limit::ports);
    p.window = 1;
    CHECK(cost(w, p).time.value == Approx((300 * 4 + 40) / 4.0 + 2));
  }
  SECTION("loads, two a cycle") {
    w.load_uops = 2000;
    CHECK(cost(w).time.value == Approx((1000 + 40) / 4.0 + 2));
    CHECK(cost(w).by == limit::loads);
  }
  SECTION("stores, one a cycle") {
    w.store_uops = 700;
    CHECK(cost(w).time.value == Approx((700 + 40) / 4.0 + 2));
    CHECK(cost(w).by == limit::stores);
  }
  SECTION("a narrow front end") {
    hone::profile p = server;
    p.issue_width = 2;
    CHECK(cost(w, p).time.value == Approx(((800 + 200 + 900 + 50) / 2.0 + 40) / 4.0 + 2));
    CHECK(cost(w, p).by == limit::issue);
  }
  SECTION("fewer units for multiply-accumulate than ports") {
    hone::profile p = server;
    p.f32.mac_uops_per_cycle = 1;
    CHECK(cost(w, p).time.value == Approx((800 + 40) / 4.0 + 2));
  }
  SECTION("what the kernel loses against its bound") {
    hone::profile p = server;
    p.f32.efficiency = 0.8;
    CHECK(cost(w, p).time.value == Approx((500 / 0.8 + 40) / 4.0 + 2));
  }
  SECTION("starting tiles") {
    w.tiles = 100;
    CHECK(cost(w).time.value == Approx((500 + 800) / 4.0 + 2));
    CHECK(cost(w).by == limit::overhead);
  }
  SECTION("weights that every tile reads anew, from the second cache if they do not stay in the first") {
    w.bytes_weights = 20000, w.tiles = 20;  // 64 outputs are 4 blocks of 16: five tiles each read its 5000 bytes
    CHECK(cost(w, server, in_l2).time.value == Approx((500 + 160) / 4.0 + 2));  // 156 ns once, then from the first
    w.bytes_weights = 320000;                                                   // 80000 bytes a block
    CHECK(cost(w, server, in_l2).time.value == Approx(5 * 2500 + 2));
  }
  SECTION("weights from the second cache, 128 bytes a nanosecond") {
    w.bytes_weights = 64000, w.tiles = 4;
    CHECK(cost(w, server, in_l2).time.value == Approx(500 + 2));
    CHECK(cost(w, server, in_l2).by == limit::memory);
  }
}

TEST_CASE("each format is priced with its own microkernel") {
  hone::profile p = server;
  p.bf16.efficiency = 0.5, p.int8.efficiency = 0.25;
  work const w = typical();
  auto const time = [&](hone::op const& o) { return hone::shal::cost_of(o, w, p, {in_l1, in_l1}, in_l1).time.value; };
  hone::op bf16 = dense_op();
  bf16.weights = hone::dtype::bf16;
  CHECK(time(dense_op()) == Approx((500 + 40) / 4.0 + 2));
  CHECK(time(bf16) == Approx((1000 + 40) / 4.0 + 2));
  CHECK(time(dense_op(hone::dtype::u8)) == Approx((2000 + 40) / 4.0 + 2));
}

TEST_CASE("a cold call pays for its bytes from memory and for its first misses") {
  work const w = typical();  // 4096 bytes at 16 a nanosecond are 256 ns, more than the arithmetic
  CHECK(cost(w).cold.value == Approx(256 + 2 + hone::shal::cold_misses_per_op * 100));
}

TEST_CASE("more work never costs less, nothing beats its multiply-accumulates, cold is never faster than warm") {
  std::vector<float> const random = shal_test::noise(9 * 400, 1);
  double work::*const counts[]{
      &work::mac_uops, &work::vector_uops, &work::load_uops,     &work::store_uops,   &work::chain,
      &work::tiles,    &work::bytes_read,  &work::bytes_written, &work::bytes_weights};
  hone::profile wide = server;
  wide.window = 512;
  for (hone::profile const& p : {server, wide, shal_test::microcontroller, shal_test::graphics, shal_test::array})
    for (std::size_t i = 0; i < 400; ++i) {
      work w{};
      for (std::size_t k = 0; k < 9; ++k) w.*counts[k] = 1e4 * (1.0 + static_cast<double>(random[9 * i + k]));
      w.macs = w.mac_uops * p.vectors.lanes;
      auto const at = hone::shal::alone(dense_op(), w, p);
      auto const cold = hone::shal::reside(hone::shal::other_work, p);
      auto const c = hone::shal::cost_of(dense_op(), w, p, at, cold);
      CHECK(c.cold >= c.time);
      CHECK(c.busy.value > 0);
      if (p.kind == hone::device::cpu) CHECK(c.time >= hone::cycles{w.mac_uops / p.f32.mac_uops_per_cycle} / p.clock);
      for (auto count : counts) {
        if (count == &work::tiles && p.window == 512) continue;  // more tiles for the same chain are shorter chains
        work more = w;
        more.*count *= 1.5;
        CHECK(hone::shal::cost_of(dense_op(), more, p, hone::shal::alone(dense_op(), more, p), cold).time >= c.time);
      }
    }
}

TEST_CASE("price is the cost of an operation by itself, called again and again") {
  hone::op o = dense_op();
  o.t.vectors = 4;
  work const w = o.kind->count(o, server.vectors);
  auto const at = hone::shal::alone(o, w, server);
  CHECK(hone::price(o, server) == hone::shal::cost_of(o, w, server, at, in_memory).time);
  o.in.c = 64 * 64;  // 1 MiB of weights: from the second cache on, they bound it
  CHECK(hone::price(o, server).value >= 64 * 64 * 64 * 4 / 128.0);
}
