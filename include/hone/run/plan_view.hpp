#pragma once
#include <hone/core/tensor.hpp>
#include <hone/core/tensor_op.hpp>
#include <hone/hw/profile.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/input.hpp>
#include <hone/simd/kernel.hpp>

namespace hone::inline HONE_ABI {

// Whether nothing needs to run for o: its result is given, or lies where its input does.
constexpr bool does_nothing(op const& o) { return is(o, input_kind) || is(o, flatten_kind) || is(o, constant_kind); }

// One precompiled way to run a plan: a machine's final graph and the kernels compiled for its instruction set.
struct variant_view {
  profile const* machine{};
  op const* ops{};  // of the final graph
  weight const* weights{};
  std::int32_t arena{}, packed{};  // bytes
  kernel_entry const* entries{};   // by operation; null where an operation does nothing
  kernel_entry whole{};  // all operations by direct calls; takes the first of an array of operands, one an operation;
                         // null where there is none
  buffer (*pack)(variant_view const&, tensor_set const&){};  // canonical tensors to the packed block
  nanoseconds const* predicted{};                            // by operation
  void const* const* forms{};  // by operation: kernel_args::form; null: no kernel wants one
  void const* owner{};         // of a plan made at run time
  tensor_math const* math{};   // of tensor operations, tensor_args::math
};

// A compiled plan as values: what the non-template parts of the runtime work on.
struct plan_view {
  std::uint64_t plan_id{};
  int ops{};
  shape input{}, output{};
  std::int32_t input_at{}, output_at{};  // arena offsets, the same in every variant
  std::span<variant_view const> variants;
  layer const* layers{};       // that operations come from, by op::layer
  tensor_form const* forms{};  // by op::form
  std::span<port const> ports{};
  std::int16_t const* live{};  // by operation: how many earlier results it and later ones read (pass/partition.hpp)

  // The name of the layer that operation i comes from.
  char const* layer_of(int i) const {
    std::int16_t const l = variants[0].ops[i].layer;
    return l < 0 ? "" : layers[l].name.c_str();
  }
};

}  // namespace hone::inline HONE_ABI
