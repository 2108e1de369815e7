#include <hone/train/loss.hpp>

#include <vector>

#include "catch2.hpp"

using hone::train::cross_entropy;

TEST_CASE("cross-entropy is minus the logarithm of the label's share") {
  std::vector<double> const z{1, 2, 3, 0, 0, 0};
  std::vector<std::int32_t> const labels{2, 1};
  auto const j = cross_entropy<double>(z, labels);
  double const first = -std::log(std::exp(3) / (std::exp(1) + std::exp(2) + std::exp(3)));
  CHECK(j.loss == Approx(first + std::log(3)));
  CHECK(j.right == 1);
}

TEST_CASE("huge logits neither overflow nor lose the loss") {
  std::vector<float> const z{1e30f, -1e30f, 0};
  std::vector<std::int32_t> const right{0}, wrong{2};
  CHECK(cross_entropy<float>(z, right).loss == 0);
  CHECK(cross_entropy<float>(z, wrong).loss == Approx(1e30));
}

TEST_CASE("cross-entropy's derivatives are those of central differences, with smoothing and scale") {
  std::vector<double> z{0.3, -1, 2, 0.7, 0.1, -0.4};
  std::vector<std::int32_t> const labels{1, 2};
  for (double smoothing : {0.0, 0.1}) {
    std::vector<double> d(6);
    cross_entropy<double>(z, labels, smoothing, d.data(), 0.5);
    for (std::size_t i = 0; i < z.size(); ++i) {
      double const v = z[i], step = 1e-6;
      z[i] = v + step;
      double const above = cross_entropy<double>(z, labels, smoothing).loss;
      z[i] = v - step;
      double const below = cross_entropy<double>(z, labels, smoothing).loss;
      z[i] = v;
      CHECK(d[i] == Approx(0.5 * (above - below) / (2 * step)).epsilon(1e-7));
    }
  }
}
