#pragma once
#include <hone/search/gaussian_process.hpp>
#include <hone/search/improvement.hpp>
#include <hone/search/optimizer.hpp>

#include <optional>

namespace hone::inline HONE_ABI::search {

struct surrogate_options {
  std::uint64_t seed{1};
  std::size_t first{12};    // candidates that are spread over the sizes, before anything is learned
  double resolution{1e-3};  // the smallest difference of errors that the validation set shows
};

// Proposes the candidates that are expected to add the most to the front's hypervolume. A Gaussian process believes a
// candidate's error from its parameters' values and from what is known without training: its costs,
// multiply-accumulates and parameters; costs are known, so the expectation is exact. Candidates of one batch count on
// those chosen before.
class surrogate_search final : public optimizer {
 public:
  surrogate_search(reference worst, surrogate_options o = {}) : worst_(std::move(worst)), o_(o) {}

  std::vector<candidate> propose(supply& from, std::vector<trial> const& history, std::size_t n) override {
    train::generator draw = detail::generator_at(o_.seed, history.size());
    auto const known = detail::tried(history);
    std::vector<candidate> choices;
    for (candidate& c : from.choices(best_of(history), draw))
      if (!known.contains(c)) choices.push_back(std::move(c));
    std::size_t finished = 0;
    for (trial const& t : history) finished += t.how == outcome::finished;
    if (finished == 0 || history.size() < o_.first) return spread(from, std::move(choices), history.size(), n);
    return expected(from, choices, history, n);
  }

 private:
  // Of the trials on the front.
  static std::vector<candidate> best_of(std::vector<trial> const& history) {
    std::vector<trial> finished;
    for (trial const& t : history)
      if (t.how == outcome::finished) finished.push_back(t);
    std::vector<candidate> good;
    for (std::size_t i : front_of(results_of(finished))) good.push_back(finished[i].what);
    return good;
  }

  // Evenly over the candidates in order of their first cost.
  std::vector<candidate> spread(supply& from, std::vector<candidate> choices, std::size_t done, std::size_t n) const {
    std::stable_sort(choices.begin(), choices.end(), [&](candidate const& a, candidate const& b) {
      return from.assess(a).costs[0] < from.assess(b).costs[0];
    });
    std::vector<candidate> chosen;
    for (std::size_t i = done; i < done + n && !choices.empty(); ++i) {
      // The golden ratio's multiples fill an interval evenly, however many are taken.
      double const at = std::fmod(0.5 + static_cast<double>(i) * 0.6180339887498949, 1.0);
      auto const c = choices.begin() + static_cast<std::ptrdiff_t>(at * static_cast<double>(choices.size()));
      chosen.push_back(*c), choices.erase(c);
    }
    return chosen;
  }

  std::vector<candidate> expected(supply& from, std::vector<candidate> const& choices,
                                  std::vector<trial> const& history, std::size_t n) const {
    std::vector<candidate> all(choices);
    for (trial const& t : history) all.push_back(t.what);
    Eigen::MatrixXd const inputs = features(from, all);
    auto const count = static_cast<Eigen::Index>(choices.size());
    Eigen::MatrixXd x(0, inputs.cols());
    Eigen::VectorXd y(0);
    for (std::size_t i = 0; i < history.size(); ++i)
      if (history[i].how != outcome::failed)
        append(x, y, inputs.row(count + static_cast<Eigen::Index>(i)), log_error(history[i].error));
    gaussian_process model(x, y);
    std::vector<objectives> results = results_of(history);
    std::vector<bool> taken(choices.size());
    std::vector<candidate> chosen;
    while (chosen.size() < n && chosen.size() < choices.size()) {
      auto const belief_of = model(inputs.topRows(count));
      improvement const gain(results, objectives_of(worst_));
      std::size_t best = choices.size();
      double most = -1;
      for (std::size_t i = 0; i < choices.size(); ++i) {
        if (taken[i]) continue;
        auto const row = static_cast<Eigen::Index>(i);
        objectives const known = objectives_of(0, from.assess(choices[i]).costs);
        double const g =
            gain.expected({belief_of.mean[row], belief_of.deviation[row]}, {known.begin() + 1, known.end()});
        if (g > most) most = g, best = i;
      }
      auto const row = static_cast<Eigen::Index>(best);
      taken[best] = true, chosen.push_back(choices[best]);
      results.push_back(objectives_of(std::exp(belief_of.mean[row]), from.assess(choices[best]).costs));
      model.add(inputs.row(row), belief_of.mean[row]);
    }
    return chosen;
  }

  double log_error(double error) const { return std::log(std::max(error, o_.resolution / 2)); }
  static void append(Eigen::MatrixXd& x, Eigen::VectorXd& y, Eigen::RowVectorXd const& row, double value) {
    x.conservativeResize(x.rows() + 1, row.size()), x.row(x.rows() - 1) = row;
    y.conservativeResize(y.size() + 1), y[y.size() - 1] = value;
  }

  // A row a candidate, about in [0, 1]: numbers by their rank, other values one column each, then what is known of the
  // network, by logarithms.
  static Eigen::MatrixXd features(supply& from, std::vector<candidate> const& all) {
    auto const& parameters = from.candidates().parameters();
    std::vector<std::vector<double>> columns;
    auto const column = [&](auto value) {
      columns.emplace_back();
      for (candidate const& c : all) columns.back().push_back(value(c));
    };
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      auto const useful = [&](candidate const& c) { return from.candidates().is_useful(c, k); };
      std::size_t const n = parameters[k].size();
      if (n == 1) continue;
      if (parameters[k].ordered || n == 2) {
        column([&](candidate const& c) { return useful(c) ? double(c.at[k]) / double(n - 1) : 0.5; });
        continue;
      }
      for (std::uint16_t v = 0; v < n; ++v)
        column([&](candidate const& c) { return useful(c) && c.at[k] == v ? 1.0 : 0.0; });
    }
    std::size_t const plain = columns.size();
    column([&](candidate const& c) { return std::log(1 + from.assess(c).macs); });
    column([&](candidate const& c) { return std::log(1 + from.assess(c).parameters); });
    for (std::size_t i = 0; i < from.assess(all[0]).costs.size(); ++i)
      column([&](candidate const& c) { return std::log(from.assess(c).costs[i]); });
    Eigen::MatrixXd rows(static_cast<Eigen::Index>(all.size()), static_cast<Eigen::Index>(columns.size()));
    for (std::size_t k = 0; k < columns.size(); ++k) {
      auto const [low, high] = std::minmax_element(columns[k].begin(), columns[k].end());
      double const from_low = k < plain ? 0 : *low, range = k < plain ? 1 : std::max(*high - *low, 1e-9);
      for (std::size_t i = 0; i < all.size(); ++i)
        rows(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) = (columns[k][i] - from_low) / range;
    }
    return rows;
  }

  reference worst_;
  surrogate_options o_;
};

}  // namespace hone::inline HONE_ABI::search
