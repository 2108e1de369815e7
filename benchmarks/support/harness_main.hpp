#pragma once
// The definitions of harness.hpp: how it measures, and what it reports. One translation unit of a program includes
// this, usually the one with main().
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#if defined(__linux__)
#include <sched.h>
#endif

#include "harness.hpp"
#include "report.hpp"
#include "statistics.hpp"

namespace bench {

std::string label::text() const { return name + '/' + engine + '/' + isa + (variant.empty() ? "" : '/' + variant); }

harness::harness(options o) : options_{std::move(o)}, filter_{options_.filter} {}

bool harness::wants(label const& where) const { return std::regex_search(where.text(), filter_); }

void harness::add_load(label const& where, std::function<void()> load) {
  if (wants(where)) at(where).load = std::move(load);
}

void harness::add_metric(label const& where, std::string metric, double value, std::string unit) {
  if (!wants(where)) return;
  at(where).others.push_back(
      {where.suite, where.name, where.engine, where.isa, std::move(metric), value, std::move(unit)});
}

void harness::note(std::string text) { notes_.push_back(std::move(text)); }

double harness::entry::p50() const { return median(chunks); }

harness::entry& harness::at(label const& where) {
  for (entry& e : entries_) {
    if (e.where == where) return e;
  }
  entries_.push_back({});
  entries_.back().where = where;
  return entries_.back();
}

/// The entries that have something to time, in an order of their own each time: which engine ran before another,
/// and what it left in the caches, shall not be the same in every round.
std::vector<std::size_t> harness::shuffled(bool only_best) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].work && (entries_[i].best || !only_best)) order.push_back(i);
  }
  std::shuffle(order.begin(), order.end(), random_);
  return order;
}

/// Keeps this thread on the processor that it is on.
void harness::pin() {
#if defined(__linux__)
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(static_cast<unsigned>(std::max(0, ::sched_getcpu())), &here);
  ::sched_setaffinity(0, sizeof here, &here);  // where it is refused, the scheduler stays free
#endif
}

void harness::run() {
  pin();
  measure_loads();
  measure_warm();
  choose_variants();
  compare();
  measure_cold();
  progress("", 0, 0);
}

void harness::measure_loads() {
  constexpr int times = 5;
  for (int i = 0; i < times; ++i) {
    progress("loading", i, times);
    for (entry& e : entries_) {
      if (!e.load) continue;
      double const start = now();
      e.load();
      e.loads.push_back((now() - start) * 1e3);
    }
  }
}

void harness::warm_up(entry& e) {
  double const start = now();
  do {
    e.work->repeat(1);
  } while (now() - start < 60e-6);
}

/// Sleeps half as long again as was worked, so that the guest keeps its share of the machine.
void harness::rest(double worked) {
  std::this_thread::sleep_for(std::chrono::duration<double>(std::clamp(1.5 * worked, 0.0, 2e-3)));
}

void harness::measure_warm() {
  for (entry& e : entries_) {
    if (!e.work) continue;
    double once = 1.0;
    for (int i = 0; i < 5; ++i) {
      warm_up(e);
      double const start = now();
      e.work->repeat(1);
      once = std::min(once, now() - start);
    }
    e.calls = static_cast<std::size_t>(std::clamp(0.5e-3 / std::max(once, 1e-9), 1.0, 50000.0));
  }
  for (int round = 0; round < options_.rounds; ++round) {
    progress("warm", round, options_.rounds);
    for (bool const single : {false, true}) {
      for (std::size_t const i : shuffled(false)) {
        entry& e = entries_[i];
        warm_up(e);
        double const start = now();
        if (single) {
          e.work->time_each(watch_, e.calls, e.singles);
        } else {
          e.work->repeat(e.calls);
          e.chunks.push_back((now() - start) * 1e9 / static_cast<double>(e.calls));
        }
        rest(now() - start);
      }
    }
  }
}

/// Of the entries that differ in their variant alone, the fastest stands for all (the first one where none is timed).
void harness::choose_variants() {
  auto const rank = [](entry const& e) { return std::pair{e.work ? e.p50() : 1e300, &e}; };
  for (entry& e : entries_) {
    e.best = std::all_of(entries_.begin(), entries_.end(), [&](entry const& other) {
      label same = other.where;
      same.variant = e.where.variant;
      return !(same == e.where) || rank(e) <= rank(other);
    });
  }
}

double harness::ratio(entry const& of, entry const& to) {
  std::vector<double> quotients;
  for (std::size_t round = 0; round < of.chunks.size(); ++round) {
    quotients.push_back(of.chunks[round] / to.chunks[round]);
  }
  return median(std::move(quotients));
}
double harness::ratio(label const& of, label const& to) const {
  auto const find = [this](label const& where) {
    return std::find_if(entries_.begin(), entries_.end(), [&](entry const& e) { return e.where == where; });
  };
  auto const a = find(of), b = find(to);
  return a == entries_.end() || b == entries_.end() || a->chunks.empty() || b->chunks.empty() ? 0 : ratio(*a, *b);
}

void harness::compare() {
  for (entry& e : entries_) {
    entry const* fastest = &e;
    for (entry const& other : entries_) {
      bool const rival = other.work && other.where.suite == e.where.suite && other.where.name == e.where.name;
      if (rival && other.p50() < fastest->p50()) fastest = &other;
    }
    e.ratio = ratio(e, *fastest);
  }
}

void harness::measure_cold() {
  constexpr int timed = 4;
  if (options_.cold == 0) return;
  cold_maker make_cold;
  int const visits = (options_.cold + timed - 1) / timed;
  for (int visit = 0; visit < visits; ++visit) {
    for (std::size_t const i : shuffled(true)) {
      progress("cold", visit, visits);
      entry& e = entries_[i];
      make_cold();
      e.work->repeat(1);
      for (int call = 0; call < timed; ++call) {
        make_cold();
        e.work->time_each(watch_, 1, e.cold);
      }
    }
  }
}

void harness::progress(char const* what, int done, int all) const {
  if (::isatty(STDERR_FILENO) == 0) return;
  if (all == 0) {
    fmt::print(stderr, "\r{:40}\r", "");
  } else {
    fmt::print(stderr, "\r{:8} {:3} %  ({} cases)", what, 100 * done / all, entries_.size());
  }
  std::fflush(stderr);
}

void harness::append(entry const& e, std::string const& name, std::vector<record>& out) {
  auto const put = [&](char const* metric, std::vector<double> const& samples, double p, double scale,
                       char const* unit) {
    if (samples.empty()) return;
    out.push_back({e.where.suite, name, e.where.engine, e.where.isa, metric, percentile(samples, p) * scale, unit});
  };
  put("warm_p50_us", e.chunks, 0.5, 1e-3, "us");
  put("warm_min_us", e.chunks, 1e-9, 1e-3, "us");
  if (!e.chunks.empty()) put("warm_ratio", {e.ratio}, 1.0, 1.0, "x");
  put("warm_p99_us", e.singles, 0.99, 1e-3, "us");
  put("cold_p50_us", e.cold, 0.5, 1e-3, "us");
  put("cold_p99_us", e.cold, 0.99, 1e-3, "us");
  put("load_ms", e.loads, 0.5, 1.0, "ms");
  for (record r : e.others) {
    r.name = name;
    out.push_back(std::move(r));
  }
}

std::vector<record> harness::records() const {
  std::vector<record> all;
  for (entry const& e : entries_) {
    if (e.best) append(e, e.where.name, all);
    if (!e.where.variant.empty()) append(e, e.where.name + '/' + e.where.variant, all);
  }
  return all;
}

/// The figure called `metric` as text; for an accuracy, those of the seeds (accuracy_1, ...) in brackets after it.
std::string harness::cell(std::vector<record> const& figures, std::string const& metric) {
  std::string value, parts;
  for (record const& r : figures) {
    if (r.metric == metric) value = fmt::format("{:.2f}", r.value);
    if (r.metric.starts_with(metric + '_')) parts += fmt::format(" {:.1f}", r.value);
  }
  return parts.empty() ? value : value + " (" + parts.substr(1) + ")";
}

/// One line an entry, the fastest of a case first.
std::string harness::summary() const {
  table shown{{"case", "engine", "isa", "variant", "warm p50 us", "min", "p99", "cold p50", "p99", "load ms",
               "x fastest", "accuracy %"},
              4};
  std::vector<entry const*> order;
  for (entry const& e : entries_) order.push_back(&e);
  std::stable_sort(order.begin(), order.end(), [](entry const* a, entry const* b) {
    return std::pair{a->where.name, a->p50()} < std::pair{b->where.name, b->p50()};
  });
  std::string name;
  for (entry const* e : order) {
    bool const first = e->where.name != name;
    name = e->where.name;
    std::vector<record> figures;
    append(*e, name, figures);
    std::string const mark = e->best && !e->where.variant.empty() ? " *" : "";
    std::vector<std::string> row = {first ? name : "", e->where.engine, e->where.isa, e->where.variant + mark};
    for (char const* metric : {"warm_p50_us", "warm_min_us", "warm_p99_us", "cold_p50_us", "cold_p99_us", "load_ms",
                               "warm_ratio", "accuracy"}) {
      row.push_back(cell(figures, metric));
    }
    shown.add(std::move(row));
  }
  return shown.text();
}

void harness::report() const {
  fmt::print(
      "{}\n{} rounds, {} cold calls. * stands for its engine. The clock's cost, {:.0f} ns, is subtracted from p99 "
      "and cold.\n",
      summary(), options_.rounds, options_.cold, watch_.cost());
  if (options_.rounds < 40) fmt::print("fewer than 40 rounds: a smoke test, not a measurement\n");
  for (std::string const& text : notes_) fmt::print("{}\n", text);
  if (!options_.json.empty()) write_json(records(), options_.json);
}

}  // namespace bench
