#pragma once
#include <hone/config/config.hpp>

#include <array>
#include <cstdint>

namespace hone::inline HONE_ABI {

// What one step of an elementwise function computes from earlier steps a and b. Written headers name them by number:
// new ones go to the end.
enum class pw : std::uint8_t {
  x,
  constant,
  add,
  sub,
  mul,
  div,
  max,
  min,
  tanh,     // of a, as all that follow
  sigmoid,  // 1 / (1 + e^-a), relatively accurate where it is tiny, too
  exp,
  log,
  elu,       // a < 0 ? e^a - 1 : a
  softplus,  // log(1 + e^a)
  erf,
  sqrt,
};

// w(a) for a step of one operand, rounded once: the meaning that kernels approximate.
template <class T>
constexpr T step_value(pw w, T a) {
  double const v = static_cast<double>(a);
  switch (w) {
    case pw::tanh: return static_cast<T>(__builtin_tanh(v));
    case pw::sigmoid: return static_cast<T>(1 / (1 + __builtin_exp(-v)));
    case pw::exp: return static_cast<T>(__builtin_exp(v));
    case pw::log: return static_cast<T>(__builtin_log(v));
    case pw::elu: return v < 0 ? static_cast<T>(__builtin_expm1(v)) : a;
    case pw::softplus:
      return static_cast<T>((v > 0 ? v : v < 0 ? 0 : v) + __builtin_log1p(__builtin_exp(v < 0 ? v : -v)));
    case pw::erf: return static_cast<T>(__builtin_erf(v));
    case pw::sqrt: return static_cast<T>(__builtin_sqrt(v));
    default: return a;
  }
}
// Its derivative at a, where it is y.
template <class T>
constexpr T step_slope(pw w, T a, T y) {
  switch (w) {
    case pw::tanh: return T(1) - y * y;
    case pw::sigmoid: return y * (T(1) - y);
    case pw::exp: return y;
    case pw::log: return T(1) / a;
    case pw::elu: return a < 0 ? y + T(1) : T(1);
    case pw::softplus: return step_value(pw::sigmoid, a);
    case pw::erf: return static_cast<T>(1.1283791670955126 * __builtin_exp(-static_cast<double>(a) * a));
    case pw::sqrt: return T(0.5) / y;
    default: return T(1);
  }
}

struct pw_step {
  pw what{};
  std::int8_t a{}, b{};
  float value{};
  constexpr bool operator==(pw_step const&) const = default;
};

// An elementwise function as a structural value: SSA code whose last step is the result; empty means identity.
// The scalar reference, its gradient, the fused SIMD epilogue and the operation count all come from this one value.
// Built by calling the members in order: `pointwise p; int x = p.x(); p.max(x, p.constant(0));` is relu (name the operands:
// C++ leaves the order of arguments open). At most most_steps steps: as many as mish takes.
struct pointwise {
  static constexpr int most_steps = 10;
  std::array<pw_step, most_steps> code{};
  std::int8_t n{};

  constexpr int put(pw_step s) {
    code[static_cast<unsigned>(n)] = s;
    return n++;
  }
  constexpr int x() { return put({pw::x}); }
  constexpr int constant(float v) { return put({pw::constant, 0, 0, v}); }
  constexpr int add(int a, int b) { return binary(pw::add, a, b); }
  constexpr int sub(int a, int b) { return binary(pw::sub, a, b); }
  constexpr int mul(int a, int b) { return binary(pw::mul, a, b); }
  constexpr int div(int a, int b) { return binary(pw::div, a, b); }
  constexpr int max(int a, int b) { return binary(pw::max, a, b); }
  constexpr int min(int a, int b) { return binary(pw::min, a, b); }
  constexpr int tanh(int a) { return unary(pw::tanh, a); }
  constexpr int sigmoid(int a) { return unary(pw::sigmoid, a); }
  // Any other of one operand.
  constexpr int unary(pw what, int a) { return binary(what, a, a); }

  constexpr bool empty() const { return n == 0; }
  // The function's value at v; T is float or double.
  template <class T>
  constexpr T operator()(T v) const {
    if (n == 0) return v;
    T r[most_steps]{};
    evaluate(v, r);
    return r[n - 1];
  }
  // Its derivative at v (a subgradient at kinks: max and min pass it to their first operand on ties).
  template <class T>
  constexpr T derivative(T v) const {
    if (n == 0) return T(1);
    T r[most_steps]{}, d[most_steps]{};
    evaluate(v, r);
    d[n - 1] = T(1);
    T dx{};
    for (int i = n - 1; i >= 0; --i) {
      auto const [what, a, b, value] = code[static_cast<unsigned>(i)];
      switch (what) {
        case pw::x: dx += d[i]; break;
        case pw::constant: break;
        case pw::add: d[a] += d[i], d[b] += d[i]; break;
        case pw::sub: d[a] += d[i], d[b] -= d[i]; break;
        case pw::mul: d[a] += d[i] * r[b], d[b] += d[i] * r[a]; break;
        case pw::div: d[a] += d[i] / r[b], d[b] -= d[i] * r[i] / r[b]; break;
        case pw::max: d[r[a] >= r[b] ? a : b] += d[i]; break;
        case pw::min: d[r[a] <= r[b] ? a : b] += d[i]; break;
        default: d[a] += d[i] * step_slope(what, r[a], r[i]); break;
      }
    }
    return dx;
  }
  constexpr bool operator==(pointwise const&) const = default;

 private:
  constexpr int binary(pw what, int a, int b) {
    return put({what, static_cast<std::int8_t>(a), static_cast<std::int8_t>(b)});
  }
  template <class T>
  constexpr void evaluate(T v, T* r) const {
    for (int i = 0; i < n; ++i) {
      auto const [what, a, b, value] = code[static_cast<unsigned>(i)];
      switch (what) {
        case pw::x: r[i] = v; break;
        case pw::constant: r[i] = static_cast<T>(value); break;
        case pw::add: r[i] = r[a] + r[b]; break;
        case pw::sub: r[i] = r[a] - r[b]; break;
        case pw::mul: r[i] = r[a] * r[b]; break;
        case pw::div: r[i] = r[a] / r[b]; break;
        case pw::max: r[i] = r[a] >= r[b] ? r[a] : r[b]; break;
        case pw::min: r[i] = r[a] <= r[b] ? r[a] : r[b]; break;
        default: r[i] = step_value(what, r[a]); break;
      }
    }
  }
};

namespace functions {
constexpr pointwise relu() {
  pointwise p;
  int const x = p.x();
  p.max(x, p.constant(0));
  return p;
}
// min(max(x, 0), high)
constexpr pointwise clipped_relu(float high) {
  pointwise p = relu();
  int const positive = p.n - 1;
  p.min(positive, p.constant(high));
  return p;
}
constexpr pointwise relu6() { return clipped_relu(6); }
// max(x, x / 100): PyTorch's default slope.
constexpr pointwise leaky_relu() {
  pointwise p;
  int const x = p.x();
  p.max(x, p.mul(x, p.constant(0.01f)));
  return p;
}
constexpr pointwise tanh() {
  pointwise p;
  p.tanh(p.x());
  return p;
}
constexpr pointwise sigmoid() {
  pointwise p;
  p.sigmoid(p.x());
  return p;
}
// x sigmoid(x)
constexpr pointwise silu() {
  pointwise p;
  int const x = p.x();
  p.mul(x, p.sigmoid(x));
  return p;
}
}  // namespace functions

// What int8 can do by clipping the stored number instead of evaluating the function.
struct clip_range {
  bool clips{};      // the function is the identity, or a clip at zero from below (and at `high` from above)
  bool from_zero{};  // negative inputs give 0
  float high{};      // upper bound; 0: none
};
constexpr clip_range as_clip(pointwise const& p) {
  if (p.empty()) return {true, false, 0};
  if (p == functions::relu()) return {true, true, 0};
  float const high = p.code[3].value;
  if (high > 0 && p == functions::clipped_relu(high)) return {true, true, high};
  return {};
}

}  // namespace hone::inline HONE_ABI
