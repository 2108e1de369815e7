#pragma once
#include <hone/train/fit.hpp>
#include <hone/train/initialize.hpp>

#include <memory>

namespace hone::inline HONE_ABI::train {

namespace detail {
inline std::unique_ptr<numerics<float>> numerics_for(dtype precision, dynamic_graph const& g, variables<float>& v) {
  if (precision == dtype::bf16) return std::make_unique<mixed_bf16>(g, v);
  if (precision != dtype::f32)
    raise("cannot run a model in this precision", message() << "it is " << name(precision), "hone::train",
          "take f32 or bf16; train::fine_tune evaluates int8");
  return std::make_unique<numerics<float>>(g, v);
}
}  // namespace detail

// Trains the model that g describes (thaw(model::description)) on d, from `start`, and returns its parameters: every leaf
// by name, running averages included. Cross-entropy over the outputs; a softmax at the end is taken into the loss. The
// result depends on g, start, d and o alone, not on the number of threads; with one compiler and one set of flags it is
// the same to the bit. Raises for data that do not fit, and with step and loss where training diverges.
inline tensor_set train(dynamic_graph const& g, tensor_set const& start, data_set const& d,
                        training_options const& o = {}) {
  variables<float> v(g, leaves_of(g));
  assign(v, g, start);
  detail::check_options(o);
  fit(*detail::numerics_for(o.precision, g, v), d, o);
  return as_tensors(v, g);
}

// Loss, accuracy and answers of a model with these parameters, as inference computes it. `precision` bf16: with weights
// and results of operations rounded as in mixed training.
inline evaluation evaluate(dynamic_graph const& g, tensor_set const& parameters, data_set const& d, int threads = 0,
                           dtype precision = dtype::f32) {
  variables<float> v(g, leaves_of(g));
  assign(v, g, parameters);
  auto const n = detail::numerics_for(precision, g, v);
  n->refresh();
  crew hands(threads);
  tape<float> t(*n, hands, 128, 8);
  check_data(d, g.ops[0].out, t.result_shape().size());
  return evaluate(t, d);
}

}  // namespace hone::inline HONE_ABI::train
