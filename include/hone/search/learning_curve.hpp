#pragma once
#include <hone/search/improvement.hpp>

#include <map>

namespace hone::inline HONE_ABI::search {

// The error of a candidate after so many epochs.
struct rung {
  int epochs{};
  double error{};
};

// What the errors of unfinished trainings say of the ends: the logarithm of the ratio of the last error to an earlier
// one, its mean and spread over the trainings that came to their end.
class learning_curve {
 public:
  explicit learning_curve(double resolution = 1e-3) : resolution_(resolution) {}

  // A training that came to its end with `error`.
  void add(std::vector<rung> const& rungs, double error) {
    for (rung const& r : rungs) {
      sums& s = at_[r.epochs];
      double const ratio = log_error(error) - log_error(r.error);
      s.n += 1, s.ratio += ratio, s.squares += ratio * ratio;
    }
  }
  // Whether enough trainings have come to their end to say anything at that rung.
  bool knows(int epochs) const {
    auto const s = at_.find(epochs);
    return s != at_.end() && s->second.n >= enough;
  }
  // Of the error at the end. Precondition: knows(r.epochs).
  belief at_end(rung const& r) const {
    sums const& s = at_.at(r.epochs);
    double const mean = s.ratio / s.n, variance = std::max(0.0, s.squares / s.n - mean * mean) * s.n / (s.n - 1);
    return {log_error(r.error) + mean, std::sqrt(variance) + least_deviation};
  }

 private:
  static constexpr double enough = 4, least_deviation = 0.05;
  struct sums {
    double n{}, ratio{}, squares{};
  };
  double log_error(double e) const { return std::log(std::max(e, resolution_ / 2)); }

  double resolution_;
  std::map<int, sums> at_{};
};

}  // namespace hone::inline HONE_ABI::search
