#pragma once
#include <hone/core/tensor.hpp>
#include <hone/train/generator.hpp>

#include <cmath>

namespace hone::inline HONE_ABI::train {

// How weights start (He et al., arXiv 1502.01852; Glorot and Bengio, 2010).
enum class start : std::uint8_t { he, glorot };

// Parameters for every leaf of a model's description, by name. Weights are uniform in +-sqrt(6 / inputs) (He) or
// +-sqrt(6 / (inputs + outputs)) (Glorot) of one output; gamma and variance are 1, ranges 1, everything else 0. The
// numbers follow from the seed alone, in the order of the leaves: value = float((2 u - 1) * limit), u from generator.
template <class G>
tensor_set initialize(G const& g, std::uint64_t seed, start how = start::he) {
  generator draw(seed);
  tensor_set out;
  for (weight const& w : g.weights) {
    if (!w.leaf()) continue;
    tensor& t = out.add(tensor_name(g, w).c_str(), dtype::f32, w.dims);
    double const inputs = w.rows, taps = double(w.dims[0]) * w.dims[1], outputs = taps * w.cols;
    double const limit = std::sqrt(6 / (how == start::he ? inputs : inputs + outputs));
    float const constant = w.what == role::gamma || w.what == role::variance || w.what == role::range ? 1.f : 0.f;
    for (float& v : t.values<float>())
      v = w.what == role::weight ? static_cast<float>((2 * draw.uniform() - 1) * limit) : constant;
  }
  return out;
}

}  // namespace hone::inline HONE_ABI::train
