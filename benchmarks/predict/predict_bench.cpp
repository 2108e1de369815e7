// What SHAL predicts for this machine's calibrated profile, beside what engines take: networks that the calibration has
// not seen, in every precision on every instruction set of this machine.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <hone/hw/detect.hpp>
#include <hone/shal/ranking.hpp>

#include <cmath>
#include <cstdio>
#include <exception>
#include <map>

#include "benchmarks/predict/networks.hpp"
#include "benchmarks/support/report.hpp"
#include "this_machine.hpp"  // hone-calibrate wrote it: benchmarks/predict/run

#if defined(__linux__)
#include <sched.h>
#endif

namespace {

namespace calibration = hone::calibration;
using bench::predict::variant;

struct options {
  std::string json, filter;
  int rounds = 60;
  bool operations = false;
};

/// The calibrated profile of `target`; null: the calibration knew no such instruction set.
hone::profile const* calibrated(hone::isa target) {
  for (hone::profile const* p : this_machine::profiles)
    if (p->target == target) return p;
  return nullptr;
}

/// One line: an engine, or one of its operations.
struct row {
  variant const* of;
  std::string what;
  hone::nanoseconds predicted, measured{}, least{};
  bool whole;

  [[nodiscard]] double error() const { return predicted / measured - 1; }
};

void stay_here() {
#if defined(__linux__)
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<unsigned>(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);
#endif
}

/// Times all rows in turns, at the clock of the calibration: what was measured at another one is scaled to it.
std::vector<row> measure(bench::predict::variants const& all, options const& how) {
  std::vector<row> rows;
  std::vector<calibration::repeat> cases;
  for (variant const& v : all) {
    hone::profile const* p = calibrated(v.compiled_for->target);
    if (p == nullptr) continue;
    rows.push_back({&v, "all", hone::shal::predict(v.kernels.graph(), *p).latency, {}, {}, true});
    cases.push_back(v.call);
    for (std::size_t i = 0; how.operations && i < v.kernels.size(); ++i) {
      if (!v.kernels.runs(i)) continue;
      auto const alone = v.kernels.of_one(i, {});
      rows.push_back({&v, v.kernels.layer(i), hone::shal::modelled(alone, *p), {}, {}, false});
      cases.push_back([&v, i](int n) { v.kernels.one(i, n); });
    }
  }
  if (rows.empty())
    throw std::runtime_error{"no calibrated profile: scripts/bench predict makes it, or build after hone-calibrate"};
  hone::hw::host const host = hone::hw::detect();
  auto const times = calibration::measure(cases, {.rounds = how.rounds, .chunk = {2e5}, .follow = &host});
  hone::gigahertz const then = calibrated(rows.front().of->compiled_for->target)->clock;
  double const scale = times.clock.value > 0 ? times.clock / then : 1;
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].measured = times.cases[i].median * scale, rows[i].least = times.cases[i].best * scale;
  if (times.clock.value > 0) fmt::print("clock now {:.2f} GHz; times are at the calibration's\n", times.clock.value);
  return rows;
}

void report(std::vector<row> const& rows, options const& how) {
  std::vector<bench::record> records;
  bench::table shown{
      {"network", "precision", "isa", "what", "predicted us", "measured us", "undisturbed us", "error %"}, 4};
  int within = 0, engines = 0;
  std::map<std::string, std::pair<std::vector<hone::nanoseconds>, std::vector<hone::nanoseconds>>> ranked;
  for (row const& r : rows) {
    char const* const isa = hone::name(r.of->compiled_for->target);
    auto const us = [](hone::nanoseconds t) { return fmt::format("{:.3f}", t.value / 1e3); };
    shown.add({r.of->network, r.of->precision, isa, r.what, us(r.predicted), us(r.measured), us(r.least),
               fmt::format("{:+.1f}", 100 * r.error())});
    if (!r.whole) continue;
    ++engines, within += std::fabs(r.error()) <= 0.15;
    ranked[r.of->network].first.push_back(r.predicted), ranked[r.of->network].second.push_back(r.measured);
    auto const put = [&](char const* metric, double value, char const* unit) {
      records.push_back({"predict", r.of->network + '/' + r.of->precision, "hone", isa, metric, value, unit});
    };
    put("predicted_us", r.predicted.value / 1e3, "us"), put("warm_p50_us", r.measured.value / 1e3, "us");
    put("predicted_over_measured", r.predicted / r.measured, "x");
  }
  fmt::print("{}\n{} of {} within 15 %\n", shown.text(), within, engines);
  records.push_back({"predict", "all", "hone", "", "share_within_15_percent", double(within) / engines, ""});
  for (auto const& [network, times] : ranked) {
    double const tau = hone::shal::kendall(times.first, times.second);
    fmt::print("{}: rank correlation {:.2f} (Kendall; pairs within 5 % are ties)\n", network, tau);
    records.push_back({"predict", network, "hone", "", "kendall_tau", tau, ""});
  }
  if (!how.json.empty()) bench::write_json(records, how.json);
}

void run(options const& how) {
  stay_here();
  bench::predict::variants all;
  bench::predict::add_digits(all);
  bench::predict::add_perceptron(all);
  bench::predict::add_keywords(all);
  all.remove_if([&](variant const& v) {
    return (v.network + '/' + v.precision + '/' + hone::name(v.compiled_for->target)).find(how.filter) ==
           std::string::npos;
  });
  if (all.empty()) throw std::runtime_error{"no variant has '" + how.filter + "' in its network/precision/isa"};
  report(measure(all, how), how);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"SHAL's predictions for this machine beside measurements"};
  options how;
  app.add_option("--json", how.json, "write the records to this file");
  app.add_option("--rounds", how.rounds, "chunks a case (60)")->check(CLI::Range(1, 100000));
  app.add_option("--filter", how.filter, "only variants with this in their network/precision/isa");
  app.add_flag("--operations", how.operations, "operation by operation, too");
  CLI11_PARSE(app, argc, argv);
  try {
    run(how);
  } catch (std::exception const& e) {
    fmt::print(stderr, "bench_predict: {}\n", e.what());
    return 1;
  }
  return 0;
}
