#pragma once
#include <hone/core/units.hpp>

#include <cstddef>
#include <span>

namespace hone::inline HONE_ABI::shal {

// Kendall's rank correlation of predicted with measured times: of all pairs whose measured times differ by more than `tie`
// (of the larger), the share that predictions order alike minus the share that they don't. 1: every choice would be right;
// also where no pair counts. Both spans are of one length.
inline double kendall(std::span<nanoseconds const> predicted, std::span<nanoseconds const> measured,
                      double tie = 0.05) {
  int pairs = 0, agreement = 0;
  for (std::size_t i = 0; i < measured.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      nanoseconds const difference = measured[i] - measured[k];
      nanoseconds const larger = measured[i] > measured[k] ? measured[i] : measured[k];
      if (difference.value * difference.value <= tie * tie * larger.value * larger.value) continue;
      nanoseconds const expected = predicted[i] - predicted[k];
      ++pairs;
      if (expected.value != 0) agreement += (expected.value > 0) == (difference.value > 0) ? 1 : -1;
    }
  return pairs == 0 ? 1 : static_cast<double>(agreement) / pairs;
}

}  // namespace hone::inline HONE_ABI::shal
