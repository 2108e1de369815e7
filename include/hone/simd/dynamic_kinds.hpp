#pragma once
#include <hone/nn/activation.hpp>
#include <hone/nn/batch_norm.hpp>
#include <hone/nn/concat.hpp>
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/int8_edges.hpp>
#include <hone/nn/pooling.hpp>
#include <hone/nn/quantize.hpp>
#include <hone/nn/residual.hpp>
#include <hone/simd/dynamic_form.hpp>

namespace hone::inline HONE_ABI::simd {

// f.template operator()<K>() for every kind that has run-time kernels, elementwise functions aside. One without a kernel
// in some number format does no harm here.
template <class F>
constexpr void for_each_dynamic_kind(F f) {
  f.template operator()<&conv2d_kind>(), f.template operator()<&depthwise_conv2d_kind>();
  f.template operator()<&dense_kind>(), f.template operator()<&max_pool_kind>(),
      f.template operator()<&avg_pool_kind>();
  f.template operator()<&add_kind>(), f.template operator()<&concat_kind>(), f.template operator()<&batch_norm_kind>();
  f.template operator()<&softmax_kind>(), f.template operator()<&quantize_kind>();
  f.template operator()<&dequantize_kind>(), f.template operator()<&table_kind>();
  f.template operator()<&qadd_kind>(), f.template operator()<&qmul_kind>();
}

}  // namespace hone::inline HONE_ABI::simd
