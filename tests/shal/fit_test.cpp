#include <hone/shal/fit.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

using hone::shal::fit;
using hone::shal::measurement;
using shal_test::server;

namespace {

// Kinds of work that a kernel of known counts would have: op.win.kh says how large, op.t.split how it is cut.
constexpr hone::work counted(hone::op const& o, hone::vector_shape const&) {
  hone::work w{};
  double const size = o.win.kh;
  w.mac_uops = 100 * size, w.vector_uops = 20 * size, w.load_uops = 60 * size, w.store_uops = 2 * size;
  w.tiles = o.t.split * size, w.chain = o.win.kw * size;
  w.bytes_read = w.bytes_written = 64;
  return w;
}
constexpr hone::op_kind kernel_kind{.name = "kernel", .infer = hone::nn::keep_shape, .count = counted};

// Single operations of all formats: port bound, chain bound, and tiny ones, with many tiles and few.
std::vector<measurement> shapes() {
  std::vector<measurement> all;
  for (int format = 0; format < 3; ++format)
    for (int size : {1, 3, 10, 40})
      for (int tiles : {1, 4, 12})
        for (int chain : {5, 60}) {
          hone::op o{};
          o.kind = &kernel_kind, o.in = o.out = {1, 1, 16};
          o.win.kh = static_cast<std::int16_t>(size), o.win.kw = static_cast<std::int16_t>(chain);
          o.t.split = static_cast<std::int8_t>(tiles);
          if (format == 1) o.weights = hone::dtype::bf16;
          if (format == 2) o.from = o.type = hone::dtype::u8;
          measurement m{};
          m.graph.ops.push_back(o);
          all.push_back(m);
        }
  return all;
}
std::vector<measurement> measured_on(hone::profile const& truth, double noise = 0) {
  std::vector<measurement> all = shapes();
  std::vector<float> const r = shal_test::noise(all.size(), 12);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i].time = modelled(all[i], truth) * (1 + noise * static_cast<double>(r[i]));
  return all;
}
hone::profile truth() {
  hone::profile p = server;
  p.f32 = {2, 4.5, 12, 0.9}, p.bf16 = {2, 6, 15, 0.7}, p.int8 = {2, 5, 25, 0.85};
  p.op_overhead = {3.5};
  return p;
}

}  // namespace

TEST_CASE("a fit recovers the machine that synthetic measurements come from") {
  auto const result = fit(server, measured_on(truth()));
  hone::profile const p = result.machine, t = truth();
  for (auto [got, wanted] : {std::pair{&p.f32, &t.f32}, {&p.bf16, &t.bf16}, {&p.int8, &t.int8}}) {
    CHECK(got->efficiency == Approx(wanted->efficiency).epsilon(0.01));
    CHECK(got->cycles_per_tile == Approx(wanted->cycles_per_tile).epsilon(0.01));
    CHECK(got->chain_cycles == Approx(wanted->chain_cycles).epsilon(0.01));
    CHECK(got->mac_uops_per_cycle == wanted->mac_uops_per_cycle);
  }
  CHECK(p.op_overhead.value == Approx(3.5).epsilon(0.02));
  CHECK(p.clock == server.clock);
  CHECK(result.worst < 0.002);
  CHECK(result.error.size() == shapes().size());
}

TEST_CASE("noise in the measurements does not run away with the figures") {
  auto const result = fit(server, measured_on(truth(), 0.05));
  CHECK(result.machine.f32.efficiency == Approx(0.9).epsilon(0.05));
  CHECK(result.machine.int8.cycles_per_tile == Approx(25).epsilon(0.15));
  CHECK(result.rms < 0.05);
  CHECK(result.worst < 0.08);
}

TEST_CASE("a few kernels that run as nothing else does leave the fit alone") {
  auto measured = measured_on(truth());
  for (std::size_t i : {3u, 30u, 60u}) measured[i].time = measured[i].time * 8;
  auto const result = fit(server, measured);
  CHECK(result.machine.f32.efficiency == Approx(0.9).epsilon(0.03));
  CHECK(result.machine.int8.efficiency == Approx(0.85).epsilon(0.06));
  CHECK(result.worst > 0.8);
}

TEST_CASE("figures that no measurement tells stay the base profile's") {
  std::vector<measurement> f32 = measured_on(truth());
  f32.resize(f32.size() / 3);
  auto const result = fit(server, f32);
  CHECK(result.machine.f32.efficiency == Approx(0.9).epsilon(0.02));
  CHECK(result.machine.int8.efficiency == Approx(server.int8.efficiency).epsilon(1e-6));
  CHECK(result.machine.bf16.cycles_per_tile == Approx(server.bf16.cycles_per_tile).epsilon(1e-6));
}

TEST_CASE("whole networks count with their call and their weights' place") {
  measurement m{};
  m.graph = hone::thaw(shal_test::small::description);
  m.call = true;
  CHECK(modelled(m, server).value == Approx(hone::shal::predict(m.graph, server).latency.value));
  m.call = false;
  CHECK(modelled(m, server).value == Approx((hone::shal::predict(m.graph, server).latency - server.call).value));
}

#if HONE_HAS_EXCEPTIONS
TEST_CASE("a time that is none is refused") {
  std::vector<measurement> m = shapes();
  CHECK_THROWS_WITH(fit(server, m), Contains("not positive"));
}
#endif
