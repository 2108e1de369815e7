#pragma once
#include <hone/core/network.hpp>
#include <hone/shal/numerics.hpp>
#include <hone/train/float_form.hpp>

namespace hone::inline HONE_ABI::train {

// Makes n ready for int8 without training: sets the range of every edge that quantisation makes (tensors "<layer>.range")
// to the largest magnitude that the network computes there for these calls, in floating point. A call is the inputs' bytes,
// in the order of n's input operations. n is in f32, as a model describes it or pass::lower leaves it. Raises where
// there is no call, and where inputs or weights do not fit. Slow: scalar references.
inline void set_ranges(network& n, std::span<std::vector<buffer> const> calls) {
  if (calls.empty())
    raise("cannot set ranges", "there is no call to measure them on", "train::set_ranges", "give one at least");
  dynamic_graph const canonical = pass::canonical(n.graph, {.precision = dtype::i8}, profile{});
  dynamic_graph const form = float_form(canonical);
  shal::emulator emulate(form, pass::evaluate_parameters(form, n.weights));
  std::vector<float> largest(canonical.ops.size(), 0.f);
  for (std::vector<buffer> const& inputs : calls) {
    std::vector<buffer> const& edges = emulate.edges(inputs);
    for (std::size_t i = 1; i < edges.size(); ++i)
      if (clips(canonical, static_cast<int>(i)))
        for (std::size_t k = 0; k < edges[i].size() / sizeof(float); ++k) {
          float const size = std::abs(edges[i].as<float>()[k]);
          largest[i] = size > largest[i] ? size : largest[i];
        }
  }
  for (std::size_t i = 1; i < largest.size(); ++i) {
    if (!clips(canonical, static_cast<int>(i))) continue;
    weight const& leaf = weight_at(canonical, range_of(canonical, static_cast<int>(i)));
    label const name = tensor_name(canonical, leaf);
    tensor* const t = n.weights.find(name.c_str());
    float const fixed = fixed_range(leaf);
    (t != nullptr ? *t : n.weights.add(name.c_str(), dtype::f32, {1, 1, 1, 1})).values<float>()[0] =
        fixed > 0        ? fixed
        : largest[i] > 0 ? largest[i]
                         : 1.f;
  }
}

}  // namespace hone::inline HONE_ABI::train
