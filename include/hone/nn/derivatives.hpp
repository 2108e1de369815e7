#pragma once
#include <hone/nn/activation.hpp>
#include <hone/nn/batch_norm_training.hpp>
#include <hone/nn/concat.hpp>
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/pooling.hpp>
#include <hone/nn/residual.hpp>

namespace hone::inline HONE_ABI::nn {

// How a kind is trained through: its gradient, and its training form if it has one.
template <class T>
struct derivatives {
  std::uint64_t id{};                                  // of the kind
  void (*gradient)(op const&, grad_args<T> const&){};  // null: it cannot be trained through
  training_form<T> const* form{};
};

// What k's descriptor says, else what is known of Hone's own kinds. Theirs stand here and not in their descriptors because
// every program that runs an engine compiles those, and few of them train (a second of compile time each).
template <class T>
derivatives<T> derivatives_of(op_kind const& k) {
  static constexpr derivatives<T> known[]{
      {conv2d_kind.id, conv2d_gradient<T>},     {depthwise_conv2d_kind.id, depthwise_gradient<T>},
      {dense_kind.id, dense_gradient<T>},       {batch_norm_kind.id, batch_norm_gradient<T>, &batch_norm_training<T>},
      {softmax_kind.id, softmax_gradient<T>},   {max_pool_kind.id, max_pool_gradient<T>},
      {avg_pool_kind.id, avg_pool_gradient<T>}, {flatten_kind.id, flatten_gradient<T>},
      {add_kind.id, add_gradient<T>},           {concat_kind.id, concat_gradient<T>},
  };
  derivatives<T> own{k.id};
  if constexpr (sizeof(T) == sizeof(float))
    own.gradient = k.gradient_f32.function, own.form = k.training_f32;
  else
    own.gradient = k.gradient_f64.function, own.form = k.training_f64;
  if (own.gradient != nullptr || own.form != nullptr) return own;
  if (k.pointwise) return {k.id, pointwise_gradient<T>};
  for (derivatives<T> const& d : known)
    if (d.id == k.id) return d;
  return own;
}

}  // namespace hone::inline HONE_ABI::nn
