#include <hone/nn/model.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/train/thinning.hpp>

#include "catch2.hpp"
#include "networks.hpp"

using namespace hone;
using namespace hone::train;

namespace {

struct chain : model<nn::input<6, 6, 2>, nn::conv2d<8, 3>, nn::batch_norm, nn::relu, nn::conv2d<8, 3>, nn::relu,
                     nn::conv2d<4, 3>, nn::global_avg_pool, nn::dense<3>> {};

// A machine on which channels cost what their arithmetic costs, so that pruning pays.
constexpr profile arithmetic{
    .name = "one lane",
    .clock = {1},
    .f32 = {.mac_uops_per_cycle = 1, .chain_cycles = 0},
    .memory = {.bandwidth = {1000}}};

}  // namespace

TEST_CASE("fading leaves nothing of the channels that pruning removes, and the rest as it was") {
  dynamic_graph const described = thaw(chain::description);
  dynamic_graph const whole = pass::canonical(described, options{}, arithmetic);
  dynamic_graph const slim = pass::canonical(described, options{.prune = 0.5f}, arithmetic);
  REQUIRE(slim.ops[1].out.c == 4);
  tensor_set const base = networks::parameters_of(described, 2);
  variables<float> v(described, leaves_of(described));
  assign(v, described, base);
  thinning fade(whole, slim, v, pass::evaluate_parameters(whole, base));
  CHECK_FALSE(fade.empty());
  std::vector<float> const before(v.trained().begin(), v.trained().end());
  fade(0, 4);
  int halfway = 0;
  for (std::size_t k = 0; k < before.size(); ++k)
    halfway += v.trained()[k] == 0.75f * before[k] && before[k] != 0 ? 1 : 0;
  CHECK(halfway > 0);
  for (int step = 1; step < 4; ++step) fade(step, 4);
  tensor_set const thin = as_tensors(v, described);
  // 4 of 8 channels of either convolution: gamma and beta of the first, weights and bias of the second
  auto const zeros = [&](char const* name) {
    auto const x = thin.at(name).values<float>();
    return std::count(x.begin(), x.end(), 0.f);
  };
  CHECK(zeros("batch_norm_2.gamma") == 4);
  CHECK(zeros("batch_norm_2.beta") == 4);
  CHECK(zeros("conv2d_1.weight") == 0);
  CHECK(zeros("conv2d_4.weight") == 4 * 9 * 8);
  CHECK(zeros("conv2d_4.bias") == 4);
  CHECK(zeros("conv2d_6.weight") == 0);
  // and so removing them changes nothing
  std::vector<float> const image = networks::input_of({6, 6, 2}, 5, false);
  std::vector<double> const x(image.begin(), image.end());
  auto const a = shal::evaluate<double>(whole, pass::evaluate_parameters(whole, thin), std::span<double const>(x));
  auto const b = shal::evaluate<double>(slim, pass::evaluate_parameters(slim, thin), std::span<double const>(x));
  for (std::size_t k = 0; k < a.size(); ++k) CHECK(b[k] == Approx(a[k]).epsilon(1e-6));
}

TEST_CASE("without pruning there is nothing to fade") {
  dynamic_graph const described = thaw(chain::description), whole = pass::canonical(described, options{}, arithmetic);
  tensor_set const base = networks::parameters_of(described, 2);
  variables<float> v(described, leaves_of(described));
  assign(v, described, base);
  CHECK(thinning(whole, whole, v, pass::evaluate_parameters(whole, base)).empty());
}
