#pragma once
#include <hone/config/config.hpp>

#include <array>
#include <cstdint>

namespace hone::inline HONE_ABI {

// What one step of an elementwise function computes from earlier steps a and b.
enum class pw : std::uint8_t { x, constant, add, sub, mul, div, max, min, tanh };

struct pw_step {
  pw what{};
  std::int8_t a{}, b{};
  float value{};
  constexpr bool operator==(pw_step const&) const = default;
};

// An elementwise function as a structural value: SSA code whose last step is the result; empty means identity.
// The scalar reference, its gradient, the fused SIMD epilogue and the operation count all come from this one value.
// Built by calling the members in order: `pointwise p; int x = p.x(); p.max(x, p.constant(0));` is relu (name the operands:
// C++ leaves the order of arguments open). At most most_steps steps: as many as hard swish takes.
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
  constexpr int tanh(int a) { return binary(pw::tanh, a, a); }

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
        case pw::tanh: d[a] += d[i] * (T(1) - r[i] * r[i]); break;
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
        case pw::tanh: r[i] = static_cast<T>(__builtin_tanh(static_cast<double>(r[a]))); break;
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
// 0.5 + 0.5 tanh(x / 2)
constexpr pointwise sigmoid() {
  pointwise p;
  int const x = p.x();
  int const half = p.constant(0.5f);
  int const t = p.tanh(p.mul(half, x));
  p.add(half, p.mul(half, t));
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
