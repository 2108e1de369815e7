#pragma once
#include <hone/config/config.hpp>

#include <cstdint>

namespace hone::inline HONE_ABI {

// What is known of one variant of one subgraph: the mean time of a call and its spread, from `samples` observations.
// A prior counts as observations, so that prediction is believed until measurement speaks.
struct arm {
  float mean{};      // ns
  float variance{};  // ns^2, of one observation
  float samples{};   // effective number: forgetting keeps it under `memory`

  // Adds one observation. Outliers (a lost time slice is 1000 times a call) count as at most four times the mean;
  // the past is forgotten at a rate of 1/memory, so that a machine that changes is followed.
  void observe(float ns, float memory = 64) {
    if (samples >= 1 && ns > 4 * mean) ns = 4 * mean;
    samples = samples + 1 < memory ? samples + 1 : memory;
    float const delta = ns - mean;
    mean += delta / samples;
    variance += (delta * (ns - mean) - variance) / samples;
  }
};

// When is an arm worth a try: the policy that training in simulation tunes.
struct exploration_policy {
  float confidence{2};        // how many standard errors below its mean an arm may turn out to be
  float prior_spread{0.15f};  // relative error of a prediction
  float prior_samples{1};     // observations that a prediction is worth
};

// The most that an arm may be better than its mean: mean - confidence * standard error.
inline float optimistic(arm const& a, exploration_policy const& p) {
  float const n = a.samples > 0.25f ? a.samples : 0.25f;
  float const variance = a.variance / n;
  return a.mean - p.confidence * __builtin_sqrtf(variance > 0 ? variance : 0);
}

// Index of the least of n arms by `value`; usable(i) says whether variant i can run here.
template <class Value, class Usable>
int least(arm const* arms, int n, Value value, Usable usable) {
  int best = -1;
  for (int i = 0; i < n; ++i)
    if (usable(i) && (best < 0 || value(arms[i]) < value(arms[best]))) best = i;
  return best;
}

// xorshift64*: small, seeded, the same everywhere. For simulated noise, not for secrets.
class random_bits {
 public:
  explicit random_bits(std::uint64_t seed) : s_(seed * 0x9e3779b97f4a7c15ULL + 0x1234567) {}
  std::uint64_t next() {
    s_ ^= s_ >> 12, s_ ^= s_ << 25, s_ ^= s_ >> 27;
    return s_ * 0x2545f4914f6cdd1dULL;
  }
  float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24f; }  // [0, 1)
  // About standard normal: twelve uniforms.
  float normal() {
    float sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::uint64_t s_;
};

}  // namespace hone::inline HONE_ABI
