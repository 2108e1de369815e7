#pragma once
#include <hone/config/config.hpp>

#include <cmath>
#include <cstdint>
#include <span>

namespace hone::inline HONE_ABI::train {

struct judgement {
  double loss{};  // sum over the examples
  int right{};    // how many largest logits are the label's
  judgement& operator+=(judgement const& o) { return loss += o.loss, right += o.right, *this; }
};

// Cross-entropy of softmax(logits), [example][class], with labels of which each class but the right one has a probability
// of smoothing / classes; in natural units. Where `derivatives` is not null it gets the loss's derivatives by the logits
// times `scale`. Labels lie in [0, classes).
template <class T>
judgement cross_entropy(std::span<T const> logits, std::span<std::int32_t const> labels, double smoothing = 0,
                        T* derivatives = nullptr, double scale = 1) {
  judgement j{};
  std::size_t const classes = logits.size() / labels.size();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    T const* z = logits.data() + i * classes;
    auto const label = static_cast<std::size_t>(labels[i]);
    std::size_t best = 0;
    for (std::size_t c = 1; c < classes; ++c) best = z[c] > z[best] ? c : best;
    j.right += best == label ? 1 : 0;
    double sum = 0, mean = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      double const d = static_cast<double>(z[c]) - static_cast<double>(z[best]);
      sum += std::exp(d), mean += d / static_cast<double>(classes);
    }
    double const chosen = static_cast<double>(z[label]) - static_cast<double>(z[best]);
    j.loss += std::log(sum) - (1 - smoothing) * chosen - smoothing * mean;
    for (std::size_t c = 0; c < classes && derivatives != nullptr; ++c) {
      double const share = std::exp(static_cast<double>(z[c]) - static_cast<double>(z[best])) / sum;
      double const wanted = smoothing / static_cast<double>(classes) + (c == label ? 1 - smoothing : 0);
      derivatives[i * classes + c] = static_cast<T>(scale * (share - wanted));
    }
  }
  return j;
}

}  // namespace hone::inline HONE_ABI::train
