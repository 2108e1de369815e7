#pragma once
#include <hone/config/config.hpp>

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

// v[i] = fn(v[i] held within +-clip), i < n. clip 0: no bound.
template <class T>
void activate_recurrent(recurrent_activation const& a, float clip, T* v, int n) {
  T const alpha = static_cast<T>(a.alpha), beta = static_cast<T>(a.beta), bound = static_cast<T>(clip);
  if (clip > 0)
    for (int i = 0; i < n; ++i) v[i] = v[i] > bound ? bound : v[i] < -bound ? -bound : v[i];
  auto const each = [v, n](auto f) {
    for (int i = 0; i < n; ++i) v[i] = f(v[i]);
  };
  switch (a.fn) {
    case recurrent_fn::standard: break;
    case recurrent_fn::relu: return each([](T x) { return x > 0 ? x : T{}; });
    case recurrent_fn::tanh: return each([](T x) { return std::tanh(x); });
    case recurrent_fn::sigmoid: return each([](T x) { return 1 / (1 + std::exp(-x)); });
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
