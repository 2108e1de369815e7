#pragma once
#include <hone/nn/nd/binary_functions.hpp>
#include <hone/nn/nd/blocks.hpp>

namespace hone::inline HONE_ABI::nd {

// Functions of one operand as ONNX defines them. p and q are a function's parameters.
enum class unary_fn : std::uint8_t {
  identity,
  relu,
  abs,
  neg,
  sqrt,
  reciprocal,
  exp,
  log,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  erf,
  floor,
  ceil,
  round,  // halves to even
  sign,   // of NaN: NaN
  logical_not,
  bitwise_not,
  is_nan,
  is_inf,  // p: whether minus infinity counts, q: whether plus infinity does (0 or 1)
  sigmoid,
  tanh,
  elu,               // x < 0 ? p (e^x - 1) : x
  leaky_relu,        // x < 0 ? p x : x
  hard_sigmoid,      // max(0, min(1, p x + q))
  hard_swish,        // x max(0, min(1, x / 6 + 1 / 2))
  gelu,              // x (1 + erf(x / sqrt(2))) / 2
  gelu_tanh,         // x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
  softplus,          // log(1 + e^x)
  softsign,          // x / (1 + |x|)
  selu,              // q (x > 0 ? x : p (e^x - 1))
  celu,              // max(0, x) + min(0, p (e^(x / p) - 1))
  thresholded_relu,  // x > p ? x : 0
  clip,              // min(max(x, p), q); bounds that no float holds: take max and min of nd::binary
  mish,              // x tanh(softplus(x))
  swish,             // x sigmoid(p x)
};
constexpr bool supports(unary_fn f, dtype t) {
  switch (f) {
    case unary_fn::identity: return true;
    case unary_fn::logical_not: return t == dtype::boolean;
    case unary_fn::bitwise_not: return is_integer(t);
    case unary_fn::relu:
    case unary_fn::abs:
    case unary_fn::neg:
    case unary_fn::sign:
    case unary_fn::clip: return is_number(t);
    default: return is_float(t);
  }
}

namespace detail {
// loop(x, out, n, p, q) over blocks of the operand.
template <class C, class R>
void run_unary(tensor_args const& t, void (*loop)(C const*, R*, int, double, double)) {
  extents const& dims = t.form->dims;
  block_reader<C> x(t.in[0], dims);
  write_blocks<R>(
      t.out, t.type, dims.size(), [&](R* out, int n) { loop(x.next(n), out, n, t.form->f[0], t.form->f[1]); });
}
// f(x, p, q) of every element: in whole strides where f is a few instructions...
template <class C, class F>
void cheap(tensor_args const& t, F) {
  using R = decltype(F{}(C{}, 0.0, 0.0));
  run_unary<C, R>(t, [](C const* __restrict x, R* __restrict out, int n, double p, double q) {
    for (int i = 0; i < n; i += stride)
      for (int j = i; j < i + stride; ++j) out[j] = F{}(x[j], p, q);
  });
}
// ...and one by one, in double and rounded once, where it is not.
template <class C, class F>
void costly(tensor_args const& t, F) {
  run_unary<C, C>(t, [](C const* x, C* out, int n, double p, double q) {
    for (int i = 0; i < n; ++i) out[i] = static_cast<C>(F{}(static_cast<double>(x[i]), p, q));
  });
}
}  // namespace detail

namespace functions {
// The exponential of -|x| never overflows.
inline double softplus(double x) { return (x > 0 ? x : 0.0) + std::log1p(std::exp(-std::fabs(x))); }
inline double sigmoid(double x) {
  double const e = std::exp(-std::fabs(x));
  return (x > 0 ? 1.0 : e) / (1.0 + e);
}
inline double unit(double x) { return x < 0 ? 0.0 : x > 1 ? 1.0 : x; }
// x (1 + tanh(y)) / 2 = x sigmoid(2 y), which does not cancel.
inline double gelu_tanh(double x) {
  constexpr double root = 0.7978845608028653558798921198687637;  // of 2 / pi
  return x * sigmoid(2 * root * (x + 0.044715 * x * x * x));
}
inline double gelu(double x) { return 0.5 * x * std::erfc(-0.7071067811865475244008443621048490 * x); }
}  // namespace functions

namespace detail {
template <class C>
void unary_activation(tensor_args const& t, unary_fn fn) {
  using namespace functions;
  using D = double;
  switch (fn) {
    case unary_fn::sigmoid: return costly<C>(t, [](D x, D, D) { return sigmoid(x); });
    case unary_fn::tanh: return costly<C>(t, [](D x, D, D) { return std::tanh(x); });
    case unary_fn::elu: return costly<C>(t, [](D x, D p, D) { return x < 0 ? p * std::expm1(x) : x; });
    case unary_fn::leaky_relu: return cheap<C>(t, [](C x, D p, D) { return x < 0 ? static_cast<C>(p) * x : x; });
    case unary_fn::hard_sigmoid:
      return cheap<C>(t, [](C x, D p, D q) { return static_cast<C>(unit(p * static_cast<D>(x) + q)); });
    case unary_fn::hard_swish:
      return cheap<C>(t, [](C v, D, D) {
        auto const x = static_cast<D>(v);
        return static_cast<C>(x * unit(x / 6 + 0.5));
      });
    case unary_fn::gelu: return costly<C>(t, [](D x, D, D) { return gelu(x); });
    case unary_fn::gelu_tanh: return costly<C>(t, [](D x, D, D) { return gelu_tanh(x); });
    case unary_fn::softplus: return costly<C>(t, [](D x, D, D) { return softplus(x); });
    case unary_fn::softsign:
      return cheap<C>(t, [](C v, D, D) {
        auto const x = static_cast<D>(v);
        return static_cast<C>(x / (1 + std::fabs(x)));
      });
    case unary_fn::selu: return costly<C>(t, [](D x, D p, D q) { return q * (x > 0 ? x : p * std::expm1(x)); });
    case unary_fn::celu: return costly<C>(t, [](D x, D p, D) { return x > 0 ? x : p * std::expm1(x / p); });
    case unary_fn::thresholded_relu: return cheap<C>(t, [](C x, D p, D) { return x > static_cast<C>(p) ? x : C(0); });
    case unary_fn::clip:
      return cheap<C>(t, [](C x, D p, D q) {
        C const low = static_cast<C>(p), high = static_cast<C>(q), y = x < low ? low : x;
        return y > high ? high : y;
      });
    case unary_fn::mish: return costly<C>(t, [](D x, D, D) { return x * std::tanh(softplus(x)); });
    case unary_fn::swish: return costly<C>(t, [](D x, D p, D) { return x * sigmoid(p * x); });
    default: return;
  }
}
template <class C>
void unary_float(tensor_args const& t, unary_fn fn) {
  using D = double;
  switch (fn) {
    case unary_fn::relu: return cheap<C>(t, [](C x, D, D) { return x < 0 ? C(0) : x; });
    case unary_fn::abs: return cheap<C>(t, [](C x, D, D) { return std::fabs(x); });
    case unary_fn::neg: return cheap<C>(t, [](C x, D, D) { return -x; });
    case unary_fn::sqrt: return cheap<C>(t, [](C x, D, D) { return std::sqrt(x); });
    case unary_fn::reciprocal: return cheap<C>(t, [](C x, D, D) { return 1 / x; });
    case unary_fn::exp: return costly<C>(t, [](D x, D, D) { return std::exp(x); });
    case unary_fn::log: return costly<C>(t, [](D x, D, D) { return std::log(x); });
    case unary_fn::sin: return costly<C>(t, [](D x, D, D) { return std::sin(x); });
    case unary_fn::cos: return costly<C>(t, [](D x, D, D) { return std::cos(x); });
    case unary_fn::tan: return costly<C>(t, [](D x, D, D) { return std::tan(x); });
    case unary_fn::asin: return costly<C>(t, [](D x, D, D) { return std::asin(x); });
    case unary_fn::acos: return costly<C>(t, [](D x, D, D) { return std::acos(x); });
    case unary_fn::atan: return costly<C>(t, [](D x, D, D) { return std::atan(x); });
    case unary_fn::sinh: return costly<C>(t, [](D x, D, D) { return std::sinh(x); });
    case unary_fn::cosh: return costly<C>(t, [](D x, D, D) { return std::cosh(x); });
    case unary_fn::asinh: return costly<C>(t, [](D x, D, D) { return std::asinh(x); });
    case unary_fn::acosh: return costly<C>(t, [](D x, D, D) { return std::acosh(x); });
    case unary_fn::atanh: return costly<C>(t, [](D x, D, D) { return std::atanh(x); });
    case unary_fn::erf: return costly<C>(t, [](D x, D, D) { return std::erf(x); });
    case unary_fn::floor: return cheap<C>(t, [](C x, D, D) { return std::floor(x); });
    case unary_fn::ceil: return cheap<C>(t, [](C x, D, D) { return std::ceil(x); });
    case unary_fn::round: return cheap<C>(t, [](C x, D, D) { return std::nearbyint(x); });
    case unary_fn::sign: return cheap<C>(t, [](C x, D, D) { return x > 0 ? C(1) : x < 0 ? C(-1) : x == 0 ? C(0) : x; });
    case unary_fn::is_nan: return cheap<C>(t, [](C x, D, D) { return static_cast<std::uint8_t>(not_a_number(x)); });
    case unary_fn::is_inf:
      return cheap<C>(
          t, [](C x, D p, D q) { return static_cast<std::uint8_t>(infinite(x) && (std::signbit(x) ? p : q) != 0); });
    default: return unary_activation<C>(t, fn);
  }
}
}  // namespace detail

}  // namespace hone::inline HONE_ABI::nd
