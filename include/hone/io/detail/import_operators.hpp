#pragma once
#include <hone/io/detail/import_microsoft.hpp>
#include <hone/io/detail/import_recurrent.hpp>
#include <hone/io/detail/import_resize.hpp>

namespace hone::inline HONE_ABI::io::importing {

// How the calls of one operator are translated.
struct translation_rule {
  char const* name;
  void (*translate)(call&);
  // Evaluated at once where all operands are known. Not DequantizeLinear: passes want the stored numbers.
  bool folds{true};
};

namespace rules {
using u = nd::unary_fn;
using b = nd::binary_fn;
using r = nd::reduce_fn;

// Of ONNX itself, in alphabetical order.
inline constexpr translation_rule onnx[]{
    {"Abs", translate_unary<u::abs>},
    {"Acos", translate_unary<u::acos>},
    {"Acosh", translate_unary<u::acosh>},
    {"Add", translate_binary<b::add>},
    {"And", translate_binary<b::logical_and>},
    {"ArgMax", translate_arg<true>},
    {"ArgMin", translate_arg<false>},
    {"Asin", translate_unary<u::asin>},
    {"Asinh", translate_unary<u::asinh>},
    {"Atan", translate_unary<u::atan>},
    {"Atanh", translate_unary<u::atanh>},
    {"AveragePool", translate_average_pool},
    {"BatchNormalization", translate_batch_norm},
    {"BitShift", translate_bit_shift},
    {"BitwiseAnd", translate_binary<b::bitwise_and>},
    {"BitwiseNot", translate_unary<u::bitwise_not>},
    {"BitwiseOr", translate_binary<b::bitwise_or>},
    {"BitwiseXor", translate_binary<b::bitwise_xor>},
    {"Cast", translate_cast},
    {"CastLike", translate_cast_like},
    {"Ceil", translate_unary<u::ceil>},
    {"Celu", translate_celu},
    {"Clip", translate_clip},
    {"Concat", translate_concat},
    {"Constant", translate_constant},
    {"ConstantOfShape", translate_constant_of_shape},
    {"Conv", translate_conv},
    {"ConvInteger", translate_conv_integer},
    {"ConvTranspose", translate_conv_transpose},
    {"Cos", translate_unary<u::cos>},
    {"Cosh", translate_unary<u::cosh>},
    {"CumSum", translate_cumsum},
    {"DepthToSpace", translate_depth_to_space},
    {"DequantizeLinear", translate_dequantize_linear, false},
    {"Div", translate_binary<b::div>},
    {"Dropout", translate_dropout},
    {"DynamicQuantizeLinear", translate_dynamic_quantize_linear},
    {"Elu", translate_elu},
    {"Equal", translate_binary<b::equal>},
    {"Erf", translate_unary<u::erf>},
    {"Exp", translate_unary<u::exp>},
    {"Expand", translate_expand},
    {"EyeLike", translate_eye_like},
    {"Flatten", translate_flatten},
    {"Floor", translate_unary<u::floor>},
    {"GRU", translate_gru},
    {"Gather", translate_gather},
    {"GatherElements", translate_gather_elements},
    {"GatherND", translate_gather_nd},
    {"Gelu", translate_gelu},
    {"Gemm", translate_gemm},
    {"GlobalAveragePool", translate_global_pool<r::mean>},
    {"GlobalMaxPool", translate_global_pool<r::max>},
    {"Greater", translate_binary<b::greater>},
    {"GreaterOrEqual", translate_binary<b::greater_or_equal>},
    {"GroupNormalization", translate_group_norm},
    {"HardSigmoid", translate_hard_sigmoid},
    {"HardSwish", translate_unary<u::hard_swish>},
    {"Hardmax", translate_hardmax},
    {"Identity", translate_identity},
    {"InstanceNormalization", translate_instance_norm},
    {"IsInf", translate_is_inf},
    {"IsNaN", translate_unary<u::is_nan>},
    {"LRN", translate_lrn},
    {"LSTM", translate_lstm},
    {"LayerNormalization", translate_layer_norm},
    {"LeakyRelu", translate_leaky_relu},
    {"Less", translate_binary<b::less>},
    {"LessOrEqual", translate_binary<b::less_or_equal>},
    {"Log", translate_unary<u::log>},
    {"LogSoftmax", translate_softmax<true>},
    {"LpNormalization", translate_lp_normalization},
    {"MatMul", translate_matmul},
    {"MatMulInteger", translate_matmul_integer},
    {"Max", translate_many<b::max>},
    {"MaxPool", translate_max_pool},
    {"Mean", translate_mean},
    {"MeanVarianceNormalization", translate_mean_variance_normalization},
    {"Min", translate_many<b::min>},
    {"Mish", translate_unary<u::mish>},
    {"Mod", translate_mod},
    {"Mul", translate_binary<b::mul>},
    {"Neg", translate_unary<u::neg>},
    {"Not", translate_unary<u::logical_not>},
    {"OneHot", translate_one_hot},
    {"Or", translate_binary<b::logical_or>},
    {"PRelu", translate_binary<b::prelu>},
    {"Pad", translate_pad},
    {"Pow", translate_binary<b::pow>},
    {"QLinearConv", translate_qlinear_conv},
    {"QLinearMatMul", translate_qlinear_matmul},
    {"QuantizeLinear", translate_quantize_linear},
    {"RMSNormalization", translate_rms_normalization},
    {"RNN", translate_rnn},
    {"Range", translate_range},
    {"Reciprocal", translate_unary<u::reciprocal>},
    {"ReduceL1", translate_reduce<r::l1>},
    {"ReduceL2", translate_reduce<r::l2>},
    {"ReduceLogSum", translate_reduce<r::log_sum>},
    {"ReduceLogSumExp", translate_reduce<r::log_sum_exp>},
    {"ReduceMax", translate_reduce<r::max>},
    {"ReduceMean", translate_reduce<r::mean>},
    {"ReduceMin", translate_reduce<r::min>},
    {"ReduceProd", translate_reduce<r::prod>},
    {"ReduceSum", translate_reduce<r::sum>},
    {"ReduceSumSquare", translate_reduce<r::sum_square>},
    {"Relu", translate_unary<u::relu>},
    {"Reshape", translate_reshape},
    {"Resize", translate_resize},
    {"Round", translate_unary<u::round>},
    {"Selu", translate_selu},
    {"Shape", translate_shape},
    {"Shrink", translate_shrink},
    {"Sigmoid", translate_unary<u::sigmoid>},
    {"Sign", translate_unary<u::sign>},
    {"Sin", translate_unary<u::sin>},
    {"Sinh", translate_unary<u::sinh>},
    {"Size", translate_size},
    {"Slice", translate_slice},
    {"Softmax", translate_softmax<false>},
    {"Softplus", translate_unary<u::softplus>},
    {"Softsign", translate_unary<u::softsign>},
    {"SpaceToDepth", translate_space_to_depth},
    {"Split", translate_split},
    {"Sqrt", translate_unary<u::sqrt>},
    {"Squeeze", translate_squeeze},
    {"Sub", translate_binary<b::sub>},
    {"Sum", translate_many<b::add>},
    {"Swish", translate_swish},
    {"Tan", translate_unary<u::tan>},
    {"Tanh", translate_unary<u::tanh>},
    {"ThresholdedRelu", translate_thresholded_relu},
    {"Tile", translate_tile},
    {"Transpose", translate_transpose},
    {"Trilu", translate_trilu},
    {"Unsqueeze", translate_unsqueeze},
    {"Upsample", translate_upsample},
    {"Where", translate_where},
    {"Xor", translate_binary<b::logical_xor>},
};

// Of the domain "com.microsoft".
inline constexpr translation_rule microsoft[]{
    {"BiasGelu", translate_bias_gelu<u::gelu>},
    {"DequantizeLinear", translate_dequantize_linear, false},
    {"DynamicQuantizeMatMul", translate_dynamic_quantize_matmul},
    {"FastGelu", translate_bias_gelu<u::gelu_tanh>},
    {"FusedConv", translate_fused_conv},
    {"FusedGemm", translate_fused_gemm},
    {"FusedMatMul", translate_fused_matmul},
    {"Gelu", translate_unary<u::gelu>},
    {"MatMulIntegerToFloat", translate_matmul_integer_to_float},
    {"QGemm", translate_qgemm},
    {"QLinearAdd", translate_qlinear_binary<b::add>},
    {"QLinearAveragePool", translate_qlinear_average_pool},
    {"QLinearConcat", translate_qlinear_concat},
    {"QLinearGlobalAveragePool", translate_qlinear_global_average_pool},
    {"QLinearLeakyRelu", translate_qlinear_leaky_relu},
    {"QLinearMul", translate_qlinear_binary<b::mul>},
    {"QLinearSigmoid", translate_qlinear_sigmoid},
    {"QLinearSoftmax", translate_qlinear_softmax},
    {"QuantizeLinear", translate_quantize_linear},
    {"QuickGelu", translate_quick_gelu},
    {"SkipLayerNormalization", translate_skip_layer_norm},
};
}  // namespace rules

inline std::span<translation_rule const> rules_of(std::string_view domain) {
  if (domain.empty()) return rules::onnx;
  if (domain == "com.microsoft") return rules::microsoft;
  return {};
}
// The rule for a node; null where there is none.
inline translation_rule const* rule_of(onnx::node const& n) {
  for (translation_rule const& r : rules_of(n.domain))
    if (n.op_type == r.name) return &r;
  return nullptr;
}

// All operators, in alphabetical order; If is translated where nodes are.
inline std::string names_of_operators() {
  std::string all;
  for (translation_rule const& r : rules::onnx) {
    if (std::string_view(r.name) == "InstanceNormalization") all += "If ";
    all += std::string(r.name) + " ";
  }
  for (translation_rule const& r : rules::microsoft) all += std::string("com.microsoft.") + r.name + " ";
  all.pop_back();
  return all;
}

// "kernel_shape=[3, 3] group=1": as much as an error shows.
inline std::string text_of_attributes(onnx::node const& n) {
  std::string s;
  auto const list = [&s](auto const& values) {
    s += "[";
    for (std::size_t i = 0; i < values.size() && i < 6; ++i) s += (i != 0 ? ", " : "") + std::to_string(values[i]);
    s += values.size() > 6 ? ", ...]" : "]";
  };
  for (onnx::attribute const& a : n.attributes) {
    s += (s.empty() ? "" : " ") + printable(a.name) + "=";
    switch (a.type) {
      case onnx::attribute_type::i: s += std::to_string(a.i); break;
      case onnx::attribute_type::f: s += std::to_string(a.f); break;
      case onnx::attribute_type::s: s += io::detail::quote(a.s).c_str(); break;
      case onnx::attribute_type::ints: list(a.ints); break;
      case onnx::attribute_type::floats: list(a.floats); break;
      default: s += "..."; break;
    }
  }
  return s.empty() ? "no attributes" : s;
}

// Refuses a node for its operator.
[[noreturn]] inline void refuse_operator(call const& c) {
  std::string const why = "its operator is not supported; it has " + text_of_attributes(c.node);
  c.refuse(message(why.substr(0, 200).c_str()), message("supported are ") << names_of_operators().c_str());
}

}  // namespace hone::inline HONE_ABI::io::importing
