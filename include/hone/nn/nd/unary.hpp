#pragma once
#include <hone/nn/nd/convert.hpp>
#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/unary_float.hpp>

namespace hone::inline HONE_ABI::nd {

namespace detail {
template <class C>
void unary_integer(tensor_args const& t, unary_fn fn) {
  using W = functions::wrapping<C>;
  switch (fn) {
    case unary_fn::relu: return cheap<C>(t, [](C x, double, double) { return x < 0 ? C{0} : x; });
    case unary_fn::abs: return cheap<C>(t, [](C x, double, double) { return x < 0 ? static_cast<C>(0 - W(x)) : x; });
    case unary_fn::neg: return cheap<C>(t, [](C x, double, double) { return static_cast<C>(0 - W(x)); });
    case unary_fn::sign: return cheap<C>(t, [](C x, double, double) { return static_cast<C>((x > 0) - (x < 0)); });
    case unary_fn::bitwise_not: return cheap<C>(t, [](C x, double, double) { return static_cast<C>(~x); });
    case unary_fn::clip:
      return cheap<C>(t, [](C x, double low, double high) {
        C const l = to_integer<C>(low), h = to_integer<C>(high), y = x < l ? l : x;
        return y > h ? h : y;
      });
    default: return;
  }
}
}  // namespace detail

inline void evaluate_unary(tensor_args const& t) {
  if (t.form->dims.size() == 0) return;
  auto const fn = static_cast<unary_fn>(t.form->i[0]);
  dtype const type = t.in[0].type;
  if (is_float(type)) return with_float(type, [&]<class C>(C) { detail::unary_float<C>(t, fn); });
  if (fn == unary_fn::logical_not)
    return detail::cheap<std::uint8_t>(
        t, [](std::uint8_t x, double, double) { return static_cast<std::uint8_t>(x == 0); });
  with_computed(type, [&]<class C>(C) {
    if constexpr (std::is_integral_v<C>) detail::unary_integer<C>(t, fn);
  });
}

inline constexpr op_kind unary_kind = tensor_kind("unary", evaluate_unary);

// fn of every element, with the parameters p0 and p1 (see unary_fn). Functions of floats keep within one unit in the last
// place of f32, f16 and bf16; relu, abs, neg, sign and clip take integers, too.
template <class G>
constexpr int unary(G& g, int x, unary_fn fn, float p0 = 0, float p1 = 0, int layer = -1) {
  if (fn == unary_fn::identity) return copy(g, x, layer);
  op o = reading(g, unary_kind, layer, {x});
  want_type(g, o, supports(fn, o.type));
  if (fn == unary_fn::is_nan || fn == unary_fn::is_inf) o.type = dtype::boolean;
  return emit_tensor(g, o, {.dims = dims_of(g, x), .i = {static_cast<std::int32_t>(fn)}, .f = {p0, p1}});
}

}  // namespace hone::inline HONE_ABI::nd
