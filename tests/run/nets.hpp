#pragma once
#include <hone/hone.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/nehalem.hpp>
#include <hone/hw/catalogue/neoverse_n1.hpp>

#include "tests/support/networks.hpp"

// Engines of the tests, used through the first door; engine_test.cpp defines them.
namespace nets {

namespace nn = hone::nn;
namespace hw = hone::hw;

struct small : hone::model<nn::input<6, 5, 3>, nn::conv2d<8, 3>, nn::batch_norm, nn::relu, nn::max_pool<2>,
                           nn::conv2d<12, 3>, nn::tanh, nn::global_avg_pool, nn::dense<5>, nn::softmax> {};
struct small_int8 : hone::specialized<small, hone::options{.precision = hone::dtype::i8}> {};
struct gain : hone::model<nn::input<1>, nn::dense<4>, nn::relu, nn::dense<1>> {};

// The last variants run everywhere on x86, and on Arm.
template <class Network>
using engine = hone::engine<Network, hw::haswell, hw::nehalem, hw::any, hw::neoverse_n1>;
inline constexpr int variants = 4;

inline std::vector<float> image(std::uint32_t seed) { return networks::input_of({6, 5, 3}, seed, false); }
template <class Network>
hone::tensor_set parameters(std::uint32_t seed = 1) {
  return networks::parameters_of(hone::specialization_of<Network>::canonical, seed);
}
// Trains little and splits as it likes.
inline hone::adaptation quick() {
  hone::adaptation how;
  how.rl_training_epochs = 4, how.shortest = {}, how.resident_variants = variants;
  return how;
}

}  // namespace nets
