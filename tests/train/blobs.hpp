#pragma once
#include <hone/nn/model.hpp>
#include <hone/train/data.hpp>

// A small data set that can be learned, and networks for it: 4x4 images with a bright corner, three classes.
namespace blobs {

namespace nn = hone::nn;

struct net : hone::model<nn::input<4, 4, 1, nn::values::nonnegative>, nn::conv2d<6, 3>, nn::batch_norm, nn::relu,
                         nn::residual<nn::conv2d<6, 3>, nn::batch_norm>, nn::relu, nn::global_avg_pool, nn::dense<3>> {
};
struct plain_net
    : hone::model<nn::input<4, 4, 1, nn::values::nonnegative>, nn::conv2d<6, 3>, nn::relu, nn::flatten, nn::dense<3>> {
};

inline hone::train::data_set examples(std::size_t n, std::uint64_t seed) {
  hone::train::generator r(seed);
  hone::train::data_set d{
      xt::xtensor<float, 4>::from_shape({n, 4, 4, 1}), xt::xtensor<std::int32_t, 1>::from_shape({n}), 3};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t p = 0; p < 16; ++p) d.images.data()[16 * i + p] = static_cast<float>(r.uniform(0, 0.6));
    std::size_t const label = i % 3, corner[]{0, 2, 8};
    for (std::size_t p : {0u, 1u, 4u, 5u}) d.images.data()[16 * i + corner[label] + p] += 0.5f;
    d.labels.data()[i] = static_cast<std::int32_t>(label);
  }
  return d;
}

}  // namespace blobs
