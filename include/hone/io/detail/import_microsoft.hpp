#pragma once
#include <hone/io/detail/import_dense.hpp>
#include <hone/io/detail/import_quantized.hpp>

// ONNX Runtime's own operators that its quantiser and its optimiser put into small networks. Those on stored numbers are
// what they are defined as: values, an operation on them, and stored numbers again.
namespace hone::inline HONE_ABI::io::importing {

// Operands k, k + 1 and k + 2 are stored numbers, their scale and their zero point.
inline int values_of(call& c, int k) {
  return dequantized(c, c.operand(k), c.operand(k + 1), c.optional_operand(k + 2));
}
// Operands k and k + 1 are the result's scale and zero point.
inline void result_stored(call& c, int y, int k) {
  dtype const to = c.given(k + 1) ? c.type(k + 1) : dtype::u8;
  c.result(quantized(c, y, c.operand(k), c.optional_operand(k + 1), to));
}

template <nd::binary_fn Fn>
void translate_qlinear_binary(call& c) {
  result_stored(c, binary(c, values_of(c, 0), values_of(c, 3), Fn), 6);
}
inline void translate_qlinear_sigmoid(call& c) {
  result_stored(c, unary(c, values_of(c, 0), nd::unary_fn::sigmoid), 3);
}
inline void translate_qlinear_leaky_relu(call& c) {
  result_stored(c, unary(c, values_of(c, 0), nd::unary_fn::leaky_relu, c.number("alpha", 0.01f)), 3);
}
inline void translate_qlinear_softmax(call& c) {
  extents const d = c.dims(0);
  int const axis = c.axis(c.integer("axis", -1), d.rank);
  bool const flat = c.integer("opset", 13) < 13;
  extents const seen = flat ? checked_dims(c, {d.count(0, axis), d.count(axis, d.rank)}) : d;
  int const x = reshape(c, values_of(c, 0), seen);
  int const y = c.ok(nd::softmax(c.graph(), x, flat ? 1 : axis, false, c.layer()));
  result_stored(c, reshape(c, y, d), 3);
}
// [n][c][spatial], or with channels_last [n][spatial][c].
inline extents spatial_axes(call& c) {
  int const rank = c.rank(0);
  return c.integer("channels_last", 0) != 0 ? [rank] {
    extents e;
    for (int i = 1; i + 1 < rank; ++i) e.push_back(i);
    return e;
  }() : axes_from(2, rank);
}
inline void translate_qlinear_global_average_pool(call& c) {
  result_stored(c, reduce(c, values_of(c, 0), spatial_axes(c), true, nd::reduce_fn::mean), 3);
}
inline void translate_qlinear_average_pool(call& c) {
  if (c.integer("channels_last", 0) != 0) c.refuse_value("channels_last", "1", "0");
  int const x = values_of(c, 0);
  result_stored(c,
                c.ok(nd::average_pool(c.graph(), x, pool_window(c), c.integer("ceil_mode", 0) != 0,
                                      c.integer("count_include_pad", 0) != 0, c.layer())),
                3);
}
// Operands: the result's scale and zero point, then three of each part.
inline void translate_qlinear_concat(call& c) {
  if (c.operands() < 5 || c.operands() % 3 != 2)
    c.refuse(message("it has ") << c.operands() << " operands", "give two, and three a part");
  std::vector<int> parts;
  for (int k = 2; k < c.operands(); k += 3) parts.push_back(values_of(c, k));
  result_stored(c, c.ok(nd::concat(c.graph(), parts, c.axis(c.integer("axis", 1), c.rank(2)), c.layer())), 0);
}
// A product of stored numbers, with a bias in the sums' units; float where the result's scale is absent.
inline void translate_qgemm(call& c) {
  bool const trans_a = c.integer("transA", 0) != 0, trans_b = c.integer("transB", 0) != 0;
  float const alpha = c.number("alpha", 1);
  int const a = trans_a ? transpose(c, c.operand(0), {1, 0}) : c.operand(0),
            b = trans_b ? transpose(c, c.operand(3), {1, 0}) : c.operand(3);
  int sums = c.ok(nd::matmul_integer(c.graph(), a, b, c.optional_operand(2), c.optional_operand(5), c.layer()));
  if (c.given(6)) sums = binary(c, sums, c.operand(6), nd::binary_fn::add);
  int const scale = binary(c, binary(c, c.operand(1), c.operand(4), nd::binary_fn::mul),
                           c.scalar(static_cast<double>(alpha), dtype::f32), nd::binary_fn::mul);
  int const y = binary(c, cast(c, sums, dtype::f32), scale, nd::binary_fn::mul);
  if (!c.given(7)) return c.result(y);
  result_stored(c, y, 7);
}
// Operands: a, b, their scales, their zero points, a bias: b stored, a too.
inline void translate_matmul_integer_to_float(call& c) {
  int const sums = c.ok(nd::matmul_integer(
      c.graph(), c.operand(0), c.operand(1), c.optional_operand(4), c.optional_operand(5), c.layer()));
  int const scale = binary(c, c.operand(2), c.operand(3), nd::binary_fn::mul);
  int y = binary(c, cast(c, sums, dtype::f32), scale, nd::binary_fn::mul);
  if (c.given(6)) y = binary(c, y, c.operand(6), nd::binary_fn::add);
  c.result(y);
}
// Operands: a (float, quantised as it comes), b stored, its scale and zero point, a bias.
inline void translate_dynamic_quantize_matmul(call& c) {
  int const x = c.operand(0), a = c.ok(nd::dynamic_quantize_value(c.graph(), x, c.layer())),
            a_scale = c.ok(nd::dynamic_quantize_scale(c.graph(), x, c.layer())),
            a_zero = c.ok(nd::dynamic_quantize_zero(c.graph(), x, c.layer()));
  int const sums = c.ok(nd::matmul_integer(c.graph(), a, c.operand(1), a_zero, c.optional_operand(3), c.layer()));
  int const scale = binary(c, a_scale, c.operand(2), nd::binary_fn::mul);
  int y = binary(c, cast(c, sums, dtype::f32), scale, nd::binary_fn::mul);
  if (c.given(4)) y = binary(c, y, c.operand(4), nd::binary_fn::add);
  c.result(y);
}

// The activation that ONNX Runtime fused into a convolution or product.
inline int activated(call& c, int x) {
  std::string_view const fn = c.text("activation", "");
  std::vector<float> const p = c.numbers("activation_params");
  auto const param = [&p](std::size_t i, float otherwise) { return i < p.size() ? p[i] : otherwise; };
  if (fn.empty()) return x;
  if (fn == "Relu") return unary(c, x, nd::unary_fn::relu);
  if (fn == "Tanh") return unary(c, x, nd::unary_fn::tanh);
  if (fn == "Sigmoid") return unary(c, x, nd::unary_fn::sigmoid);
  if (fn == "LeakyRelu") return unary(c, x, nd::unary_fn::leaky_relu, param(0, 0.01f));
  if (fn == "Clip") return unary(c, x, nd::unary_fn::clip, param(0, -3.4e38f), param(1, 3.4e38f));
  if (fn == "HardSigmoid") return unary(c, x, nd::unary_fn::hard_sigmoid, param(0, 0.2f), param(1, 0.5f));
  c.refuse_value("activation", fn, "Relu, Tanh, Sigmoid, LeakyRelu, Clip and HardSigmoid");
}
inline void translate_fused_conv(call& c) {
  int y = c.ok(nd::conv(
      c.graph(), c.operand(0), c.operand(1), c.optional_operand(2), conv_window(c, 1), c.small("group", 1), c.layer()));
  if (c.given(3)) y = binary(c, y, c.operand(3), nd::binary_fn::add);
  c.result(activated(c, y));
}
inline void translate_fused_gemm(call& c) {
  int const y =
      c.ok(nd::gemm(c.graph(), c.operand(0), c.operand(1), c.optional_operand(2), c.number("alpha", 1),
                    c.number("beta", 1), c.integer("transA", 0) != 0, c.integer("transB", 0) != 0, c.layer()));
  c.result(activated(c, y));
}
inline int last_two_swapped(call& c, int x) {
  extents const d = c.extents_of(x);
  if (d.rank < 2) return x;
  extents perm = axes_from(0, d.rank);
  perm[d.rank - 2] = d.rank - 1, perm[d.rank - 1] = d.rank - 2;
  return transpose(c, x, perm);
}
inline void translate_fused_matmul(call& c) {
  if (c.integer("transBatchA", 0) != 0 || c.integer("transBatchB", 0) != 0)
    c.refuse("it transposes batches", "supported are transBatchA = transBatchB = 0");
  int const a = c.integer("transA", 0) != 0 ? last_two_swapped(c, c.operand(0)) : c.operand(0),
            b = c.integer("transB", 0) != 0 ? last_two_swapped(c, c.operand(1)) : c.operand(1);
  int const y = c.ok(nd::matmul(c.graph(), a, b, c.layer()));
  float const alpha = c.number("alpha", 1);
  c.result(alpha == 1 ? y : binary(c, y, c.scalar(static_cast<double>(alpha), c.type(0)), nd::binary_fn::mul));
}
template <nd::unary_fn Fn>
void translate_bias_gelu(call& c) {
  int const x = c.given(1) ? binary(c, c.operand(0), c.operand(1), nd::binary_fn::add) : c.operand(0);
  c.result(unary(c, x, Fn));
}
inline void translate_quick_gelu(call& c) {
  c.result(unary(c, c.operand(0), nd::unary_fn::swish, c.number("alpha", 1.702f)));
}
// The normalisation of x + skip (+ bias); the fourth result is that sum.
inline void translate_skip_layer_norm(call& c) {
  int sum = binary(c, c.operand(0), c.operand(1), nd::binary_fn::add);
  if (c.given(4)) sum = binary(c, sum, c.operand(4), nd::binary_fn::add);
  c.result(
      nd::layer_norm(c.graph(), sum, c.operand(2), c.optional_operand(3), -1, c.number("epsilon", 1e-12f), c.layer()));
  if (c.wanted(1) || c.wanted(2)) c.refuse("its moments are wanted", "drop these results");
  if (c.wanted(3)) c.result(3, sum);
}

}  // namespace hone::inline HONE_ABI::io::importing
