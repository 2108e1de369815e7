#include <hone/search/improvement.hpp>
#include <hone/train/generator.hpp>

#include "catch2.hpp"

namespace {

using namespace hone;
using search::objectives;

std::vector<objectives> random_results(train::generator& draw, std::size_t n, std::size_t m) {
  std::vector<objectives> r(n, objectives(m));
  for (auto& one : r)
    for (double& v : one) v = static_cast<double>(1 + draw.below(20)) / 20;
  return r;
}

// Counts the cells of a grid of 1/20: the coordinates above are its corners.
double counted(std::vector<objectives> const& results, objectives const& reference) {
  std::size_t const m = reference.size();
  std::vector<int> cell(m, 0);
  double n = 0;
  for (std::size_t k = 0; k < m;) {
    objectives middle(m);
    for (std::size_t i = 0; i < m; ++i) middle[i] = (cell[i] + 0.5) / 20;
    bool covered = search::within(middle, reference), any = false;
    for (auto const& r : results) any |= search::dominates(r, middle);
    n += covered && any;
    for (k = 0; k < m && ++cell[k] == 24; ++k) cell[k] = 0;
  }
  return n / std::pow(20.0, static_cast<double>(m));
}

TEST_CASE("a front holds what nothing dominates") {
  std::vector<objectives> const r{{3, 1}, {1, 3}, {2, 2}, {2, 3}, {2, 2}, {1, 3}};
  CHECK(search::front_of(r) == std::vector<std::size_t>{0, 1, 2});
  CHECK(search::front_of({}).empty());
  CHECK_FALSE(search::dominates({1, 1}, {1, 1}));
  CHECK(search::dominates({1, 1}, {1, 2}));
  CHECK_FALSE(search::dominates({1, std::nan("")}, {1, 2}));
}

TEST_CASE("hypervolumes are those of counted cells") {
  train::generator draw(11);
  for (std::size_t m : {1u, 2u, 3u})
    for (int i = 0; i < 20; ++i) {
      auto const r = random_results(draw, 1 + draw.below(8), m);
      objectives const reference(m, 1.1);
      CAPTURE(m, i);
      CHECK(search::hypervolume(r, reference) == Approx(counted(r, reference)).margin(1e-9));
    }
  CHECK(search::hypervolume({}, {1, 1}) == 0);
  CHECK(search::hypervolume({{2, 0}, {1, 0}}, {1, 1}) == 0);
  CHECK_THROWS_WITH(search::hypervolume({{0.5}}, {1, 1}), Contains("1 objectives"));
}

TEST_CASE("the expected shortfall below a limit is that of many draws") {
  train::generator draw(5);
  for (search::belief const b : {search::belief{-2, 0.5}, search::belief{0, 1}, search::belief{-3, 0.1}})
    for (double limit : {0.05, 0.2, 1.0, 3.0}) {
      double sum = 0;
      int const n = 200000;
      for (int i = 0; i < n; ++i) {
        double const u = draw.uniform() + 1e-12, v = draw.uniform();
        double const z = std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
        sum += std::max(0.0, limit - std::exp(b.log_mean + b.log_deviation * z));
      }
      CHECK(search::expected_below(b, limit) == Approx(sum / n).epsilon(0.02).margin(1e-4));
    }
  CHECK(search::expected_below({-1, 0}, 1) == Approx(1 - std::exp(-1)));
  CHECK(search::expected_below({-1, 0}, 0.1) == 0);
  CHECK(search::expected_below({-1, 1}, 0) == 0);
}

TEST_CASE("the expected improvement of a known error is what the hypervolume grows by") {
  train::generator draw(13);
  for (std::size_t m : {2u, 3u, 4u})
    for (int i = 0; i < 30; ++i) {
      auto r = random_results(draw, 1 + draw.below(10), m);
      objectives const reference(m, 1.02);
      auto const next = random_results(draw, 1, m)[0];
      double const before = search::hypervolume(r, reference);
      search::improvement const gain(r, reference);
      double const expected = gain.expected({std::log(next[0]), 0}, {next.begin() + 1, next.end()});
      r.push_back(next);
      CAPTURE(m, i);
      CHECK(expected == Approx(search::hypervolume(r, reference) - before).margin(1e-9));
    }
}

TEST_CASE("the expected improvement of a believed error is the mean over that belief") {
  train::generator draw(17);
  for (std::size_t m : {2u, 3u}) {
    auto const r = random_results(draw, 6, m);
    objectives const reference(m, 1.02);
    auto const costs = random_results(draw, 1, m - 1)[0];
    search::belief const b{-1, 0.7};
    search::improvement const gain(r, reference);
    double sum = 0;
    int const n = 4000;  // quantiles of the belief
    for (int i = 0; i < n; ++i) {
      double low = -9, high = 9;
      for (int k = 0; k < 50; ++k) {
        double const z = (low + high) / 2;
        (search::detail::normal_share(z) < (i + 0.5) / n ? low : high) = z;
      }
      sum += gain.expected({b.log_mean + b.log_deviation * low, 0}, costs);
    }
    CHECK(gain.expected(b, costs) == Approx(sum / n).epsilon(2e-3).margin(1e-6));
  }
}

TEST_CASE("costs at or beyond the reference improve nothing") {
  search::improvement const gain({}, {1, 1});
  CHECK(gain.expected({-3, 1}, {1}) == 0);
  CHECK(gain.expected({-3, 0}, {0.5}) == Approx(0.5 * (1 - std::exp(-3))));
}

}  // namespace
