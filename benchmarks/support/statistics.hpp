#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace bench {

/// The smallest sample that at least the share `p` (0 < p <= 1) of the samples does not exceed ("nearest rank"):
/// p = 0.5 is the median, p = 0.99 of 100 samples is the second largest. 0 where there is no sample.
inline double percentile(std::vector<double> samples, double p) {
  if (samples.empty()) return 0.0;
  auto const rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(samples.size())));
  std::size_t const index = std::clamp<std::size_t>(rank, 1, samples.size()) - 1;
  std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(index), samples.end());
  return samples[index];
}

inline double median(std::vector<double> samples) { return percentile(std::move(samples), 0.5); }

}  // namespace bench
