#include <hone/store/match.hpp>

#include "catch2.hpp"
#include "sample.hpp"

namespace store = hone::store;

namespace {

hone::hardware machine(char const* name, char const* isa, double ghz = 3) {
  hone::hardware h{};
  h.name = name, h.isa = isa, h.clock = {ghz};
  return h;
}

// An f32 artifact that takes `us` microseconds where it was made for.
store::record made(std::int64_t id, hone::hardware const& where, double us, double accuracy = 0.98,
                   std::uint64_t plan = 1) {
  store::record r{};
  static_cast<hone::artifact_info&>(r) = sample::info(plan);
  r.id = id, r.size = 10'000, r.precision = hone::dtype::f32, r.made_for = where;
  r.figures.latency = {us * 1e3}, r.figures.cold_latency = {us * 4e3}, r.figures.throughput = 1e6 / us;
  r.figures.accuracy = accuracy;
  return r;
}

std::vector<std::int64_t> order(store::match const& m) {
  std::vector<std::int64_t> ids;
  for (auto const& v : m.ranked) ids.push_back(v.artifact.id);
  return ids;
}
using ids = std::vector<std::int64_t>;

auto const here = machine("haswell", "avx2");

}  // namespace

TEST_CASE("an empty repository has no match") {
  auto const m = store::best_match({}, {});
  CHECK_FALSE(m.found());
  CHECK(store::explain(m).empty());
}

TEST_CASE("likeness of the machines comes first") {
  auto gpu = machine("h200", "");
  gpu.device = "gpu";
  std::vector<store::record> const all{
      made(1, gpu, 1), made(2, machine("neoverse_n1", "neon"), 2), made(3, machine("zen4", "avx512"), 3),
      made(4, machine("zen3", "avx2"), 4), made(5, here, 5)};
  auto const m = store::best_match({.machine = here}, all);
  CHECK(order(m) == ids{5, 4, 3, 2, 1});
  CHECK(m.ranked[0].like == store::likeness::same_processor);
  CHECK(m.ranked[4].like == store::likeness::other_device);
  auto const text = store::explain(m);
  CHECK_THAT(
      text, Contains("artifact 5 (digits, f32, for haswell avx2): chosen: made for the same processor, 5 us here"));
  CHECK_THAT(text, Contains("artifact 3") && Contains("not chosen, less like this machine"));
}

TEST_CASE("latencies are rescaled by clock and width") {
  auto const scaled = [](char const* from, double from_ghz, char const* to, double to_ghz, hone::dtype precision) {
    auto r = made(1, machine("a", from, from_ghz), 8);
    r.precision = precision;
    return store::best_match({.machine = machine("b", to, to_ghz)}, {r}).ranked[0].latency.value / 1e3;
  };
  CHECK(scaled("avx2", 3, "avx2", 3, hone::dtype::f32) == Approx(8));
  CHECK(scaled("avx2", 3, "avx2", 1.5, hone::dtype::f32) == Approx(16));
  CHECK(scaled("avx2", 3, "avx512", 3, hone::dtype::f32) == Approx(4));
  CHECK(scaled("avx512", 3, "avx512_vnni", 3, hone::dtype::f32) == Approx(8));
  CHECK(scaled("avx512", 3, "avx512_vnni", 3, hone::dtype::i8) == Approx(2));
  CHECK(scaled("neon", 2, "scalar", 2, hone::dtype::bf16) == Approx(32));
  CHECK(scaled("avx2", 0, "avx512", 3, hone::dtype::f32) == Approx(8));
  CHECK(scaled("", 3, "avx512", 3, hone::dtype::f32) == Approx(8));
}

TEST_CASE("figures that no machine has change nothing, and rank last") {
  double const nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (double ghz : {5e-324, 1e300, inf, nan, -3.0})
    CHECK(store::best_match({.machine = here}, {made(1, machine("a", "avx2", ghz), 8)}).ranked[0].latency.value ==
          8000);
  auto lost = made(2, here, 8, nan), odd = made(3, here, 8);
  CHECK_THAT(store::best_match({.machine = here}, {lost}).ranked[0].refused, Contains("accuracy nan%"));
  for (double v : {nan, -1.0}) {
    odd.figures.latency = odd.figures.cold_latency = {v}, odd.figures.throughput = v, odd.figures.energy = {v};
    for (auto goal : {store::objective::latency, store::objective::cold_latency, store::objective::throughput,
                      store::objective::energy})
      CHECK(order(store::best_match({.machine = here, .goal = goal}, {odd, made(1, here, 9)})).back() == 3);
  }
}

TEST_CASE("objectives") {
  auto quick = made(1, here, 5, 0.97), exact = made(2, here, 8, 0.99), small = made(3, here, 9, 0.98);
  quick.figures.energy = {3e6}, exact.figures.energy = {2e6}, small.figures.energy = {1e6};
  quick.figures.cold_latency = {9e4};
  small.size = 100;
  auto const best = [&](store::objective goal) {
    return store::best_match({.machine = here, .goal = goal}, {quick, exact, small}).ranked[0].artifact.id;
  };
  CHECK(best(store::objective::latency) == 1);
  CHECK(best(store::objective::cold_latency) == 2);
  CHECK(best(store::objective::throughput) == 1);
  CHECK(best(store::objective::energy) == 3);
  CHECK(best(store::objective::memory) == 3);
  CHECK(best(store::objective::accuracy) == 2);
}

TEST_CASE("limits are hard, and say so") {
  auto const refused = [](store::request r) {
    r.machine = here;
    auto const m = store::best_match(r, {made(1, here, 8, 0.971)});
    CHECK(m.found() == m.ranked[0].refused.empty());
    return m.ranked[0].refused;
  };
  CHECK(refused({}) == "");
  CHECK(refused({.model = "digits"}) == "");
  CHECK(refused({.model = "kws"}) == "another model");
  CHECK(refused({.plans = {{1}}}) == "");
  CHECK_THAT(refused({.plans = {{2}}}), Contains("no engine"));
  CHECK(refused({.accuracy = 0.971}) == "");
  CHECK(refused({.accuracy = 0.98}) == "accuracy 97.1%, at least 98% asked");
  CHECK(refused({.latency = {8000}}) == "");
  CHECK(refused({.latency = {7500}}) == "latency 8 us, at most 7.5 us asked");
  CHECK(refused({.memory = {14'096}}) == "");
  CHECK_THAT(refused({.memory = {14'095}}), Contains("memory 14096 bytes, at most 14095 bytes"));
  CHECK_THAT(refused({.energy = {5}}), Contains("energy"));

  auto unknown = made(1, here, 0);
  CHECK(store::best_match({.latency = {1}}, {unknown}).ranked[0].refused == "latency not known");
}

TEST_CASE("what cannot be taken comes last, whatever its figures") {
  std::vector<store::record> const all{made(1, here, 1, 0.9), made(2, machine("n1", "neon"), 50, 0.99)};
  auto const m = store::best_match({.machine = here, .accuracy = 0.98}, all);
  CHECK(order(m) == ids{2, 1});
  CHECK(m.found());
  CHECK_THAT(store::explain(m), Contains("artifact 1") && Contains("refused: accuracy 90%"));
}

TEST_CASE("latencies known for this machine count instead of the artifact's, and before likeness") {
  std::vector<store::record> const all{made(1, here, 5, 0.98, 1), made(2, machine("zen4", "avx512"), 9, 0.98, 2)};
  CHECK(order(store::best_match({.machine = here, .plans = {{1}, {2}}}, all)) == ids{1, 2});
  auto const m = store::best_match({.machine = here, .plans = {{1, {7000}}, {2, {6000}}}}, all);
  CHECK(order(m) == ids{2, 1});
  CHECK(m.ranked[0].latency.value == 6000);
}

TEST_CASE("ties go to the more accurate, then to the newer one") {
  std::vector<store::record> const all{made(1, here, 5, 0.98), made(2, here, 5, 0.98), made(3, here, 5, 0.99)};
  CHECK(order(store::best_match({.machine = here}, all)) == ids{3, 2, 1});
}
