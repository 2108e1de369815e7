#pragma once
#include <hone/io/detail/import_reduce.hpp>
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
  result_narrowed(c, 0,
                  nd::gemm(c.graph(), widened(c, 0), widened(c, 1), optional_widened(c, 2), alpha, beta, trans_a,
                           trans_b, c.layer()));
}

// Operand k as numbers of the type in which operand 0 is computed: scales may have another one.
inline int alike(call& c, int k) {
  bool const narrow = c.type(0) == dtype::f16 || c.type(0) == dtype::bf16;
  return cast(c, c.operand(k), narrow ? dtype::f32 : c.type(0));
}
// The same; -1 where it is absent.
inline int optional_alike(call& c, int k) { return c.given(k) ? alike(c, k) : -1; }

// The moments of the batch itself, and the running ones that follow from them.
inline void translate_batch_norm_training(call& c) {
  int const x = widened(c, 0);
  dtype const type = c.type_of(x);
  extents const d = c.dims(0);
  extents axes, channels;
  for (int i = 0; i < d.rank; ++i) {
    channels.push_back(i == 1 ? d[i] : 1);
    if (i != 1) axes.push_back(i);
  }
  auto const mean_of = [&](int y) { return reduce(c, y, axes, true, nd::reduce_fn::mean); };
  auto const by_channel = [&](int k) { return reshape(c, alike(c, k), channels); };
  int const mean = mean_of(x), centred = binary(c, x, mean, nd::binary_fn::sub),
            variance = mean_of(binary(c, centred, centred, nd::binary_fn::mul));
  int const epsilon = c.scalar(static_cast<double>(c.number("epsilon", 1e-5f)), type),
            deviation = unary(c, binary(c, variance, epsilon, nd::binary_fn::add), nd::unary_fn::sqrt),
            scaled = binary(c, binary(c, centred, deviation, nd::binary_fn::div), by_channel(1), nd::binary_fn::mul);
  result_narrowed(c, 0, binary(c, scaled, by_channel(2), nd::binary_fn::add));
  double const momentum = static_cast<double>(c.number("momentum", 0.9f));
  for (int k = 1; k < 3; ++k) {
    if (!c.wanted(k)) continue;
    int const now = reshape(c, k == 1 ? mean : variance, c.dims(k + 2)),
              kept = binary(c, alike(c, k + 2), c.scalar(momentum, type), nd::binary_fn::mul),
              added = binary(c, now, c.scalar(1 - momentum, type), nd::binary_fn::mul);
    c.result(k, cast(c, binary(c, kept, added, nd::binary_fn::add), c.type(k + 2)));
  }
}
inline void translate_batch_norm(call& c) {
  if (c.integer("training_mode", 0) != 0) return translate_batch_norm_training(c);
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
    result_narrowed(
        c, 0, nd::layer_norm(c.graph(), widened(c, 0), alike(c, 1), optional_alike(c, 2), axis, epsilon, c.layer()));
  if (c.wanted(1)) c.result(1, nd::layer_norm_mean(c.graph(), widened(c, 0), axis, c.layer()));
  if (c.wanted(2)) c.result(2, nd::layer_norm_inverse_deviation(c.graph(), widened(c, 0), axis, epsilon, c.layer()));
}
inline void translate_lrn(call& c) {
  result_narrowed(c, 0,
                  nd::lrn(c.graph(), widened(c, 0), c.small("size", 0), c.number("alpha", 1e-4f),
                          c.number("beta", 0.75f), c.number("bias", 1), c.layer()));
}

}  // namespace hone::inline HONE_ABI::io::importing
