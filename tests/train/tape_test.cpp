#include <hone/train/loss.hpp>
#include <hone/train/tape.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
using namespace hone::train;

namespace {

// A network in double with a batch of its own; its loss is the mean cross-entropy.
struct experiment {
  dynamic_graph g;
  variables<double> v;
  numerics<double> n;
  crew hands;
  tape<double> t;
  std::vector<double> images;
  std::vector<std::int32_t> labels;

  experiment(dynamic_graph graph, int batch, int slices, int threads)
      : g(std::move(graph)), v(g, leaves_of(g)), n(g, v), hands(threads), t(n, hands, batch, slices) {
    assign(v, g, networks::parameters_of(g, 11));
    networks::noise next(5);
    for (int i = 0; i < batch * g.ops[0].out.size(); ++i) images.push_back(double(next()));
    for (int i = 0; i < batch; ++i) labels.push_back(i % t.result_shape().size());
    n.refresh();
  }
  double loss(bool training) {
    n.refresh();
    auto const z = t.forward(images.data(), static_cast<int>(labels.size()), training);
    return cross_entropy<double>(z, labels).loss / static_cast<double>(labels.size());
  }
  std::vector<double> gradient(bool training) {
    auto const z = t.forward(images.data(), static_cast<int>(labels.size()), training);
    cross_entropy<double>(z, labels, 0, t.derivatives().data(), 1.0 / static_cast<double>(labels.size()));
    std::fill(t.gradient().begin(), t.gradient().end(), 0.0);
    t.backward();
    return {t.gradient().begin(), t.gradient().end()};
  }
  void check(bool training) {
    std::vector<double> const d = gradient(training);
    double largest = 0;
    for (std::size_t k = 0; k < d.size(); ++k) {
      double const x = v.trained()[k], step = 1e-5;
      v.trained()[k] = x + step;
      double const above = loss(training);
      v.trained()[k] = x - step;
      double const below = loss(training);
      v.trained()[k] = x;
      CAPTURE(k);
      REQUIRE(d[k] == Approx((above - below) / (2 * step)).epsilon(1e-5).margin(1e-8));
      largest = std::max(largest, std::abs(d[k]));
    }
    CHECK(largest > 1e-3);
  }
};

// Residual sums, a strided convolution, batch norms with and without something to read them twice, a concat, a head.
struct mixed_net
    : model<nn::input<5, 4, 2>, nn::conv2d<4, 3>, nn::batch_norm, nn::sigmoid,
            nn::residual<nn::conv2d<4, 3>, nn::batch_norm, nn::tanh, nn::depthwise_conv2d<3>, nn::batch_norm>, nn::tanh,
            nn::concat<nn::identity, nn::sequence<nn::conv2d<3, 1>, nn::sigmoid>>, nn::conv2d<5, 3, 2>, nn::batch_norm,
            nn::avg_pool<2, 1>, nn::flatten, nn::dense<3>, nn::softmax> {};

}  // namespace

TEST_CASE("the gradient of a network with residual sums and a concat is that of central differences") {
  experiment(thaw(mixed_net::description), 5, 3, 2).check(true);
}

TEST_CASE("so is the gradient of networks without batch norm, where inference and training are the same") {
  experiment e(thaw(networks::branching_net::description), 3, 2, 1);
  e.check(false);
  CHECK(e.gradient(true) == e.gradient(false));
}

TEST_CASE("every bit of a gradient is independent of the number of threads") {
  auto const with = [](int threads, int slices) {
    return experiment(thaw(networks::residual_net::description), 9, slices, threads).gradient(true);
  };
  std::vector<double> const one = with(1, 4);
  CHECK(with(3, 4) == one);
  std::vector<double> const other = with(2, 20);  // more slices than images: other sums, the same number
  for (std::size_t k = 0; k < one.size(); ++k) REQUIRE(other[k] == Approx(one[k]).epsilon(1e-9).margin(1e-12));
}

TEST_CASE("batch norm keeps running averages of mean and unbiased variance, in training alone") {
  struct net : model<nn::input<1, 1, 1>, nn::batch_norm, nn::dense<2>> {};
  experiment e(thaw(net::description), 4, 2, 1);
  auto const kept = [&](role what) {
    for (std::size_t i = 0; i < e.g.weights.size(); ++i)
      if (e.g.weights[i].what == what && e.g.weights[i].leaf()) return e.v.of(e.v.find(static_cast<int>(i)))[0];
    return 0.0;
  };
  e.images = {1, 2, 3, 6};
  double const mean = kept(role::mean), variance = kept(role::variance);
  e.loss(false);
  CHECK((kept(role::mean) == mean && kept(role::variance) == variance));
  e.loss(true);
  CHECK(kept(role::mean) == Approx(0.9 * mean + 0.1 * 3));
  CHECK(kept(role::variance) == Approx(0.9 * variance + 0.1 * 14.0 / 3));
}

TEST_CASE("a batch of one image and a part of the capacity work") {
  experiment e(thaw(networks::residual_net::description), 6, 4, 2);
  std::vector<double> const whole(
      e.t.forward(e.images.data(), 6, false).begin(), e.t.forward(e.images.data(), 6, false).end());
  auto const first = e.t.forward(e.images.data(), 1, false);
  REQUIRE(first.size() == 4);
  CHECK(std::equal(first.begin(), first.end(), whole.begin()));
  CHECK(e.t.derivatives().size() == 4);
}
