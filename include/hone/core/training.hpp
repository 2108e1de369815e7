#pragma once
#include <hone/core/op.hpp>
#include <hone/core/weight.hpp>

namespace hone::inline HONE_ABI {

// Operands of an operation in training. A batch is worked on in slices, side by side; what an operation must know about
// the whole batch passes through sums: each slice adds its own, then they are added up in order.
template <class T>
struct training_args {
  T const* in{};    // input 0 of this slice
  T* out{};         // its result
  T const* dout{};  // derivatives of the loss, as in grad_args
  T* din{};
  std::array<T*, roles>
      leaf{};  // the leaves of the operation's weight recipes, by what they are; a missing one is null
  std::array<T*, roles> dleaf{};
  std::array<weight const*, max_params> recipe{};  // the nodes that hold the operation's parameters at inference
  double* sums{};                                  // while gathering: this slice's; afterwards: the batch's
  double* gradient_sums{};                         // the same, backwards
  int slice{1}, batch{1};                          // images
};

// How a kind computes while it is trained, where that is not its reference: by the leaves of its weight recipe instead of
// the recipe's results, and with sums over the batch.
template <class T>
struct training_form {
  int (*sums)(op const&);                                         // how many sums (and as many gradient sums)
  void (*gather)(op const&, training_args<T> const&);             // adds this slice's sums
  void (*forward)(op const&, training_args<T> const&);            // out, from the batch's sums
  void (*gather_gradient)(op const&, training_args<T> const&);    // adds this slice's gradient sums; adds to dleaf
  void (*backward)(op const&, training_args<T> const&);           // adds to din, from both kinds of sums
  void (*keep_statistics)(op const&, training_args<T> const&){};  // once a step: changes leaves that are not trained
};

}  // namespace hone::inline HONE_ABI
