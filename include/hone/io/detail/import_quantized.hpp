#pragma once
#include <hone/io/detail/import_reduce.hpp>
#include <hone/io/detail/import_window.hpp>
#include <hone/nn/nd/qlinear.hpp>

// Quantised numbers: what converts to and from them, and products of them.
namespace hone::inline HONE_ABI::io::importing {

// Stored numbers of x, by the scale and the zero point (-1: 0) of operands k and k + 1.
inline int quantized(call& c, int x, int scale, int zero, dtype to) {
  return c.ok(nd::quantize_linear(c.graph(), x, scale, zero, 1, to, 0, c.layer()));
}
inline int dequantized(call& c, int x, int scale, int zero) {
  return c.ok(nd::dequantize_linear(c.graph(), x, scale, zero, 1, 0, c.layer()));
}

inline void translate_quantize_linear(call& c) {
  dtype to = c.given(2) ? c.type(2) : dtype::u8;
  if (std::int64_t const wanted = c.integer("output_dtype", 0); wanted != 0) to = type_named(c, "output_dtype", wanted);
  c.result(nd::quantize_linear(c.graph(), c.operand(0), c.operand(1), c.optional_operand(2), c.small("axis", 1), to,
                               c.small("block_size", 0), c.layer()));
}
// The result has the scale's type, or the one that the attribute names.
inline void translate_dequantize_linear(call& c) {
  int const y = c.ok(nd::dequantize_linear(c.graph(), c.operand(0), c.operand(1), c.optional_operand(2),
                                           c.small("axis", 1), c.small("block_size", 0), c.layer()));
  std::int64_t const wanted = c.integer("output_dtype", 0);
  c.result(wanted != 0 ? cast(c, y, type_named(c, "output_dtype", wanted)) : y);
}
inline void translate_dynamic_quantize_linear(call& c) {
  int const x = c.operand(0);
  if (c.wanted(0)) c.result(0, nd::dynamic_quantize_value(c.graph(), x, c.layer()));
  if (c.wanted(1)) c.result(1, nd::dynamic_quantize_scale(c.graph(), x, c.layer()));
  if (c.wanted(2)) c.result(2, nd::dynamic_quantize_zero(c.graph(), x, c.layer()));
}

inline void translate_qlinear_conv(call& c) {
  c.result(nd::qlinear_conv(
      c.graph(), c.operand(0), c.operand(1), c.optional_operand(2), c.operand(3), c.operand(4), c.optional_operand(5),
      c.operand(6), c.optional_operand(7), c.optional_operand(8), conv_window(c, 3), c.small("group", 1), c.layer()));
}
inline void translate_qlinear_matmul(call& c) {
  c.result(nd::qlinear_matmul(c.graph(), c.operand(0), c.operand(1), c.optional_operand(2), c.operand(3), c.operand(4),
                              c.optional_operand(5), c.operand(6), c.optional_operand(7), c.layer()));
}
inline void translate_conv_integer(call& c) {
  c.result(nd::conv_integer(c.graph(), c.operand(0), c.operand(1), c.optional_operand(2), c.optional_operand(3),
                            conv_window(c, 1), c.small("group", 1), c.layer()));
}
inline void translate_matmul_integer(call& c) {
  c.result(nd::matmul_integer(
      c.graph(), c.operand(0), c.operand(1), c.optional_operand(2), c.optional_operand(3), c.layer()));
}

}  // namespace hone::inline HONE_ABI::io::importing
