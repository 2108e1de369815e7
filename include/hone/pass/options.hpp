#pragma once
#include <hone/core/dtype.hpp>

namespace hone::inline HONE_ABI {

// What a specialisation may change. A structural value: part of a plan's type.
struct options {
  dtype precision{dtype::f32};  // of the weights, and with i8 of the activations: f32, bf16 or i8
  float prune{0};               // largest share of a layer's channels that structured pruning may remove, [0, 1)
  constexpr bool operator==(options const&) const = default;
};

}  // namespace hone::inline HONE_ABI
