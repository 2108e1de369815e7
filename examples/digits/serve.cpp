#include "serve.hpp"

#include "adapt.hpp"
#include "database.hpp"
#include "model.hpp"

#include <hone/hw/counters.hpp>
#include <hone/hw/detect.hpp>
#include <hone/hw/metadata.hpp>
#include <hone/shal/prediction.hpp>
#include <hone/store/deploy.hpp>

#include <fmt/format.h>

#include <algorithm>

// Written by hone-calibrate on this machine: one profile an instruction set (scripts/demo makes it).
#if __has_include("this_machine.hpp")
#include "this_machine.hpp"
#define DIGITS_CALIBRATED 1
#else
#define DIGITS_CALIBRATED 0
#endif

namespace digits {
namespace {

using deployment = hone::store::deployment<engine<network>, engine<network_bf16>, engine<network_int8>>;

std::string in_kib(hone::bytes b) { return b.value > 0 ? fmt::format("{:.0f} KiB", b.value / 1024) : "unknown"; }

// The profile that predictions for a variant use on this machine.
hone::profile const& profile_of(hone::profile const& compiled_for) {
#if DIGITS_CALIBRATED
  for (hone::profile const* p : this_machine::profiles)
    if (p->target == compiled_for.target) return *p;
#endif
  return compiled_for;
}

// What a variant of a plan takes, as predicted for this machine.
hone::nanoseconds predicted(hone::plan_view const& plan, hone::variant_view const& v) {
  struct final_graph {
    std::span<hone::op const> ops;
    std::span<hone::port const> ports;
    int packed, arena;
  };
  final_graph const g{{v.ops, static_cast<std::size_t>(plan.ops)}, plan.ports, v.packed, v.arena};
  return hone::shal::predict(g, profile_of(*v.machine)).latency;
}
// The same of the best variant that this machine runs.
template <class Network>
hone::store::runnable runnable_here() {
  hone::plan_view const& plan = engine<Network>::view();
  hone::nanoseconds best{};
  for (hone::variant_view const& v : plan.variants) {
    hone::nanoseconds const t = predicted(plan, v);
    if (hone::hw::supported(v.machine->target) && (best.value == 0 || t < best)) best = t;
  }
  return {plan.plan_id, best};
}

// Microseconds of one call, median of many chunks of half a millisecond.
template <class Call>
double measure_us(Call const& call) {
  double const rate = hone::hw::ticks_per_nanosecond();
  auto timed = [&](int n) {
    hone::hw::ticks const start = hone::hw::now_after();
    for (int i = 0; i < n; ++i) call();
    return static_cast<double>(hone::hw::now_after() - start) / rate / n;
  };
  double const once = timed(3);
  int const n = once > 5e5 ? 1 : static_cast<int>(5e5 / once) + 1;
  std::vector<double> times;
  for (int round = 0; round < 41; ++round) times.push_back(timed(n));
  std::nth_element(times.begin(), times.begin() + 20, times.end());
  return times[20] / 1e3;
}

int best_of(std::span<float const> scores) {
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace

std::string describe_machine(report& r) {
  hone::hw::host const h = hone::hw::detect();
  hone::hw::neighbour const near = hone::hw::nearest(h);
  std::string const nearest = near.machine != nullptr ? near.machine->name : "";
  std::string isas;
  for (hone::isa i : h.isas) isas += (isas.empty() ? "" : ", ") + std::string(hone::name(i));
  r.machine = {
      {"processor", h.brand.empty() ? "unknown" : h.brand},
      {"instruction sets", isas},
      {"cores, threads", fmt::format("{}, {}", h.cores > 0 ? std::to_string(h.cores) : "unknown", h.threads)},
      {"clock",
       h.clock.value > 0 ? fmt::format("{:.2f} GHz ({})", h.clock.value, hone::hw::name(h.clock_from)) : "unknown"},
      {"caches", fmt::format("{}, {}, {}", in_kib(h.cache[0].size), in_kib(h.cache[1].size), in_kib(h.cache[2].size))},
      {"memory", fmt::format("{:.1f} GiB", h.memory.value / 1073741824.0)},
      {"nearest profile", fmt::format("{} ({})", nearest.empty() ? "none" : nearest, near.reason)}};
  auto const counters = hone::hw::counters::open();
  r.counters = fmt::format(
      "Time and events by {}{}.", hone::hw::name(counters.source()),
      counters.reason() != nullptr ? fmt::format(" ({}); memory traffic is modelled", counters.reason()) : "");
  return nearest;
}

std::vector<fact> stored(std::string const& path) {
  auto const repository = hone::store::repository::open(path);
  std::vector<fact> facts;
  for (auto const& a : repository.list())
    facts.push_back(
        {fmt::format("artifact {}", a.id),
         fmt::format("{}, {}, for {} ({}), accuracy {:.2f}%, {:.1f} KiB", a.model, hone::name(a.precision),
                     a.made_for.name, a.made_for.isa, 100 * a.figures.accuracy, static_cast<double>(a.size) / 1024)});
  return facts;
}

struct server::inside {
  inside(std::string const& path, std::span<float const> p, std::span<std::int32_t const> l)
      : repository(path), deployed(hone::store::repository::open(path)), pixels(p), labels(l) {}
  std::string repository;
  deployment deployed;
  std::span<float const> pixels;
  std::span<std::int32_t const> labels;
  hone::store::record chosen{};

  std::span<float const> image(std::size_t i) const { return pixels.subspan(64 * i, 64); }

  // The engine of the best artifact of a precision, every variant resident.
  template <class Network>
  std::unique_ptr<engine<Network>> engine_of(hone::adaptation how) {
    auto const found = deployed.repository().find({.model = "digits", .plan_id = engine<Network>::plan_id});
    if (found.empty()) return nullptr;
    how.resident_variants = 100;
    return std::make_unique<engine<Network>>(deployed.repository().get(found.back().id).weights, how);
  }
  template <class Network>
  void measure(report& r, char const* precision) {
    hone::adaptation how;
    how.frozen = true;
    auto const net = engine_of<Network>(how);
    if (net == nullptr) return;
    hone::plan_view const& plan = engine<Network>::view();
    for (std::size_t v = 0; v < plan.variants.size(); ++v) {
      hone::isa const target = plan.variants[v].machine->target;
      if (!hone::hw::supported(target)) continue;
      net->set({{{0, static_cast<std::int16_t>(plan.ops), static_cast<std::int16_t>(v), 0}}});
      r.measured.push_back({precision, hone::name(target), predicted(plan, plan.variants[v]).value / 1e3,
                            measure_us([&] { (*net)(image(0)); })});
    }
  }
  template <class Network>
  void adapt(report& r, double seconds);
};

server::server(std::string const& repository, std::span<float const> pixels, std::span<std::int32_t const> labels)
    : in_(std::make_unique<inside>(repository, pixels, labels)) {}
server::~server() = default;

void server::deploy(report& r) {
  hone::store::request wanted{.model = "digits", .machine = hone::hw::metadata(hone::hw::detect())};
  wanted.plans = {runnable_here<network>(), runnable_here<network_bf16>(), runnable_here<network_int8>()};
  wanted.accuracy = 0.97;
  auto served = in_->deployed.serve(wanted);
  in_->chosen = served.network.about();
  r.served = fmt::format(
      "Asked for the fastest network of at least 97% for this machine, the repository gave artifact {} ({}, made for "
      "{}).",
      in_->chosen.id, hone::name(in_->chosen.precision), in_->chosen.made_for.name);

  std::vector<int> answers;
  std::size_t right = 0;
  for (std::size_t i = 0; i < in_->labels.size(); ++i) {
    answers.push_back(best_of(served.network(in_->image(i))));
    right += answers.back() == in_->labels[i] ? 1 : 0;
    if (i < 24 || answers.back() != in_->labels[i]) {
      sample s{.label = in_->labels[i], .predicted = answers.back()};
      std::copy_n(in_->image(i).data(), 64, s.pixels.begin());
      r.samples.push_back(s);
    }
  }
  auto const percent = [&](std::size_t n) {
    return 100.0 * static_cast<double>(n) / static_cast<double>(in_->labels.size());
  };
  r.deployment = {{"through the C++ API", fmt::format("{} images, {:.2f}% right", in_->labels.size(), percent(right))}};

  std::vector<int> const in_sql = answers_in_sql(in_->repository, in_->pixels, in_->labels);
  std::size_t right_in_sql = 0;
  for (std::size_t i = 0; i < in_sql.size(); ++i) right_in_sql += in_sql[i] == in_->labels[i] ? 1 : 0;
  r.deployment.push_back({"inside SQLite", fmt::format("{}: {:.2f}% right", in_database, percent(right_in_sql))});
  r.shell = fmt::format("sqlite3 {} \".load {}\" \"{}\"", in_->repository, sql_extension(), in_database);
  std::string line;
  std::size_t considered = 0;
  for (char c : hone::store::explain(served.considered) + "\n") {
    if (c != '\n') {
      line += c;
    } else if (!line.empty()) {
      if (++considered <= 4) r.deployment.push_back({"considered", line});
      line.clear();
    }
  }
}

void server::measure(report& r) {
  in_->measure<network>(r, "f32");
  in_->measure<network_bf16>(r, "bf16");
  in_->measure<network_int8>(r, "int8");
}

template <class Network>
void server::inside::adapt(report& r, double seconds) {
  hone::adaptation how;
  how.initial_granularity = 2, how.performance_threshold = 0.3f, how.merging_threshold = 0.2f,
  how.rl_training_epochs = 200;
  auto const net = engine_of<Network>(how);
  if (net == nullptr) return;
  hone::plan_view const& plan = engine<Network>::view();
  auto const give_all = [&](int variant) {
    net->set({{{0, static_cast<std::int16_t>(plan.ops), static_cast<std::int16_t>(variant), 0}}});
  };
  run_adaptive(
      {plan, net->agent(), hone::name(chosen.precision), [&](std::span<float const> x) { (*net)(x); }, give_all},
      pixels, seconds, r);
}

void server::adapt(report& r, double seconds) {
  switch (in_->chosen.precision) {
    case hone::dtype::i8: return in_->adapt<network_int8>(r, seconds);
    case hone::dtype::bf16: return in_->adapt<network_bf16>(r, seconds);
    default: return in_->adapt<network>(r, seconds);
  }
}

}  // namespace digits
