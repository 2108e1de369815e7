#include "benchmarks/support/harness_main.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "tests/bench/temporary.hpp"

namespace {

bench::options quick(std::string filter = ".*", int cold = 0) {
  bench::options o;
  o.rounds = 2;
  o.cold = cold;
  o.filter = std::move(filter);
  return o;
}

std::vector<bench::record> of(std::vector<bench::record> const& all, std::string const& name) {
  std::vector<bench::record> found;
  std::copy_if(all.begin(), all.end(), std::back_inserter(found), [&](auto const& r) { return r.name == name; });
  return found;
}

bool has(std::vector<bench::record> const& all, std::string const& metric) {
  return std::any_of(all.begin(), all.end(), [&](auto const& r) { return r.metric == metric && r.value >= 0.0; });
}

}  // namespace

TEST_CASE("harness: a case has all its figures") {
  bench::harness h{quick(".*", 5)};
  int calls = 0, loads = 0;
  bench::label const where{"s", "s/one", "e", "i"};
  h.add(where, [&calls] { ++calls; });
  h.add_load(where, [&loads] { ++loads; });
  h.add_metric(where, "accuracy", 98.5, "%");
  h.run();
  auto const all = h.records();
  for (char const* metric : {"warm_p50_us", "warm_min_us", "warm_p99_us", "cold_p50_us", "cold_p99_us", "load_ms",
                             "accuracy", "warm_ratio"}) {
    INFO(metric);
    CHECK(has(all, metric));
  }
  CHECK(all.size() == 8);
  for (auto const& r : all) CHECK((r.metric != "warm_ratio" || r.value == 1.0));
  CHECK(loads == 5);
  CHECK(calls > 0);
}

TEST_CASE("harness: of several variants one stands for the engine, and only it is measured cold") {
  bench::harness h{quick(".*", 1)};
  int calls = 0;
  for (char const* variant : {"a", "b", "c"}) h.add({"s", "s/one", "e", "i", variant}, [&calls] { ++calls; });
  h.add({"s", "s/one", "e", "other isa"}, [&calls] { ++calls; });
  h.run();
  auto const all = h.records();
  auto const standing = of(all, "s/one");
  CHECK(std::count_if(standing.begin(), standing.end(), [](auto const& r) { return r.metric == "warm_p50_us"; }) == 2);
  std::size_t cold = 0;
  double best = 1e300, shown = 0.0;
  for (char const* variant : {"a", "b", "c"}) {
    auto const its = of(all, std::string{"s/one/"} + variant);
    REQUIRE(has(its, "warm_p50_us"));
    cold += has(its, "cold_p50_us") ? 1 : 0;
    for (auto const& r : its) best = r.metric == "warm_p50_us" ? std::min(best, r.value) : best;
  }
  for (auto const& r : standing) shown = r.metric == "warm_p50_us" && r.isa == "i" ? r.value : shown;
  CHECK(cold == 1);
  CHECK(shown == best);
}

TEST_CASE("harness: the filter leaves out") {
  bench::harness h{quick("^s/one/fast/")};
  int wanted = 0, other = 0;
  bench::label const slow{"s", "s/one", "slow", "i"};
  CHECK_FALSE(h.wants(slow));
  h.add({"s", "s/one", "fast", "i"}, [&wanted] { ++wanted; });
  h.add(slow, [&other] { ++other; });
  h.add_load(slow, [&other] { ++other; });
  h.add_metric(slow, "accuracy", 1.0, "%");
  h.run();
  CHECK(wanted > 0);
  CHECK(other == 0);
  for (auto const& r : h.records()) CHECK(r.engine == "fast");
  CHECK_THROWS(bench::harness{quick("(")});
}

TEST_CASE("report: JSON has the seven keys, and is whole or not there") {
  bench_test::temporary_file const file;
  bench::write_json({{"digits", "digits/int8", "hone", "avx2", "warm_p50_us", 4.5, "us"}}, file.path());
  auto const all = nlohmann::json::parse(std::ifstream{file.path()});
  REQUIRE(all.size() == 1);
  CHECK(all[0] == nlohmann::json{{"suite", "digits"},
                                 {"case", "digits/int8"},
                                 {"engine", "hone"},
                                 {"isa", "avx2"},
                                 {"metric", "warm_p50_us"},
                                 {"value", 4.5},
                                 {"unit", "us"}});
  CHECK_THROWS_WITH(bench::write_json({}, "/nowhere/x.json"), Contains("/nowhere/x.json"));
}

TEST_CASE("table: columns are aligned") {
  bench::table t{{"name", "us"}, 1};
  t.add({"a", "10.00"});
  t.add({"longer", ""});
  CHECK(t.text() == "name       us\na       10.00\nlonger\n");
}

TEST_CASE("stopwatch: its own cost is taken off") {
  bench::stopwatch const watch;
  CHECK(watch.cost() >= 0.0);
  int sink = 0;
  CHECK(watch.time([&sink] { ++sink; }) >= 0.0);
  CHECK(sink == 1);
}
