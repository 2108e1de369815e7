#pragma once
#include <hone/io/detail/import_call.hpp>
#include <hone/nn/nd/binary.hpp>
#include <hone/nn/nd/select.hpp>
#include <hone/nn/nd/unary.hpp>

#include <limits>

// Operators that compute element by element.
namespace hone::inline HONE_ABI::io::importing {

inline int unary(call& c, int x, nd::unary_fn fn, float p = 0, float q = 0) {
  return c.ok(nd::unary(c.graph(), x, fn, p, q, c.layer()));
}
inline int binary(call& c, int a, int b, nd::binary_fn fn) { return c.ok(nd::binary(c.graph(), a, b, fn, c.layer())); }
inline int cast(call& c, int x, dtype type) {
  return c.type_of(x) == type ? x : nd::cast(c.graph(), x, type, c.layer());
}

template <nd::unary_fn Fn>
void translate_unary(call& c) {
  c.result(unary(c, c.operand(0), Fn));
}
// Operand 1. Before opset 7 its first dimension may lie beside operand 0's dimension `axis` (PRelu's: 1).
inline int second_operand(call& c) {
  int const b = c.operand(1);
  bool const slopes = c.node.op_type == "PRelu" && c.rank(1) == 1;
  if (c.opset >= 7 || !(c.has("axis") || slopes)) return b;
  extents dims = c.dims(1);
  for (int i = c.axis(c.integer("axis", 1), c.rank(0)) + dims.rank; i < c.rank(0); ++i) dims.push_back(1);
  return c.ok(nd::reshape(c.graph(), b, dims, c.layer()));
}
template <nd::binary_fn Fn>
void translate_binary(call& c) {
  int const a = c.operand(0), b = second_operand(c);
  c.result(binary(c, a, b, Fn));
}
// Of one operand or more.
template <nd::binary_fn Fn>
int combined(call& c) {
  int y = c.operand(0);
  for (int k = 1; k < c.operands(); ++k) y = binary(c, y, c.operand(k), Fn);
  return y;
}
template <nd::binary_fn Fn>
void translate_many(call& c) {
  if (c.operands() == 1) return c.same(0, 0);
  c.result(combined<Fn>(c));
}
inline void translate_mean(call& c) {
  int const sum = combined<nd::binary_fn::add>(c);
  c.result(binary(c, sum, c.scalar(c.operands(), c.type_of(sum)), nd::binary_fn::div));
}

// A function with a parameter "alpha".
template <nd::unary_fn Fn>
void with_alpha(call& c, float alpha) {
  c.result(unary(c, c.operand(0), Fn, c.number("alpha", alpha)));
}
inline void translate_elu(call& c) { with_alpha<nd::unary_fn::elu>(c, 1); }
inline void translate_leaky_relu(call& c) { with_alpha<nd::unary_fn::leaky_relu>(c, 0.01f); }
inline void translate_celu(call& c) { with_alpha<nd::unary_fn::celu>(c, 1); }
inline void translate_thresholded_relu(call& c) { with_alpha<nd::unary_fn::thresholded_relu>(c, 1); }
inline void translate_swish(call& c) { with_alpha<nd::unary_fn::swish>(c, 1); }
inline void translate_hard_sigmoid(call& c) {
  c.result(unary(c, c.operand(0), nd::unary_fn::hard_sigmoid, c.number("alpha", 0.2f), c.number("beta", 0.5f)));
}
inline void translate_selu(call& c) {
  float const alpha = c.number("alpha", 1.67326319217681884765625f),
              gamma = c.number("gamma", 1.05070102214813232421875f);
  c.result(unary(c, c.operand(0), nd::unary_fn::selu, alpha, gamma));
}
inline void translate_is_inf(call& c) {
  auto const negative = static_cast<float>(c.integer("detect_negative", 1) != 0),
             positive = static_cast<float>(c.integer("detect_positive", 1) != 0);
  c.result(unary(c, c.operand(0), nd::unary_fn::is_inf, negative, positive));
}
inline void translate_gelu(call& c) {
  std::string_view const approximate = c.text("approximate", "none");
  if (approximate != "none" && approximate != "tanh") c.refuse_value("approximate", approximate, "none and tanh");
  c.result(unary(c, c.operand(0), approximate == "tanh" ? nd::unary_fn::gelu_tanh : nd::unary_fn::gelu));
}

// x < -lambd: x + bias; x > lambd: x - bias; else 0.
inline void translate_shrink(call& c) {
  int const x = c.operand(0);
  dtype const type = c.type(0);
  float const bias = c.number("bias", 0), lambda = c.number("lambd", 0.5f);
  auto const moved = [&](double by) { return binary(c, x, c.scalar(by, type), nd::binary_fn::add); };
  int const low = binary(c, x, c.scalar(-lambda, type), nd::binary_fn::less),
            high = binary(c, x, c.scalar(lambda, type), nd::binary_fn::greater);
  int const rest = c.ok(nd::where(c.graph(), high, moved(-bias), c.scalar(0, type), c.layer()));
  c.result(nd::where(c.graph(), low, moved(bias), rest, c.layer()));
}

// Bounds are attributes before opset 11, then operands. Those that are known floats are the operation's own.
inline void translate_clip(call& c) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  if (c.opset < 11) {
    float const low = c.number("min", -infinity), high = c.number("max", infinity);
    return c.result(unary(c, c.operand(0), nd::unary_fn::clip, low, high));
  }
  auto const simple = [&](int k) { return !c.given(k) || (c.known(k) != nullptr && c.type(k) == dtype::f32); };
  if (c.type(0) == dtype::f32 && simple(1) && simple(2)) {
    float const low = c.given(1) ? static_cast<float>(c.known_number(1)) : -infinity,
                high = c.given(2) ? static_cast<float>(c.known_number(2)) : infinity;
    return c.result(unary(c, c.operand(0), nd::unary_fn::clip, low, high));
  }
  int y = c.operand(0);
  if (!c.given(1) && !c.given(2)) return c.same(0, 0);
  if (c.given(1)) y = binary(c, y, c.operand(1), nd::binary_fn::max);
  if (c.given(2)) y = binary(c, y, c.operand(2), nd::binary_fn::min);
  c.result(y);
}

inline void translate_mod(call& c) {
  c.result(binary(c, c.operand(0), c.operand(1), c.integer("fmod", 0) != 0 ? nd::binary_fn::fmod : nd::binary_fn::mod));
}
inline void translate_bit_shift(call& c) {
  std::string_view const direction = c.text("direction", "");
  if (direction != "LEFT" && direction != "RIGHT") c.refuse_value("direction", direction, "LEFT and RIGHT");
  c.result(binary(
      c, c.operand(0), c.operand(1), direction == "LEFT" ? nd::binary_fn::shift_left : nd::binary_fn::shift_right));
}
inline void translate_where(call& c) {
  c.result(nd::where(c.graph(), c.operand(0), c.operand(1), c.operand(2), c.layer()));
}

inline dtype type_named(call& c, char const* attribute, std::int64_t number) {
  std::optional<dtype> const type = to_dtype(static_cast<onnx::element>(number));
  if (!type)
    c.refuse(message("its ") << attribute << " is " << onnx::name(static_cast<onnx::element>(number)), supported_types);
  return *type;
}
inline void translate_cast(call& c) {
  dtype const to = type_named(c, "to", c.integer("to", 0));
  if (to == c.type(0)) return c.same(0, 0);
  c.result(cast(c, c.operand(0), to));
}
inline void translate_cast_like(call& c) {
  if (c.type(0) == c.type(1)) return c.same(0, 0);
  c.result(cast(c, c.operand(0), c.type(1)));
}
inline void translate_identity(call& c) { c.same(0, 0); }
// At inference the values pass; the mask, where it is asked for, is all true.
inline void translate_dropout(call& c) {
  bool const training = c.given(2) && (c.known(2) == nullptr || c.known_number(2) != 0),
             drops = !c.given(1) || c.known(1) == nullptr || c.known_number(1) != 0;
  if (training && drops) c.refuse("it is in training mode", "export the network for inference");
  c.same(0, 0);
  if (!c.wanted(1)) return;
  known_values::writable const mask = c.make(c.opset < 10 ? c.type(0) : dtype::boolean, c.dims(0));
  if (mask.view.type != dtype::boolean) c.refuse("its mask is wanted", "drop the mask: it holds ones");
  std::memset(mask.data, 1, static_cast<std::size_t>(mask.view.dims.size()));
  c.result(1, mask.view);
}

}  // namespace hone::inline HONE_ABI::io::importing
