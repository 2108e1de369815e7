#pragma once
#include <hone/nn/nd/element.hpp>
#include <hone/nn/nd/routines.hpp>

#include <bit>
#include <cmath>
#include <cstdint>

namespace hone::inline HONE_ABI::nd {

// The activations of recurrent layers, by ONNX's names.
enum class recurrent_fn : std::uint8_t {
  standard,  // what the layer has by default: sigmoid for gates, tanh for the rest
  relu,
  tanh,
  sigmoid,
  affine,            // alpha * x + beta
  leaky_relu,        // x >= 0 ? x : alpha * x
  thresholded_relu,  // x >= alpha ? x : 0
  scaled_tanh,       // alpha * tanh(beta * x)
  hard_sigmoid,      // min(max(alpha * x + beta, 0), 1)
  elu,               // x >= 0 ? x : alpha * (e^x - 1)
  softsign,          // x / (1 + |x|)
  softplus,          // log(1 + e^x)
};
struct recurrent_activation {
  recurrent_fn fn{recurrent_fn::standard};
  float alpha{}, beta{};

  constexpr recurrent_activation() = default;
  // With ONNX's own alpha and beta.
  constexpr recurrent_activation(recurrent_fn f) : fn(f) {  // NOLINT: a function is an activation
    switch (f) {
      case recurrent_fn::leaky_relu: alpha = 0.01f; break;
      case recurrent_fn::hard_sigmoid: alpha = 0.2f, beta = 0.5f; break;
      case recurrent_fn::scaled_tanh:
      case recurrent_fn::affine:
      case recurrent_fn::thresholded_relu:
      case recurrent_fn::elu: alpha = 1, beta = f == recurrent_fn::scaled_tanh ? 1 : 0; break;
      default: break;
    }
  }
  constexpr recurrent_activation(recurrent_fn f, float a, float b) : fn(f), alpha(a), beta(b) {}
};

// tanh and 1 / (1 + e^-x). f32: relatively within 3e-7, as the SIMD kernels compute them (simd/pointwise-inl.hpp), which
// compilers vectorise.
inline double quick_tanh(double x) { return std::tanh(x); }
inline float quick_tanh(float x) {
  x = x > 9.0f ? 9.0f : x < -9.0f ? -9.0f : x;
  float const s = x * x;
  float const p = (((1.3354646e-8f * s + 2.060907e-5f) * s + 3.4955873e-3f) * s + 0.13381025f) * s + 1.0f;
  float const q = (((7.776552e-7f * s + 3.2856336e-4f) * s + 2.5876978e-2f) * s + 0.46714342f) * s + 1.0f;
  return x * p / q;
}
inline double quick_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
inline float quick_sigmoid(float x) {
  float const v = x < 87.0f ? x > -87.0f ? -x : 87.0f : -87.0f;
  int const n = static_cast<int>(v * 1.44269504f + (v < 0 ? -0.5f : 0.5f));
  auto const whole = static_cast<float>(n);
  float const r = v - whole * 0.693359375f + whole * 2.12194440e-4f;
  float const p = ((((8.312501e-3f * r + 4.189033e-2f) * r + 0.16667116f) * r + 0.4999923f) * r + 1.0f) * r + 1.0f;
  float const y = 1.0f / (1.0f + p * std::bit_cast<float>((n + 127) << 23));
  return not_a_number(x) ? x : y;
}

// v[i] = f(v[i]), i < n, in whole blocks.
template <class T, class F>
void in_blocks(T* v, int n, F f) {
  constexpr int size = 16;
  for (int i = 0; i < n; i += size) {
    T block[size]{};
    int const here = n - i < size ? n - i : size;
    for (int k = 0; k < here; ++k) block[k] = v[i + k];
    for (int k = 0; k < size; ++k) block[k] = f(block[k]);
    for (int k = 0; k < here; ++k) v[i + k] = block[k];
  }
}
// v[i] = fn(v[i] held within +-clip), i < n. clip 0: no bound.
template <class T>
void activate_recurrent(routines<T> const& math, recurrent_activation const& a, float clip, T* v, int n) {
  T const alpha = static_cast<T>(a.alpha), beta = static_cast<T>(a.beta), bound = static_cast<T>(clip);
  if (clip > 0)
    for (int i = 0; i < n; ++i) v[i] = v[i] > bound ? bound : v[i] < -bound ? -bound : v[i];
  auto const each = [v, n](auto f) {
    for (int i = 0; i < n; ++i) v[i] = f(v[i]);
  };
  if constexpr (std::is_same_v<T, float>) {
    if (math.own != nullptr && a.fn == recurrent_fn::tanh) return math.own->tanh(v, n);
    if (math.own != nullptr && a.fn == recurrent_fn::sigmoid) return math.own->sigmoid(v, n);
  }
  switch (a.fn) {
    case recurrent_fn::standard: break;
    case recurrent_fn::relu: return each([](T x) { return x > 0 ? x : T{}; });
    case recurrent_fn::tanh: return in_blocks(v, n, [](T x) { return quick_tanh(x); });
    case recurrent_fn::sigmoid: return in_blocks(v, n, [](T x) { return quick_sigmoid(x); });
    case recurrent_fn::affine: return each([=](T x) { return alpha * x + beta; });
    case recurrent_fn::leaky_relu: return each([=](T x) { return x >= 0 ? x : alpha * x; });
    case recurrent_fn::thresholded_relu: return each([=](T x) { return x >= alpha ? x : T{}; });
    case recurrent_fn::scaled_tanh: return each([=](T x) { return alpha * std::tanh(beta * x); });
    case recurrent_fn::hard_sigmoid:
      return each([=](T x) {
        T const y = alpha * x + beta;
        return y > 1 ? T(1) : y > 0 ? y : T{};
      });
    case recurrent_fn::elu: return each([=](T x) { return x >= 0 ? x : alpha * std::expm1(x); });
    case recurrent_fn::softsign: return each([](T x) { return x / (1 + std::fabs(x)); });
    case recurrent_fn::softplus:
      return each([](T x) { return (x > 0 ? x : T{}) + std::log1p(std::exp(-std::fabs(x))); });
  }
}

}  // namespace hone::inline HONE_ABI::nd
