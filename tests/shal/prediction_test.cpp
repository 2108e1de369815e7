#include <hone/pass/pipeline.hpp>
#include <hone/shal/prediction.hpp>

#include "catch2.hpp"
#include "tests/shal/machines.hpp"
#include "tests/shal/support.hpp"

using namespace hone::literals;
using hone::shal::predict;
using shal_test::server;
using shal_test::small;

namespace {

// A prediction is a constant expression, so a budget can stand in a static_assert.
constexpr auto at_compile_time = predict(small::description, server);
static_assert(at_compile_time.latency > 0_ns && at_compile_time.latency < 1_ms);
static_assert(at_compile_time.cold_latency > at_compile_time.latency);

// A kind of known work: 800 vector instructions, 6400 bytes of weights.
constexpr hone::op_kind counted_kind{
    .name = "counted", .infer = hone::nn::keep_shape, .count = [](hone::op const&, hone::vector_shape const&) {
      hone::work w{};
      w.mac_uops = 800, w.macs = 12800, w.bytes_weights = 6400;
      w.bytes_read = w.bytes_written = 400;
      return w;
    }};
hone::dynamic_graph chain(int n) {
  hone::dynamic_graph g;
  hone::op in{};
  in.kind = &hone::input_kind, in.out = {1, 1, 100};
  emit(g, in);
  for (int i = 0; i < n; ++i) emit(g, hone::nn::reading(counted_kind, i, 0));
  return g;
}

}  // namespace

TEST_CASE("a prediction adds up operations, the call, and their traffic") {
  auto const g = chain(3);
  auto const r = predict(g, server);
  // 800 instructions on 2 ports at 4 GHz are 100 ns, and 2 ns a call; all in the first cache
  CHECK(r.latency.value == Approx(5 + 3 * 102));
  CHECK(r.throughput == Approx(8 * 1e9 / r.latency.value));
  CHECK(r.weight_traffic.value == 3 * 6400);
  CHECK(r.activation_traffic.value == 3 * 800);
  CHECK(r.traffic().value == 3 * 7200);
  CHECK(r.weights.value == 3 * 6400);
  CHECK(r.arena.value == 800);
  // cold: 6400 bytes at 16 a nanosecond are 400 ns, and the misses of 100 ns each
  CHECK(r.cold_latency.value ==
        Approx(5 + 3 * 402 + 100 * (3 * hone::shal::cold_misses_per_op + hone::shal::cold_misses_per_call)));
}

TEST_CASE("weights come from the cache that holds the whole network") {
  // 20 operations have 128 kB of weights: the second cache, 6400 / 128 = 50 ns, hidden behind 100 ns of arithmetic;
  // 200 have 1.28 MB: the second cache serves a part, the third the rest at 32 bytes a nanosecond
  CHECK(predict(chain(20), server).latency.value == Approx(5 + 20 * 102));
  double const outside = 3 * ((200 * 6400.0 + 800) / (1024 * 1024) - 1);
  CHECK(predict(chain(200), server).latency.value ==
        Approx(5 + 200 * (6400 * (outside / 32 + (1 - outside) / 128) + 2)));
}

TEST_CASE("a graph's footprint is its plan's, or an estimate before there is one") {
  hone::dynamic_graph g = hone::thaw(shal_test::small::description);
  auto const estimate = hone::shal::footprint_of(g, server);
  // weights of 4 bytes, perhaps padded to lanes; the residual keeps three 8x8x16 results alive
  double const weights = 4 * (9 * 16 + 2 * 9 * 16 * 16 + 9 * 16 * 32);
  CHECK(estimate.weights.value >= weights + 4 * 32 * 10);
  CHECK(estimate.weights.value <= weights + 4 * 32 * 16);
  CHECK(estimate.arena.value == 3 * 8 * 8 * 16 * 4);
  g.packed = 1000, g.arena = 500;
  CHECK(hone::shal::footprint_of(g, server).total().value == 1500);
  // lanes pad weights on a CPU only
  CHECK(hone::shal::footprint_of(g, shal_test::array).weights.value == weights + 4 * 32 * 10);
}

TEST_CASE("compiled and dynamic graphs are predicted alike") {
  auto const r = predict(hone::thaw(small::description), server);
  CHECK(r.latency == at_compile_time.latency);
  CHECK(r.energy == at_compile_time.energy);
}

TEST_CASE("fewer bits are fewer bytes, and int8 less time and energy where it has dot products") {
  hone::dynamic_graph const g = hone::thaw(small::description);
  auto const in = [&](hone::dtype precision) {
    hone::options o{};
    o.precision = precision;
    return predict(hone::pass::finalize(hone::pass::canonical(g, o, server), server), server);
  };
  auto const f32 = in(hone::dtype::f32), bf16 = in(hone::dtype::bf16), int8 = in(hone::dtype::i8);
  CHECK(int8.latency < 0.5 * f32.latency);
  CHECK(int8.energy < 0.6 * f32.energy);
  CHECK(int8.weights < 0.35 * f32.weights);
  CHECK(bf16.weights < 0.6 * f32.weights);
  CHECK(int8.arena < 0.5 * f32.arena);
}

TEST_CASE("a slower clock, fewer ports or less cache never speed a network up") {
  auto const& g = small::description;
  auto const base = predict(g, server);
  auto const slower = [&](auto change) {
    hone::profile p = server;
    change(p);
    return predict(g, p).latency >= base.latency && predict(g, p).cold_latency >= base.cold_latency;
  };
  CHECK(slower([](hone::profile& p) { p.clock = p.clock * 0.8; }));
  CHECK(slower([](hone::profile& p) { p.vector_ports = 1; }));
  CHECK(slower([](hone::profile& p) { p.f32.efficiency = 0.7; }));
  CHECK(slower([](hone::profile& p) { p.cache[0].size = 4_KiB, p.cache[1].size = 16_KiB; }));
  CHECK(slower([](hone::profile& p) { p.memory.bandwidth = 4_GBps; }));
  CHECK(slower([](hone::profile& p) { p.call = 500_ns; }));
}
