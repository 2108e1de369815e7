#pragma once
#include <hone/search/feasible.hpp>
#include <hone/search/front.hpp>

#include <set>

namespace hone::inline HONE_ABI::search {

enum class outcome : std::uint8_t {
  finished,  // trained to the end
  stopped,   // early: it would not have come near the front
  failed     // diverged, or could not be trained
};

// A candidate that was tried.
struct trial {
  candidate what{};
  outcome how{};
  double error{1};              // share of wrong answers on the validation set; where stopped, as far as it came
  std::vector<double> costs{};  // of problem::costs
};

// What results are measured against: those worse than this in any respect count for nothing.
struct reference {
  double error{0.5};
  std::vector<double> costs{};
};

// Results as fronts and hypervolumes see them: the error, and the costs by their logarithms, so that to halve a latency
// is worth the same wherever it happens.
inline objectives objectives_of(double error, std::vector<double> const& costs) {
  objectives o{error};
  for (double c : costs) o.push_back(std::log(c));
  return o;
}
inline objectives objectives_of(reference const& r) { return objectives_of(r.error, r.costs); }
// Of the trials that were trained to the end.
inline std::vector<objectives> results_of(std::vector<trial> const& trials) {
  std::vector<objectives> r;
  for (trial const& t : trials)
    if (t.how == outcome::finished) r.push_back(objectives_of(t.error, t.costs));
  return r;
}

// The candidates that an optimizer may choose among: those of a space that keep its budgets, or of a table.
class supply {
 public:
  virtual ~supply() = default;
  // Different candidates worth a look: some at random, some like those of `good`.
  virtual std::vector<candidate> choices(std::vector<candidate> const& good, train::generator& draw) = 0;
  // c, or the candidate most like it that may be chosen.
  virtual candidate nearest(candidate const& c) = 0;
  virtual assessment const& assess(candidate const& c) = 0;
  // By how much c misses the budgets (assessment::excess); at most 0 where it keeps them.
  virtual double excess(candidate const& c) = 0;
  virtual space const& candidates() const = 0;
};

// Proposes what to try next. What it proposes depends on its seed and on the history alone, so that a search which was
// interrupted goes on as if it had not been, and every process of several comes to the same.
class optimizer {
 public:
  virtual ~optimizer() = default;
  // Up to n different candidates that were not tried; fewer where there are no more.
  virtual std::vector<candidate> propose(supply& from, std::vector<trial> const& history, std::size_t n) = 0;
};

// The space's feasible candidates.
class feasible_supply final : public supply {
 public:
  // `random` and `near`: how many of each choices() looks for. The problem outlives this.
  explicit feasible_supply(problem const& p, std::size_t random = 400, std::size_t near = 600)
      : assess_(p), random_(random), near_(near) {}

  std::vector<candidate> choices(std::vector<candidate> const& good, train::generator& draw) override {
    std::vector<candidate> found = feasible_candidates(assess_, random_, draw);
    std::set<candidate> known(found.begin(), found.end());
    for (std::size_t i = 0; i < near_ && !good.empty(); ++i) {
      candidate c = good[i % good.size()];
      for (std::size_t steps = 1 + draw.below(3); steps > 0; --steps) c = candidates().neighbour(c, draw);
      if (assess_.feasible(c) && known.insert(c).second) found.push_back(c);
    }
    return found;
  }
  candidate nearest(candidate const& c) override { return candidates().canonical(c); }
  assessment const& assess(candidate const& c) override { return assess_(c); }
  double excess(candidate const& c) override { return assess_(c).excess(assess_.of().budgets); }
  space const& candidates() const override { return assess_.of().candidates; }

 private:
  assessor assess_;
  std::size_t random_, near_;
};

namespace detail {
inline std::set<candidate> tried(std::vector<trial> const& history) {
  std::set<candidate> s;
  for (trial const& t : history) s.insert(t.what);
  return s;
}
// Random numbers of a search's step.
inline train::generator generator_at(std::uint64_t seed, std::size_t step) {
  return train::generator(hasher().add(seed).add(static_cast<std::uint64_t>(step)).value());
}
}  // namespace detail

// Proposes at random: the baseline that every optimizer must beat.
class random_search final : public optimizer {
 public:
  explicit random_search(std::uint64_t seed) : seed_(seed) {}
  std::vector<candidate> propose(supply& from, std::vector<trial> const& history, std::size_t n) override {
    train::generator draw = detail::generator_at(seed_, history.size());
    auto const known = detail::tried(history);
    std::vector<candidate> all = from.choices({}, draw), chosen;
    draw.shuffle(all.begin(), all.end());
    for (candidate const& c : all)
      if (chosen.size() < n && !known.contains(c)) chosen.push_back(c);
    return chosen;
  }

 private:
  std::uint64_t seed_;
};

}  // namespace hone::inline HONE_ABI::search
