#pragma once
#include <hone/train/variables.hpp>

#include <cmath>

namespace hone::inline HONE_ABI::train {

enum class method : std::uint8_t { sgd, adam };

struct optimizer_options {
  method how{method::adam};
  double momentum{0.9};                            // sgd
  double beta1{0.9}, beta2{0.999}, epsilon{1e-8};  // adam (Kingma and Ba, arXiv 1412.6980)
  double weight_decay{0};                          // of weights, not of biases and norms; decoupled (arXiv 1711.05101)
};

// Changes variables by their gradient. SGD: v = momentum v + g, x -= rate v. Adam with bias correction. Weight decay is
// x -= rate * weight_decay * x, before.
class optimizer {
 public:
  optimizer(optimizer_options const& o, std::size_t size) : o_(o), first_(size, 0.f) {
    if (o.how == method::adam) second_ = first_;
  }

  void step(variables<float>& x, std::span<float const> gradient, double rate) {
    ++steps_;
    for (variable const& v : x.list()) {
      if (!v.trained) continue;
      if (v.decays && o_.weight_decay > 0)
        for (std::size_t k = v.at; k < v.at + v.size; ++k)
          x.trained()[k] *= static_cast<float>(1 - rate * o_.weight_decay);
    }
    if (o_.how == method::sgd)
      sgd(x.trained(), gradient, static_cast<float>(rate));
    else
      adam(x.trained(), gradient, rate);
  }

 private:
  void sgd(std::span<float> x, std::span<float const> g, float rate) {
    auto const momentum = static_cast<float>(o_.momentum);
    for (std::size_t k = 0; k < x.size(); ++k) {
      first_[k] = momentum * first_[k] + g[k];
      x[k] -= rate * first_[k];
    }
  }
  void adam(std::span<float> x, std::span<float const> g, double rate) {
    auto const b1 = static_cast<float>(o_.beta1), b2 = static_cast<float>(o_.beta2);
    auto const step = static_cast<float>(rate / (1 - std::pow(o_.beta1, steps_)));
    auto const unbias = static_cast<float>(1 / (1 - std::pow(o_.beta2, steps_))), e = static_cast<float>(o_.epsilon);
    for (std::size_t k = 0; k < x.size(); ++k) {
      first_[k] = b1 * first_[k] + (1 - b1) * g[k];
      second_[k] = b2 * second_[k] + (1 - b2) * g[k] * g[k];
      x[k] -= step * first_[k] / (std::sqrt(second_[k] * unbias) + e);
    }
  }

  optimizer_options o_;
  std::vector<float> first_, second_;
  int steps_{};
};

// Learning rate of step `at` of `total`: rises linearly for warm_up steps, then falls along half a cosine to nothing
// (Loshchilov and Hutter, arXiv 1608.03983). A share of the rate.
inline double cosine_schedule(int at, int total, int warm_up) {
  if (at < warm_up) return (at + 1.0) / warm_up;
  constexpr double pi = 3.14159265358979323846;
  return 0.5 * (1 + std::cos(pi * (at - warm_up) / std::max(1, total - warm_up)));
}

}  // namespace hone::inline HONE_ABI::train
