#pragma once
#include <hone/run/adaptation.hpp>

namespace hone::inline HONE_ABI {

// What is known of the time of one variant of one subgraph: a Kalman filter of one number that drifts. A prediction is
// where it starts; the first measurements outweigh it as far as they are more certain. Variances are relative, (1% of
// the mean)^2 is 1e-4, so that they stay true when a machine changes its clock.
struct arm {
  float mean{};             // ns of a call
  float noise{2.5e-3f};     // variance of one observation
  float doubt{};            // variance of the mean, when it was last observed
  std::uint32_t seen{};     // when that was, in timed calls
  std::uint16_t samples{};  // observations, up to 1000; 0: only predicted
  std::int8_t surprises{};  // observations in a row that noise does not explain, negative if they were short
  // What a mean does not sink below, ns: a clock with coarse steps may find that something takes no time.
  static constexpr float least = 0.1f;

  // Variance of the mean at timed call `now`.
  float doubt_at(std::uint32_t now, exploration_policy const& p) const {
    return doubt + p.drift * p.drift * static_cast<float>(now - seen);
  }

  // Adds an observation. One that noise does not explain (a lost time slice is 1000 times a call) is cut to three
  // standard errors; the third of them in a row is believed, if not for certain: the machine changed. Returns by how much
  // then, relative to the mean, else 0.
  float observe(float ns, std::uint32_t now, exploration_policy const& p) {
    float variance = doubt_at(now, p), change = 0;
    float error = ns / mean - 1;
    if (error > 3) error = 3;
    float const limit = 3 * __builtin_sqrtf(variance + noise);
    if (error > limit || error < -limit) {
      bool const longer = error > 0;
      surprises =
          static_cast<std::int8_t>(longer ? (surprises > 0 ? surprises + 1 : 1) : (surprises < 0 ? surprises - 1 : -1));
      if (surprises >= 3 || surprises <= -3) {
        surprises = 0, change = error;
        variance += error * error;
      } else {
        error = longer ? limit : -limit;
      }
    } else {
      surprises = 0;
    }
    // What makes a call longer is often not the variant: such an observation says less than one that is short.
    float const own = change == 0 && error * error > 9 * noise && error > 0 ? error * error / 9 : noise;
    float const gain = variance / (variance + own);
    if (change == 0) learn_noise(error * error, variance);
    mean *= 1 + gain * error;
    if (!(mean > least)) mean = least;
    doubt = change != 0 ? 0.25f * change * change : (1 - gain) * variance;
    seen = now;
    samples = static_cast<std::uint16_t>(samples < 1000 ? samples + 1 : samples);
    return change;
  }

 private:
  // The noise starts at a guess that counts as four observations, and follows the last 32; an observation says as much
  // about it as noise has a part in `square`. At least (0.3%)^2: a counter of time has steps.
  void learn_noise(float square, float variance) {
    float const part = noise / (variance + noise), n = static_cast<float>(samples < 28 ? samples : 28) + 4;
    noise += part * part * (square - variance - noise) / n;
    if (noise < 1e-5f) noise = 1e-5f;
  }
};

// The least that the mean may turn out to be.
inline float optimistic(arm const& a, std::uint32_t now, exploration_policy const& p) {
  return a.mean * (1 - p.boldness * __builtin_sqrtf(a.doubt_at(now, p)));
}
// Whether `rival` is better than `chosen` by more than 1%, beyond doubt: equal variants do not take turns.
inline bool beats(arm const& rival, arm const& chosen, std::uint32_t now, exploration_policy const& p) {
  float const gain = 0.99f * chosen.mean - rival.mean;
  float const variance =
      rival.mean * rival.mean * rival.doubt_at(now, p) + chosen.mean * chosen.mean * chosen.doubt_at(now, p);
  return gain > 0 && gain * gain > p.proof * p.proof * variance;
}

// xorshift64*: small, seeded, the same everywhere. For simulated noise and sampling, not for secrets.
class random_bits {
 public:
  explicit random_bits(std::uint64_t seed) : s_(seed * 0x9e3779b97f4a7c15ULL + 0x1234567) {
    if (s_ == 0) s_ = 1;
  }
  std::uint64_t next() {
    s_ ^= s_ >> 12, s_ ^= s_ << 25, s_ ^= s_ >> 27;
    return s_ * 0x2545f4914f6cdd1dULL;
  }
  float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24f; }  // [0, 1)
  // About standard normal: the sum of eight uniform numbers of 16 bits.
  float normal() {
    std::uint64_t const a = next(), b = next();
    std::uint64_t sum = 0;
    for (int i = 0; i < 64; i += 16) sum += ((a >> i) & 0xffff) + ((b >> i) & 0xffff);
    return (static_cast<float>(sum) * 0x1p-16f - 4) * 1.2247449f;  // variance of the sum: 8/12
  }

 private:
  std::uint64_t s_;
};

}  // namespace hone::inline HONE_ABI
