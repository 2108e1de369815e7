#pragma once
#include <hone/io/detail/import_window.hpp>
#include <hone/nn/nd/lrn.hpp>
#include <hone/nn/nd/matmul.hpp>
#include <hone/nn/nd/norm.hpp>

// Products of matrices, and normalisations by given or computed moments.
namespace hone::inline HONE_ABI::io::importing {

inline void translate_matmul(call& c) {
  result_narrowed(c, 0, nd::matmul(c.graph(), widened(c, 0), widened(c, 1), c.layer()));
}
inline void translate_gemm(call& c) {
  float const alpha = c.number("alpha", 1), beta = c.number("beta", 1);
  bool const trans_a = c.integer("transA", 0) != 0, trans_b = c.integer("transB", 0) != 0;
  result_narrowed(
      c, 0, nd::gemm(c.graph(), widened(c, 0), widened(c, 1), widened(c, 2), alpha, beta, trans_a, trans_b, c.layer()));
}

// Operand k as numbers of the type in which operand 0 is computed: scales may have another one.
inline int alike(call& c, int k) {
  if (!c.given(k)) return -1;
  bool const narrow = c.type(0) == dtype::f16 || c.type(0) == dtype::bf16;
  return cast(c, c.operand(k), narrow ? dtype::f32 : c.type(0));
}

inline void translate_batch_norm(call& c) {
  if (c.integer("training_mode", 0) != 0) c.refuse("it is in training mode", "export the network for inference");
  for (int k = 1; k < c.results(); ++k)
    if (c.wanted(k)) c.refuse("the moments of training are wanted", "export the network for inference");
  if (c.opset < 9 && c.integer("spatial", 1) == 0) c.refuse("its attribute spatial is 0", "use opset 9 or newer");
  result_narrowed(c, 0,
                  nd::batch_norm(c.graph(), widened(c, 0), alike(c, 1), alike(c, 2), alike(c, 3), alike(c, 4),
                                 c.number("epsilon", 1e-5f), c.layer()));
}
inline void translate_instance_norm(call& c) {
  result_narrowed(
      c, 0,
      nd::instance_norm(c.graph(), widened(c, 0), alike(c, 1), alike(c, 2), c.number("epsilon", 1e-5f), c.layer()));
}
inline void translate_group_norm(call& c) {
  result_narrowed(c, 0,
                  nd::group_norm(c.graph(), widened(c, 0), alike(c, 1), alike(c, 2), c.small("num_groups", 0),
                                 c.number("epsilon", 1e-5f), c.layer()));
}
inline void translate_layer_norm(call& c) {
  int const axis = c.axis(c.integer("axis", -1), c.rank(0));
  float const epsilon = c.number("epsilon", 1e-5f);
  if (c.wanted(0))
    result_narrowed(c, 0, nd::layer_norm(c.graph(), widened(c, 0), alike(c, 1), alike(c, 2), axis, epsilon, c.layer()));
  if (c.wanted(1)) c.result(1, nd::layer_norm_mean(c.graph(), widened(c, 0), axis, c.layer()));
  if (c.wanted(2)) c.result(2, nd::layer_norm_inverse_deviation(c.graph(), widened(c, 0), axis, epsilon, c.layer()));
}
inline void translate_lrn(call& c) {
  result_narrowed(c, 0,
                  nd::lrn(c.graph(), widened(c, 0), c.small("size", 0), c.number("alpha", 1e-4f),
                          c.number("beta", 0.75f), c.number("bias", 1), c.layer()));
}

}  // namespace hone::inline HONE_ABI::io::importing
