#include <hone/search/gaussian_process.hpp>
#include <hone/train/generator.hpp>

#include "catch2.hpp"

namespace {

using hone::search::gaussian_process;
using matrix = gaussian_process::matrix;
using vector = gaussian_process::vector;

matrix random_rows(hone::train::generator& draw, int n, int d) {
  matrix m(n, d);
  for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = draw.uniform();
  return m;
}
double noise(hone::train::generator& draw) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += draw.uniform();
  return sum;
}
// Depends on the first two inputs only.
double truth(Eigen::RowVectorXd const& x) { return std::sin(5 * x[0]) + 3 * x[1] * x[1]; }
vector values(matrix const& x, hone::train::generator& draw, double deviation) {
  vector y(x.rows());
  for (Eigen::Index i = 0; i < x.rows(); ++i) y[i] = truth(x.row(i)) + deviation * noise(draw);
  return y;
}

TEST_CASE("a smooth function is learned from 80 values, and which inputs matter") {
  hone::train::generator draw(1);
  matrix const x = random_rows(draw, 80, 6), at = random_rows(draw, 200, 6);
  gaussian_process const g(x, values(x, draw, 0.02));
  auto const b = g(at);
  double error = 0, spread = 0;
  vector const wanted = values(at, draw, 0);
  for (Eigen::Index i = 0; i < at.rows(); ++i)
    error += std::pow(b.mean[i] - wanted[i], 2), spread += std::pow(wanted[i] - wanted.mean(), 2);
  CHECK(error / spread < 0.01);
  for (Eigen::Index i = 2; i < 6; ++i) {
    CHECK(g.lengths()[i] > 2 * g.lengths()[0]);
    CHECK(g.lengths()[i] > 2 * g.lengths()[1]);
  }
}

TEST_CASE("beliefs are as sure as they are right") {
  hone::train::generator draw(2);
  int inside = 0, total = 0;
  for (int run = 0; run < 10; ++run) {
    matrix const x = random_rows(draw, 30, 4), at = random_rows(draw, 50, 4);
    gaussian_process const g(x, values(x, draw, 0.1));
    auto const b = g(at);
    vector const wanted = values(at, draw, 0);
    for (Eigen::Index i = 0; i < at.rows(); ++i, ++total)
      inside += std::fabs(b.mean[i] - wanted[i]) < 2 * b.deviation[i];
  }
  CHECK(inside > 0.85 * total);
}

TEST_CASE("noise is told from the function") {
  hone::train::generator draw(3);
  matrix const x = random_rows(draw, 120, 2);
  CHECK(gaussian_process(x, values(x, draw, 0.3)).noise() == Approx(0.3).epsilon(0.3));
  CHECK(gaussian_process(x, values(x, draw, 0.01)).noise() < 0.05);
}

TEST_CASE("far from what was seen the belief is wide, at it narrow") {
  hone::train::generator draw(4);
  matrix x = random_rows(draw, 25, 2) * 0.3;
  gaussian_process const g(x, values(x, draw, 0.001));
  matrix far(1, 2);
  far << 1, 1;
  CHECK(g(far).deviation[0] > 5 * g(x.topRows(1)).deviation[0]);
}

TEST_CASE("one value, and values that are all equal, are fine") {
  matrix x(1, 3);
  x << 0.1, 0.2, 0.3;
  vector y(1);
  y << 4;
  CHECK(gaussian_process(x, y)(x).mean[0] == Approx(4));
  hone::train::generator draw(5);
  matrix const many = random_rows(draw, 20, 3);
  auto const b = gaussian_process(many, vector::Constant(20, -2))(many);
  for (Eigen::Index i = 0; i < 20; ++i) CHECK(b.mean[i] == Approx(-2));
}

TEST_CASE("the fitted parameters are a peak of the posterior") {
  hone::train::generator draw(6);
  matrix const x = random_rows(draw, 40, 3);
  vector const y = values(x, draw, 0.05);
  double const best = gaussian_process(x, y, 200).log_posterior();
  CHECK(best >= gaussian_process(x, y, 1).log_posterior());
  CHECK(gaussian_process(x, y, 60).log_posterior() == Approx(best).margin(0.5));
}

TEST_CASE("what cannot be fitted is refused") {
  CHECK_THROWS_WITH(gaussian_process(matrix(0, 2), vector(0)), Contains("0 rows"));
  CHECK_THROWS_WITH(gaussian_process(matrix::Zero(3, 2), vector::Zero(2)), Contains("3 rows"));
  CHECK_THROWS_WITH(gaussian_process(matrix::Zero(2, 2), vector::Constant(2, std::nan(""))), Contains("not finite"));
}

}  // namespace
