#pragma once
#include <hone/core/tensor.hpp>
#include <hone/nn/model.hpp>

#include <vector>

// Small networks and parameters for tests.
namespace networks {

namespace nn = hone::nn;

// The digits network in small: convolutions, batch norms, two residual sums, a strided step, pooling, a head.
struct residual_net
    : hone::model<nn::input<7, 5, 3, nn::values::nonnegative>, nn::conv2d<6, 3>, nn::batch_norm, nn::relu,
                  nn::residual<nn::conv2d<6, 3>, nn::batch_norm, nn::relu, nn::conv2d<6, 3>, nn::batch_norm>, nn::relu,
                  nn::conv2d<9, 3, 2>, nn::batch_norm, nn::relu6,
                  nn::residual<nn::depthwise_conv2d<3>, nn::relu, nn::conv2d<9, 1>>, nn::global_avg_pool,
                  nn::dense<4>> {};
// Branches, pooling of both kinds, a signed input and functions that int8 has no form of.
struct branching_net
    : hone::model<nn::input<6, 6, 2>, nn::conv2d<4, nn::extent{2, 3}, 1, nn::padding::valid>, nn::tanh,
                  nn::concat<nn::identity, nn::conv2d<3, 1>, nn::sequence<nn::conv2d<5, 3>, nn::relu>>, nn::max_pool<2>,
                  nn::avg_pool<nn::extent{2, 1}, 1>, nn::flatten, nn::dense<7>, nn::sigmoid, nn::dense<3>,
                  nn::softmax> {};

// Numbers in [-1, 1) that look random, the same on every machine.
class noise {
 public:
  explicit noise(std::uint32_t seed) : s_(seed * 2654435761u + 12345u) {}
  float operator()() {
    s_ ^= s_ << 13, s_ ^= s_ >> 17, s_ ^= s_ << 5;
    return static_cast<float>(static_cast<std::int32_t>(s_)) * 0x1p-31f;
  }

 private:
  std::uint32_t s_;
};
inline std::vector<float> input_of(hone::shape s, std::uint32_t seed, bool nonnegative) {
  noise next(seed);
  std::vector<float> x(static_cast<std::size_t>(s.size()));
  for (float& v : x) v = nonnegative ? (next() + 1) / 2 : next();
  return x;
}
// Values for every leaf of g: weights that keep activations near 1, positive variances, ranges of 4.
template <class G>
hone::tensor_set parameters_of(G const& g, std::uint32_t seed) {
  noise next(seed);
  hone::tensor_set out;
  for (hone::weight const& w : g.weights) {
    if (!w.leaf()) continue;
    hone::tensor& t = out.add(hone::tensor_name(g, w).c_str(), hone::dtype::f32, w.dims);
    float scale = 1;
    while (w.what == hone::role::weight && scale * scale * static_cast<float>(w.rows) > 2) scale *= 0.8f;
    for (float& v : t.values<float>()) switch (w.what) {
        case hone::role::gamma:
        case hone::role::variance: v = 1 + 0.5f * next(); break;
        case hone::role::range: v = 4; break;
        case hone::role::weight: v = scale * next(); break;
        default: v = 0.3f * next();
      }
  }
  return out;
}

}  // namespace networks
