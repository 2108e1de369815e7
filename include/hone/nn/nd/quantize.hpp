#pragma once
#include <hone/core/quantized.hpp>
#include <hone/nn/nd/arithmetic.hpp>

namespace hone::inline HONE_ABI::nd {

// Quantised numbers of ONNX's QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear: value = scale * (stored -
// zero). Rounding is to nearest, ties to even, before the zero point is added; what is too large saturates, NaN counts
// as 0.

constexpr bool is_quantized(dtype t) { return is_byte(t) || t == dtype::u16 || t == dtype::i16; }

// The nearest stored number of type Y, v in units of the step.
template <class Y>
constexpr Y to_stored(float v, std::int32_t zero) {
  v = settled(v);
  std::int32_t const n = not_a_number(v) ? 0 : v > 0x1p21f ? 1 << 21 : v < -0x1p21f ? -(1 << 21) : rne(v);
  std::int32_t const q = n + zero, least = std::numeric_limits<Y>::min(), most = std::numeric_limits<Y>::max();
  return static_cast<Y>(q < least ? least : q > most ? most : q);
}
template <class Y>
constexpr Y to_stored(double v, std::int32_t zero) {
  if (v > -0x1p21 && v < 0x1p21) {  // to_odd_float loses nothing that rounding to integers needs
    auto const n = static_cast<std::int32_t>(v);
    double const part = v - n;
    int const away = part > 0.5 || (part == 0.5 && n % 2 != 0)     ? 1
                     : part < -0.5 || (part == -0.5 && n % 2 != 0) ? -1
                                                                   : 0;
    return to_stored<Y>(static_cast<float>(n + away), zero);
  }
  return to_stored<Y>(static_cast<float>(v), zero);
}
// The type in which numbers of t are quantised: x / scale is rounded once.
constexpr float quotient(float x, float scale) { return settled(settled(x) / settled(scale)); }
constexpr double quotient(double x, double scale) { return x / scale; }

// How scales lie beside a tensor seen as [outer][n][inner]: one of all, one an index of n, or one a block of it.
struct scale_layout {
  std::ptrdiff_t outer{1}, n{1}, inner{1};
  int block{};  // 0: none

  constexpr std::ptrdiff_t at(std::ptrdiff_t o, std::ptrdiff_t i, std::ptrdiff_t k) const {
    return block == 0 ? i : (o * ((n + block - 1) / block) + i / block) * inner + k;
  }
  // f(first element, how many, index of their scale) for all runs of elements that share one.
  template <class F>
  void each_run(F f) const {
    for (std::ptrdiff_t o = 0; o < outer; ++o)
      for (std::ptrdiff_t i = 0; i < n; ++i) {
        std::ptrdiff_t const first = (o * n + i) * inner;
        if (block == 0) f(first, inner, at(o, i, 0));
        for (std::ptrdiff_t k = 0; block != 0 && k < inner; ++k) f(first + k, std::ptrdiff_t{1}, at(o, i, k));
      }
  }
};
// Attributes: i = { axis, or -1 where one scale serves all; block }.
constexpr scale_layout scale_layout_of(tensor_form const& f) {
  extents const& d = f.dims;
  int const axis = f.i[0];
  if (axis < 0) return {.inner = d.size()};
  return {d.count(0, axis), d[axis], d.count(axis + 1, d.rank), f.i[1]};
}

inline void evaluate_quantize_linear(tensor_args const& a) {
  scale_layout const layout = scale_layout_of(*a.form);
  auto const convert = [&]<class X, class Y>(X, Y) {
    using C = computed<X>;
    using R = std::conditional_t<std::is_same_v<C, double>, double, float>;
    X const* const x = a.in[0].as<X>();
    layout.each_run([&](std::ptrdiff_t first, std::ptrdiff_t n, std::ptrdiff_t at) {
      R const scale = element<R>(a.in[1], at);
      std::int32_t const zero = a.in[2].present() ? element<std::int32_t>(a.in[2], at) : 0;
      for (std::ptrdiff_t i = first; i < first + n; ++i)
        static_cast<Y*>(a.out)[i] = to_stored<Y>(quotient(static_cast<R>(value_of(x[i])), scale), zero);
    });
  };
  with_stored(a.in[0].type, [&](auto x) {
    switch (a.type) {
      case dtype::i8: return convert(x, std::int8_t{});
      case dtype::i16: return convert(x, std::int16_t{});
      case dtype::u16: return convert(x, std::uint16_t{});
      default: return convert(x, std::uint8_t{});
    }
  });
}
inline void evaluate_dequantize_linear(tensor_args const& a) {
  scale_layout const layout = scale_layout_of(*a.form);
  auto const convert = [&]<class X, class Y>(X, Y) {
    using R = computed<Y>;
    X const* const x = a.in[0].as<X>();
    layout.each_run([&](std::ptrdiff_t first, std::ptrdiff_t n, std::ptrdiff_t at) {
      R const scale = element<R>(a.in[1], at);
      X const zero = a.in[2].present() ? a.in[2].as<X>()[at] : X{};
      for (std::ptrdiff_t i = first; i < first + n; ++i) {
        std::conditional_t<sizeof(X) == 4, std::int64_t, std::int32_t> const steps = x[i];
        static_cast<Y*>(a.out)[i] = stored<Y>(static_cast<R>(steps - zero) * scale);
      }
    });
  };
  auto const from = [&](auto y) {
    switch (a.in[0].type) {
      case dtype::u8: return convert(std::uint8_t{}, y);
      case dtype::i8: return convert(std::int8_t{}, y);
      case dtype::u16: return convert(std::uint16_t{}, y);
      case dtype::i16: return convert(std::int16_t{}, y);
      default: return convert(std::int32_t{}, y);
    }
  };
  switch (a.type) {
    case dtype::f64: return from(double{});
    case dtype::f16: return from(half{});
    case dtype::bf16: return from(brain{});
    default: return from(float{});
  }
}
inline constexpr op_kind quantize_linear_kind = tensor_kind("quantize_linear", evaluate_quantize_linear);
inline constexpr op_kind dequantize_linear_kind = tensor_kind("dequantize_linear", evaluate_dequantize_linear);

// Appends o, whose operands are x, scale and zero: checks them, and sets how scales lie.
template <class G>
constexpr int scaled(G& g, op const& o, int axis, int block) {
  extents const dx = dims_of(g, o.input[0]), ds = dims_of(g, o.input[1]);
  tensor_form f{.dims = dx, .i = {-1, 0}};
  if (o.input[2] >= 0 && op_at(g, o.input[2]).out.size() != ds.size())
    misfit(g, o, fix::give_extents_that_match, ds, dims_of(g, o.input[2]));
  if (block == 0 && ds.size() == 1) return emit_tensor(g, o, f);
  int const at = axis_of(g, o, axis, dx.rank);
  if (at < 0) return emit_tensor(g, o, f);
  extents wanted{dx[at]};
  if (block > 0) wanted = dx, wanted[at] = static_cast<std::int32_t>((std::int64_t{dx[at]} + block - 1) / block);
  if (block < 0) misfit(g, o, fix::give_valid_attributes, {1}, {block});
  if (!(ds == wanted)) misfit(g, o, fix::give_extents_that_match, wanted, ds);
  f.i = {at, block};
  return emit_tensor(g, o, f);
}

// The stored numbers nearest to x / scale, plus zero (-1: 0), of type `to` (u8, i8, u16, i16; zero's type where it is
// there). One scale serves all, or there is one an index of `axis`; with a block, one for each `block` indices of it,
// and scale has x's rank. x is a float or i32; the division is done in double for f64, in float for others.
template <class G>
constexpr int quantize_linear(G& g, int x, int scale, int zero, int axis = 1, dtype to = dtype::u8, int block = 0,
                              int layer = -1) {
  op o = reading(g, quantize_linear_kind, layer, {x, scale, zero});
  o.type = to;
  dtype const from = op_at(g, x).type;
  want_type(g, o,
            is_quantized(to) && (is_float(from) || from == dtype::i32) && is_float(op_at(g, scale).type) &&
                (zero < 0 || op_at(g, zero).type == to));
  return scaled(g, o, axis, block);
}
// scale * (x - zero), of scale's type. x is u8, i8, u16, i16 or i32, zero of the same type.
template <class G>
constexpr int dequantize_linear(G& g, int x, int scale, int zero, int axis = 1, int block = 0, int layer = -1) {
  op o = reading(g, dequantize_linear_kind, layer, {x, scale, zero});
  dtype const from = o.type;
  o.type = op_at(g, scale).type;
  want_type(
      g, o,
      (is_quantized(from) || from == dtype::i32) && is_float(o.type) && fits(g, zero, from, dims_of(g, scale).size()));
  return scaled(g, o, axis, block);
}

// Scale and zero point of u8 numbers that hold all of x, and 0.
struct dynamic_scale {
  float scale{1};
  std::int32_t zero{};
};
inline dynamic_scale dynamic_scale_of(tensor_view const& v) {
  constexpr int lanes = 16;
  float low[lanes]{}, high[lanes]{}, least = 0, most = 0;
  float const* const x = v.as<float>();
  auto const widen = [](float at, float& below, float& above) {
    below = at < below ? at : below, above = at > above ? at : above;
  };
  std::int64_t const n = v.dims.size(), whole = n - n % lanes;
  for (std::int64_t i = 0; i < whole; i += lanes)
    for (int j = 0; j < lanes; ++j) widen(x[i + j], low[j], high[j]);
  for (std::int64_t i = whole; i < n; ++i) widen(x[i], least, most);
  for (int j = 0; j < lanes; ++j) least = low[j] < least ? low[j] : least, most = high[j] > most ? high[j] : most;
  if (least == most) return {};
  float const scale = quotient(settled(most - least), 255.f);
  return {scale, to_stored<std::uint8_t>(quotient(-least, scale), 0)};
}
inline void evaluate_dynamic_scale(tensor_args const& a) {
  *static_cast<float*>(a.out) = dynamic_scale_of(a.in[0]).scale;
}
inline void evaluate_dynamic_zero(tensor_args const& a) {
  *static_cast<std::uint8_t*>(a.out) = static_cast<std::uint8_t>(dynamic_scale_of(a.in[0]).zero);
}
inline void evaluate_dynamic_value(tensor_args const& a) {
  auto const [scale, zero] = dynamic_scale_of(a.in[0]);
  float const* const x = a.in[0].as<float>();
  for (std::int64_t i = 0; i < a.form->dims.size(); ++i)
    static_cast<std::uint8_t*>(a.out)[i] = to_stored<std::uint8_t>(quotient(x[i], scale), zero);
}
inline constexpr op_kind dynamic_quantize_scale_kind = tensor_kind("dynamic_quantize_scale", evaluate_dynamic_scale);
inline constexpr op_kind dynamic_quantize_zero_kind = tensor_kind("dynamic_quantize_zero", evaluate_dynamic_zero);
inline constexpr op_kind dynamic_quantize_value_kind = tensor_kind("dynamic_quantize_value", evaluate_dynamic_value);

template <class G>
constexpr int dynamic_quantize(G& g, op_kind const& kind, int x, dtype type, extents const& dims, int layer) {
  op o = reading(g, kind, layer, {x});
  want_type(g, o, o.type == dtype::f32);
  o.type = type;
  return emit_tensor(g, o, {.dims = dims});
}
// The three results of DynamicQuantizeLinear of x (f32): u8 numbers, their scale (f32) and their zero point (u8). Each
// finds the least and the largest element for itself.
template <class G>
constexpr int dynamic_quantize_value(G& g, int x, int layer = -1) {
  return dynamic_quantize(g, dynamic_quantize_value_kind, x, dtype::u8, dims_of(g, x), layer);
}
template <class G>
constexpr int dynamic_quantize_scale(G& g, int x, int layer = -1) {
  return dynamic_quantize(g, dynamic_quantize_scale_kind, x, dtype::f32, {}, layer);
}
template <class G>
constexpr int dynamic_quantize_zero(G& g, int x, int layer = -1) {
  return dynamic_quantize(g, dynamic_quantize_zero_kind, x, dtype::u8, {}, layer);
}

}  // namespace hone::inline HONE_ABI::nd
