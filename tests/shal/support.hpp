#pragma once
#include <hone/core/tensor.hpp>
#include <hone/nn/model.hpp>

#include <cstdint>
#include <vector>

namespace shal_test {

// A small network with everything that the digits network has: padding, strides, a residual, pooling, a head.
struct small : hone::model<hone::nn::input<8, 8>, hone::nn::conv2d<16, 3>, hone::nn::relu,
                           hone::nn::residual<hone::nn::conv2d<16, 3>, hone::nn::relu, hone::nn::conv2d<16, 3>>,
                           hone::nn::relu, hone::nn::conv2d<32, 3, 2>, hone::nn::relu, hone::nn::global_avg_pool,
                           hone::nn::flatten, hone::nn::dense<10>> {};

// Numbers in [-1, 1) that look random, the same on every machine.
inline std::vector<float> noise(std::size_t n, std::uint32_t seed) {
  std::vector<float> out(n);
  for (float& v : out) {
    seed = seed * 1664525u + 1013904223u;
    v = static_cast<float>(static_cast<std::int32_t>(seed)) / 2147483648.0f;
  }
  return out;
}

// A buffer that holds these values.
template <class T>
hone::buffer holding(std::vector<T> const& values) {
  hone::buffer b(values.size() * sizeof(T));
  std::memcpy(b.data(), values.data(), b.size());
  return b;
}

// Noise for every leaf of g, scaled by 1 / sqrt(rows) so that activations keep their size.
template <class G>
std::vector<hone::buffer> noisy_leaves(G const& g, std::uint32_t seed) {
  std::vector<hone::buffer> values(g.weights.size());
  for (std::size_t i = 0; i < g.weights.size(); ++i) {
    hone::weight const& w = g.weights[i];
    std::vector<float> v = noise(static_cast<std::size_t>(w.rows * w.cols), seed + static_cast<std::uint32_t>(i));
    float scale = 1;
    while (scale * scale * static_cast<float>(w.rows) > 1) scale *= 0.75f;
    for (float& x : v) x *= scale;
    values[i] = holding(v);
  }
  return values;
}

}  // namespace shal_test
