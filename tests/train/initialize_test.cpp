#include <hone/train/initialize.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;

TEST_CASE("initial weights follow from the seed, and spread as He and Glorot say") {
  auto const& g = networks::residual_net::description;
  tensor_set const a = train::initialize(g, 3), again = train::initialize(g, 3), other = train::initialize(g, 4);
  CHECK(a.at("conv2d_1.weight").values<float>()[5] == again.at("conv2d_1.weight").values<float>()[5]);
  CHECK(a.at("conv2d_1.weight").values<float>()[5] != other.at("conv2d_1.weight").values<float>()[5]);
  auto const largest = [](tensor const& t) {
    float most = 0;
    for (float v : t.values<float>()) most = std::max(most, std::abs(v));
    return double(most);
  };
  double const he = std::sqrt(6.0 / 27), glorot = std::sqrt(6.0 / (27 + 54));
  CHECK(largest(a.at("conv2d_1.weight")) <= he);
  CHECK(largest(a.at("conv2d_1.weight")) > 0.9 * he);
  double const spread = largest(train::initialize(g, 3, train::start::glorot).at("conv2d_1.weight"));
  CHECK((spread <= glorot && spread > 0.9 * glorot));
}

TEST_CASE("every leaf has its start") {
  auto const& g = networks::residual_net::description;
  tensor_set const a = train::initialize(g, 3);
  std::size_t leaves = 0;
  for (weight const& w : g.weights) leaves += w.leaf() ? 1u : 0u;
  CHECK(a.size() == leaves);
  for (float v : a.at("batch_norm_2.gamma").values<float>()) CHECK(v == 1);
  for (float v : a.at("batch_norm_2.variance").values<float>()) CHECK(v == 1);
  for (float v : a.at("batch_norm_2.beta").values<float>()) CHECK(v == 0);
  for (float v : a.at("batch_norm_2.mean").values<float>()) CHECK(v == 0);
  for (float v : a.at("conv2d_1.bias").values<float>()) CHECK(v == 0);
}
