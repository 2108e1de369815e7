#pragma once
#include <hone/search/front.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hone::inline HONE_ABI::search {

// What is believed of a positive quantity before it is measured: its logarithm is normally distributed.
struct belief {
  double log_mean{}, log_deviation{};
};

namespace detail {
inline double normal_share(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }
}  // namespace detail

// The expected value of max(0, limit - e), e distributed as b says: the formula of Black and Scholes (1973) for a put.
inline double expected_below(belief const& b, double limit) {
  if (!(limit > 0)) return 0;
  double const gap = std::log(limit) - b.log_mean;
  if (!(b.log_deviation > 0)) return std::max(0.0, limit - std::exp(b.log_mean));
  double const mean = std::exp(b.log_mean + b.log_deviation * b.log_deviation / 2);
  double const z = gap / b.log_deviation;
  return std::max(0.0, limit * detail::normal_share(z) - mean * detail::normal_share(z - b.log_deviation));
}

// How much a candidate is expected to add to the hypervolume of a front, where its costs are known and its error is
// believed. Results are {error, costs...}.
//
// At error e the candidate dominates, in the costs' space, its own box up to the reference less what results of an
// error up to e dominate there: a step function s of the error between the front's errors. What it adds is the integral
// of s from its error to the reference's, so its expectation is the sum of s, step by step, times the expected length
// of the candidate's reach into that step: exact, without sampling.
class improvement {
 public:
  // Only results within the reference count.
  improvement(std::vector<objectives> const& results, objectives reference) : reference_(std::move(reference)) {
    for (std::size_t i : front_of(results))
      if (within(results[i], reference_)) front_.push_back(results[i]);
    std::sort(front_.begin(), front_.end());
  }

  double expected(belief const& error, std::vector<double> const& costs) const {
    objectives const limit(reference_.begin() + 1, reference_.end());
    if (!within(costs, limit)) return 0;
    double sum = 0, below = 0, free = box(costs, limit);
    std::vector<objectives> taken;
    for (std::size_t i = 0; i <= front_.size() && free > 0; ++i) {
      double const until = i < front_.size() ? front_[i][0] : reference_[0];
      double const reach = expected_below(error, until);
      sum += free * (reach - below), below = reach;
      if (i == front_.size()) break;
      taken.push_back(clipped(front_[i], costs));
      if (within(taken.back(), limit)) free = box(costs, limit) - hypervolume(taken, limit);
    }
    return sum;
  }

 private:
  static double box(std::vector<double> const& costs, objectives const& limit) {
    double v = 1;
    for (std::size_t i = 0; i < costs.size(); ++i) v *= limit[i] - costs[i];
    return v;
  }
  static objectives clipped(objectives const& result, std::vector<double> const& costs) {
    objectives c(costs);
    for (std::size_t i = 0; i < c.size(); ++i) c[i] = std::max(c[i], result[i + 1]);
    return c;
  }

  objectives reference_;
  std::vector<objectives> front_{};
};

}  // namespace hone::inline HONE_ABI::search
