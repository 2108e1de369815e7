#pragma once
#include <hone/nn/nd/binary_functions.hpp>
#include <hone/nn/nd/cast.hpp>

namespace hone::inline HONE_ABI::nd {

// Functions of two operands as ONNX defines them. Integers wrap; an integer quotient or remainder by zero is 0.
enum class binary_fn : std::uint8_t {
  add,
  sub,
  mul,
  div,  // of integers: towards zero
  max,  // a NaN wins
  min,
  pow,
  mod,   // has the sign of the divisor
  fmod,  // has the sign of the dividend
  prelu,
  equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  logical_and,
  logical_or,
  logical_xor,
  bitwise_and,
  bitwise_or,
  bitwise_xor,
  shift_left,   // by the number's width or more, or by less than 0: all the way
  shift_right,  // of signed integers: the sign follows
};
constexpr bool compares(binary_fn f) { return f >= binary_fn::equal && f <= binary_fn::greater_or_equal; }
// Whether f takes elements of type t: arithmetic and comparisons all but booleans (equal those, too), bitwise functions
// integers, logical functions booleans.
constexpr bool supports(binary_fn f, dtype t) {
  if (f >= binary_fn::bitwise_and) return is_integer(t);
  if (f >= binary_fn::logical_and) return t == dtype::boolean;
  return is_number(t) || f == binary_fn::equal;
}

namespace detail {
template <class F, bool Swapped, class C, class R>
void binary_loop(C const* __restrict a, C const* __restrict b, R* __restrict out, int n) {
  for (int i = 0; i < n; i += stride)
    for (int j = i; j < i + stride; ++j) out[j] = Swapped ? F{}(b[j], a[j]) : F{}(a[j], b[j]);
}
template <class C, class R>
void run_binary(tensor_args const& t, void (*loop)(C const*, C const*, R*, int)) {
  extents const& dims = t.form->dims;
  block_reader<C> a(t.in[0], dims), b(t.in[1], dims);
  write_blocks<R>(t.out, t.type, dims.size(), [&](R* out, int n) {
    C const* const x = a.next(n);
    loop(x, b.next(n), out, n);
  });
}
template <class F, class C>
void arithmetic(tensor_args const& t) {
  run_binary<C, C>(t, binary_loop<F, false, C, C>);
}
template <class F, class C, bool Swapped = false>
void comparison(tensor_args const& t) {
  run_binary<C, std::uint8_t>(t, binary_loop<F, Swapped, C, std::uint8_t>);
}

// What gives the same bits for signed and unsigned integers, C being the unsigned one. False: fn is none of those.
template <class C>
bool evaluate_modular(tensor_args const& t, binary_fn fn) {
  switch (fn) {
    case binary_fn::add: return arithmetic<functions::add, C>(t), true;
    case binary_fn::sub: return arithmetic<functions::sub, C>(t), true;
    case binary_fn::mul: return arithmetic<functions::mul, C>(t), true;
    case binary_fn::equal: return comparison<functions::equal, C>(t), true;
    default: break;
  }
  if constexpr (std::is_integral_v<C>) switch (fn) {
      case binary_fn::logical_and:
      case binary_fn::bitwise_and: return arithmetic<functions::bit_and, C>(t), true;
      case binary_fn::logical_or:
      case binary_fn::bitwise_or: return arithmetic<functions::bit_or, C>(t), true;
      case binary_fn::logical_xor:
      case binary_fn::bitwise_xor: return arithmetic<functions::bit_xor, C>(t), true;
      case binary_fn::shift_left: return arithmetic<functions::shift_left, C>(t), true;
      default: break;
    }
  return false;
}
template <class C>
void evaluate_ordered(tensor_args const& t, binary_fn fn) {
  switch (fn) {
    case binary_fn::div: return arithmetic<functions::div, C>(t);
    case binary_fn::max: return arithmetic<functions::max, C>(t);
    case binary_fn::min: return arithmetic<functions::min, C>(t);
    case binary_fn::pow: return arithmetic<functions::pow, C>(t);
    case binary_fn::mod: return arithmetic<functions::mod, C>(t);
    case binary_fn::fmod: return arithmetic<functions::fmod, C>(t);
    case binary_fn::prelu: return arithmetic<functions::prelu, C>(t);
    case binary_fn::less: return comparison<functions::less, C>(t);
    case binary_fn::less_or_equal: return comparison<functions::less_or_equal, C>(t);
    case binary_fn::greater: return comparison<functions::less, C, true>(t);
    case binary_fn::greater_or_equal: return comparison<functions::less_or_equal, C, true>(t);
    case binary_fn::shift_right:
      if constexpr (std::is_integral_v<C>) arithmetic<functions::shift_right, C>(t);
      return;
    default: return;
  }
}

// fn as a step of elementwise functions; pw::x where it is none.
constexpr pw step_of(binary_fn fn) {
  switch (fn) {
    case binary_fn::add: return pw::add;
    case binary_fn::sub: return pw::sub;
    case binary_fn::mul: return pw::mul;
    case binary_fn::div: return pw::div;
    case binary_fn::max: return pw::max;
    case binary_fn::min: return pw::min;
    default: return pw::x;
  }
}
// By the routines of an instruction set: the two innermost dimensions of both operands' walk at once.
inline void evaluate_rows(tensor_args const& t, pw what) {
  pair_walk const w(t.in[0].dims, t.in[1].dims, t.form->dims);
  int const n = w.a.inner(), rows = w.a.rank > 1 ? w.a.extent[static_cast<std::size_t>(w.a.rank - 2)] : 1;
  auto const rows_of = [&](tensor_view const& v, walk const& along) {
    std::ptrdiff_t const row = along.rank > 1 ? along.step[static_cast<std::size_t>(along.rank - 2)] : 0;
    return tensor_rows{v.as<float>(), row, along.inner_step()};
  };
  tensor_rows a = rows_of(t.in[0], w.a), b = rows_of(t.in[1], w.b);
  float const *const first_a = a.data, *const first_b = b.data;
  odometer at_a{}, at_b{};
  for (float* out = static_cast<float*>(t.out);; out += std::ptrdiff_t{rows} * n) {
    a.data = first_a + at_a.offset, b.data = first_b + at_b.offset;
    t.math->step(what, out, a, b, rows, n);
    if (w.a.rank < 3 || !at_a.next(w.a, w.a.rank - 2)) return;
    at_b.next(w.b, w.b.rank - 2);
  }
}
}  // namespace detail

inline void evaluate_binary(tensor_args const& t) {
  if (t.form->dims.size() == 0) return;
  auto const fn = static_cast<binary_fn>(t.form->i[0]);
  dtype const type = t.in[0].type;
  if (pw const what = detail::step_of(fn); t.math != nullptr && type == dtype::f32 && what != pw::x)
    return detail::evaluate_rows(t, what);
  bool const done =
      is_float(type) ? with_float(type, [&]<class C>(C) { return detail::evaluate_modular<C>(t, fn); })
                     : with_bits(size_of(type), [&]<class C>(C) { return detail::evaluate_modular<C>(t, fn); });
  if (!done) with_computed(type, [&]<class C>(C) { detail::evaluate_ordered<C>(t, fn); });
}

inline constexpr op_kind binary_kind = tensor_kind("binary", evaluate_binary, tensor_row_work<1, 2>);

// fn of a and b, which broadcast to each other and have one type (of pow, different numbers, too: it is then computed
// in f64, and the result has a's type). Comparisons give booleans, all else the operands' type.
template <class G>
constexpr int binary(G& g, int a, int b, binary_fn fn, int layer = -1) {
  dtype const ta = op_at(g, a).type, tb = op_at(g, b).type;
  if (fn == binary_fn::pow && ta != tb && is_number(ta) && is_number(tb)) {
    int const wide_a = cast(g, a, dtype::f64, layer), wide_b = cast(g, b, dtype::f64, layer);
    return cast(g, binary(g, wide_a, wide_b, fn, layer), ta, layer);
  }
  op o = reading(g, binary_kind, layer, {a, b});
  want_type(g, o, ta == tb && supports(fn, ta));
  if (compares(fn)) o.type = dtype::boolean;
  return emit_tensor(
      g, o, {.dims = broadcast_of(g, o, dims_of(g, a), dims_of(g, b)), .i = {static_cast<std::int32_t>(fn)}});
}

}  // namespace hone::inline HONE_ABI::nd
