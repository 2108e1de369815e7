#include <hone/nn/model.hpp>
#include <hone/train/data.hpp>
#include <hone/train/initialize.hpp>
#include <hone/train/loss.hpp>
#include <hone/train/optimizer.hpp>
#include <hone/train/tape.hpp>

#include "catch2.hpp"

using namespace hone;
using namespace hone::train;

namespace {

struct digits : model<nn::input<8, 8, 1>, nn::conv2d<16, 3>, nn::batch_norm, nn::relu,
                      nn::residual<nn::conv2d<16, 3>, nn::batch_norm, nn::relu, nn::conv2d<16, 3>, nn::batch_norm>,
                      nn::relu, nn::conv2d<32, 3, 2>, nn::batch_norm, nn::relu,
                      nn::residual<nn::conv2d<32, 3>, nn::batch_norm, nn::relu, nn::conv2d<32, 3>, nn::batch_norm>,
                      nn::relu, nn::global_avg_pool, nn::dense<10>> {};

std::vector<double> reference_losses() {
  std::ifstream file("tests/train/data/pytorch_losses.csv");
  std::vector<double> losses;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') losses.push_back(std::stod(line));
  return losses;
}

}  // namespace

TEST_CASE("20 steps from the same weights have PyTorch's losses within 1e-4") {
  std::vector<double> const wanted = reference_losses();
  REQUIRE(wanted.size() == 20);
  data_set const d = load_csv("examples/data/digits.csv", {{8, 8, 1}, 1 / 16.f, 10});
  dynamic_graph const g = thaw(digits::description);
  variables<float> v(g, leaves_of(g));
  assign(v, g, initialize(g, 1));
  numerics<float> n(g, v);
  crew hands(2);
  tape<float> t(n, hands, 32, 8);
  optimizer change({.how = method::sgd, .momentum = 0.9}, v.trained().size());
  for (std::size_t step = 0; step < wanted.size(); ++step) {
    std::span<std::int32_t const> const labels(d.labels.data() + 32 * step, 32);
    n.refresh();
    auto const z = t.forward(d.images.data() + 32 * 64 * step, 32, true);
    double const loss = cross_entropy(z, labels, 0, t.derivatives().data(), 1.0 / 32).loss / 32;
    CAPTURE(step);
    CHECK(loss == Approx(wanted[step]).margin(1e-4).epsilon(0));
    std::fill(t.gradient().begin(), t.gradient().end(), 0.f);
    t.backward();
    change.step(v, t.gradient(), 0.05);
  }
}
