#include <hone/train/optimizer.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
using namespace hone::train;

namespace {

// A dense layer 1 -> 1: one weight (which decays) and one bias.
struct pair_net : model<nn::input<1>, nn::dense<1>> {};
struct pair_of_numbers {
  dynamic_graph g = thaw(pair_net::description);
  variables<float> v{g, leaves_of(g)};
  pair_of_numbers() { v.trained()[0] = 1, v.trained()[1] = 2; }
};

}  // namespace

TEST_CASE("SGD with momentum adds up what PyTorch's formula says") {
  pair_of_numbers p;
  optimizer o({.how = method::sgd, .momentum = 0.5}, 2);
  float const g[]{1, -2};
  o.step(p.v, g, 0.1);
  CHECK(p.v.trained()[0] == Approx(1 - 0.1));
  o.step(p.v, g, 0.1);
  CHECK(p.v.trained()[0] == Approx(1 - 0.1 - 0.1 * 1.5));
  CHECK(p.v.trained()[1] == Approx(2 + 0.2 + 0.3));
}

TEST_CASE("Adam's first step has the size of the rate, its second follows the averages") {
  pair_of_numbers p;
  optimizer o({.how = method::adam}, 2);
  float const g[]{3, -0.01f}, h[]{-1, -0.01f};
  o.step(p.v, g, 0.1);
  CHECK(p.v.trained()[0] == Approx(0.9));
  CHECK(p.v.trained()[1] == Approx(2.1).epsilon(1e-5));
  o.step(p.v, h, 0.1);
  double const m = 0.9 * 0.3 + 0.1 * -1, s = 0.999 * 0.009 + 0.001;
  CHECK(p.v.trained()[0] == Approx(0.9 - 0.1 * (m / 0.19) / (std::sqrt(s / (1 - 0.999 * 0.999)) + 1e-8)).epsilon(1e-5));
}

TEST_CASE("weight decay takes a share of the weights, not of biases") {
  pair_of_numbers p;
  optimizer o({.how = method::adam, .weight_decay = 0.5}, 2);
  float const none[]{0, 0};
  o.step(p.v, none, 0.1);
  CHECK(p.v.trained()[0] == Approx(0.95));
  CHECK(p.v.trained()[1] == 2);
}

TEST_CASE("the schedule rises, then falls to nothing") {
  CHECK(cosine_schedule(0, 100, 10) == Approx(0.1));
  CHECK(cosine_schedule(9, 100, 10) == 1);
  CHECK(cosine_schedule(10, 100, 10) == 1);
  CHECK(cosine_schedule(55, 100, 10) == Approx(0.5));
  CHECK(cosine_schedule(100, 100, 10) == Approx(0).margin(1e-12));
  CHECK(cosine_schedule(0, 1, 0) == 1);
  for (int i = 11; i < 100; ++i) CHECK(cosine_schedule(i, 100, 10) < cosine_schedule(i - 1, 100, 10));
}
