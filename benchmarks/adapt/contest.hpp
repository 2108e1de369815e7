#pragma once
// The agent on this machine, with real kernels: what it loses against the best static choice, beside it in one run.
#include <hone/hw/ticks.hpp>
#include <hone/run/executor.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <list>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "benchmarks/support/statistics.hpp"

namespace bench::adapt {

/// What was measured of one stretch of calls.
struct stretch {
  std::string network, what;
  std::string best;                   ///< the static choice with the lowest median
  double best_us{}, second_us{};      ///< its median, and that of the next one
  double regret{}, error{};           ///< percent of its time that the agent's took more; standard error
  double first_choice{};              ///< the same of SHAL's first choice, kept
  std::uint64_t followed{}, calls{};  ///< calls until it had left (or was back at) the variant concerned, of how many
};

/// An adapting executor and one for each static choice, called in turns.
class contest {
 public:
  contest(std::string network, hone::plan_view const& plan, hone::packed_weights const& weights,
          std::function<void(hone::executor&)> call)
      : network_(std::move(network)), plan_(plan), call_(std::move(call)) {
    hone::adaptation how;
    agent_ = &add(weights, how);
    first_ = agent_->agent().groups()[0].chosen;
    how.frozen = true;
    for (int v = 0; v < static_cast<int>(plan.variants.size()); ++v) {
      if (!weights.inside().ready(static_cast<std::size_t>(v))) continue;
      add(weights, how).set({{{0, static_cast<std::int16_t>(plan.ops), static_cast<std::int16_t>(v), 0}}});
      variants_.push_back(v);
    }
  }

  int chosen() const { return agent_->agent().groups()[0].chosen; }
  /// `rounds` chunks of 0.3 ms of everyone; `done(agent)` says when the agent has followed.
  template <class Done>
  stretch run(std::string what, int rounds, Done const& done) {
    std::vector<std::vector<double>> times(all_.size());
    std::uint64_t const start = agent_->calls();
    stretch s;
    s.network = network_, s.what = std::move(what);
    for (int round = 0; round < rounds; ++round) {
      std::vector<std::size_t> order(all_.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      std::shuffle(order.begin(), order.end(), random_);
      for (std::size_t i : order) times[i].push_back(chunk(i));
      if (s.followed == 0 && done(agent_->agent())) s.followed = agent_->calls() - start;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    s.calls = agent_->calls() - start;
    report(s, times);
    return s;
  }

 private:
  hone::executor& add(hone::packed_weights const& weights, hone::adaptation const& how) {
    return all_.emplace_back(plan_, weights, how);
  }
  /// Nanoseconds of a call of entry i.
  double chunk(std::size_t i) {
    hone::executor& e = *std::next(all_.begin(), static_cast<std::ptrdiff_t>(i));
    double const rate = hone::hw::ticks_per_nanosecond();
    for (int n = 0; n < 3; ++n) call_(e);
    int n = 0;
    hone::hw::ticks const start = hone::hw::now_after();
    hone::hw::ticks end = start;
    for (; static_cast<double>(end - start) < 3e5 * rate; end = hone::hw::now_after(), n += 8)
      for (int k = 0; k < 8; ++k) call_(e);
    return static_cast<double>(end - start) / rate / n;
  }
  /// Percent that a took more than b, round by round; without the tenth of rounds at either end, where one of the two lost
  /// its time slice.
  static std::pair<double, double> excess(std::vector<double> const& a, std::vector<double> const& b) {
    std::vector<double> ratios;
    for (std::size_t r = 0; r < a.size(); ++r) ratios.push_back(100 * (a[r] / b[r] - 1));
    std::sort(ratios.begin(), ratios.end());
    auto const cut = static_cast<std::ptrdiff_t>(ratios.size() / 10);
    std::vector<double> const inner(ratios.begin() + cut, ratios.end() - cut);
    double mean = 0, square = 0;
    auto const n = static_cast<double>(inner.size());
    for (double x : inner) mean += x / n;
    for (double x : inner) square += (x - mean) * (x - mean) / n;
    return {mean, std::sqrt(square / n)};
  }
  void report(stretch& s, std::vector<std::vector<double>> const& times) const {
    std::size_t best = 1, first = 1;
    for (std::size_t i = 1; i < times.size(); ++i) {
      if (median(times[i]) < median(times[best])) best = i;
      if (variants_[i - 1] == first_) first = i;
    }
    s.best = hone::name(plan_.variants[static_cast<std::size_t>(variants_[best - 1])].machine->target);
    s.best_us = median(times[best]) / 1e3;
    for (std::size_t i = 1; i < times.size(); ++i) {
      double const us = median(times[i]) / 1e3;
      if (i != best && (s.second_us == 0 || us < s.second_us)) s.second_us = us;
    }
    std::tie(s.regret, s.error) = excess(times[0], times[best]);
    s.first_choice = excess(times[first], times[best]).first;
  }

  std::string network_;
  hone::plan_view const& plan_;
  std::function<void(hone::executor&)> call_;
  std::list<hone::executor> all_;  // the agent's first
  hone::executor* agent_{};
  std::vector<int> variants_;  // of the static ones, in order
  int first_{};
  std::mt19937 random_{1};
};

}  // namespace bench::adapt
