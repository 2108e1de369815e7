#pragma once
#include <hone/nn/nd/binary.hpp>
#include <hone/nn/nd/quantize.hpp>
#include <hone/nn/quantize.hpp>
#include <hone/pass/int8_steps.hpp>
#include <hone/pass/lower_function.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// A quantised edge: stored numbers that int8 operations read, or a result that they write. All are u8; where ONNX has
// i8 they and their zero point are 128 higher.
struct edge {
  int value{-1};  // the u8 or i8 value of the old network; -1: there is no such edge
  float step{};
  int zero{};

  constexpr bool fits() const { return value >= 0; }
};
constexpr bool is_byte_edge(dtype t) { return t == dtype::u8 || t == dtype::i8; }

// The edge of stored numbers `value` by the scale and zero point that operations `scale` and `zero` hold (-1: 0):
// known, one for all numbers, and a step with which nothing overflows.
inline edge edge_by(context& c, int value, dtype type, int scale, int zero) {
  bool const known = c.is_known(scale) && (zero < 0 || c.is_known(zero)) && c.at(scale).type == dtype::f32;
  if (!known || !is_byte_edge(type) || c.at(scale).out.size() != 1 || (zero >= 0 && c.at(zero).out.size() != 1))
    return {};
  float const step = c.known(scale).as<float>()[0];
  if (!(step >= 0x1p-100f && step <= 0x1p50f)) return {};
  int const stored = zero < 0            ? 0
                     : type == dtype::i8 ? *c.known(zero).as<std::int8_t>()
                                         : *c.known(zero).as<std::uint8_t>();
  return {value, step, type == dtype::i8 ? stored + 128 : stored};
}
// What f32 value i is dequantised from.
inline edge edge_of(context& c, int i) {
  op const& o = c.at(c.root(i));
  if (!is(o, nd::dequantize_linear_kind) || o.type != dtype::f32 || c.form(o).i[0] >= 0) return {};
  return edge_by(c, c.root(o.input[0]), c.at(o.input[0]).type, o.input[1], o.input[2]);
}
// What quantisation i makes of an f32 value.
inline edge result_of(context& c, int i) {
  op const& o = c.at(i);
  bool const from_f32 = is(o, nd::quantize_linear_kind) && c.at(o.input[0]).type == dtype::f32;
  if (!from_f32 || c.form(o).i[0] >= 0) return {};
  return edge_by(c, i, o.type, o.input[1], o.input[2]);
}

// v as edge e stores it, as ONNX computes that.
inline std::uint8_t stored_number(edge const& e, float v) {
  return nd::to_stored<std::uint8_t>(nd::quotient(v, e.step), e.zero);
}

// min(max(x, low), high), what is left of an activation where numbers are stored.
struct bounds {
  float low{-__builtin_inff()}, high{__builtin_inff()};
};
// Strips bounds off the end of value i: gives the value before them, that nothing else reads.
inline int before_bounds(context& c, int i, bounds& b) {
  for (;;) {
    i = c.root(i);
    op const& o = c.at(i);
    float low = -__builtin_inff(), high = __builtin_inff(), v{};
    bool bound = false;
    if (is(o, nd::unary_kind)) {
      auto const fn = static_cast<nd::unary_fn>(c.form(o).i[0]);
      bound = fn == nd::unary_fn::relu || fn == nd::unary_fn::clip;
      if (fn == nd::unary_fn::relu) low = 0;
      if (fn == nd::unary_fn::clip) low = c.form(o).f[0], high = c.form(o).f[1];
    } else if (is(o, nd::binary_kind) && c.at(o.input[0]).out.size() == o.out.size()) {
      auto const fn = static_cast<nd::binary_fn>(c.form(o).i[0]);
      bound = (fn == nd::binary_fn::max || fn == nd::binary_fn::min) && known_number(c, o.input[1], &v);
      if (bound) (fn == nd::binary_fn::max ? low : high) = v;
    }
    if (!bound || c.uses(o.input[0]) != 1 || !(low <= high)) return i;
    auto const within = [&](float x) { return x < b.low ? b.low : x > b.high ? b.high : x; };
    b = {within(low), within(high)};
    i = o.input[0];
  }
}
}  // namespace hone::inline HONE_ABI::pass::lowering
