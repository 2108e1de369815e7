#pragma once
#include <hone/run/agent.hpp>

namespace hone::inline HONE_ABI {

// How a simulated machine departs from what was predicted of it, as relative standard errors: each variant as a whole,
// each operation of it by itself, and each single observation.
struct departure {
  float variant{0.10f}, operation{0.10f};
  float noise{0.03f};
  float interruptions{0.03f};  // share of calls that something else makes up to three times as long
  float pace{0.02f};           // how often, in timed calls, the clock changes, by up to a fifth
  float change{0.003f};        // how often a variant becomes slower or faster for good, by up to a third
};

// A machine that might be: the true times of a plan's operations by variant, and how they are disturbed. Seeded: the
// same machine gives the same times, however it is asked.
class simulated_machine {
 public:
  // `predicted`: ns, [op][variant], as SHAL has it for this machine.
  simulated_machine(int ops, int variants, float const* predicted, departure const& d, std::uint64_t seed)
      : variants_(variants), departure_(d), random_(seed) {
    auto const n = static_cast<std::size_t>(ops), v = static_cast<std::size_t>(variants);
    before_.assign((n + 1) * v, 0);
    factor_.assign(v, 1);
    for (float& f : factor_) f = factor(d.variant);
    for (std::size_t i = 0; i < n * v; ++i) before_[i + v] = before_[i] + predicted[i] * factor(d.operation);
  }

  // To the next timed call: now and then the pace changes, or one variant.
  void next() {
    if (random_.uniform() < departure_.pace) pace_ = 0.8f + 0.4f * random_.uniform();
    if (random_.uniform() < departure_.change) {
      auto const v = static_cast<std::size_t>(random_.uniform() * static_cast<float>(variants_));
      factor_[v] *= 0.67f + 0.83f * random_.uniform();
    }
    disturbance_ = random_.next();
  }
  // The true time of operations [first, last) in variant v, undisturbed.
  float time(int first, int last, int v) const {
    return static_cast<float>(sum(last, v) - sum(first, v)) * factor_[static_cast<std::size_t>(v)] * pace_;
  }
  // What a timing of them gives in this call.
  float observed(int first, int last, int v) const {
    random_bits own(disturbance_ + static_cast<std::uint64_t>(first) * 1000 + static_cast<std::uint64_t>(v));
    float t = time(first, last, v) * (1 + departure_.noise * own.normal());
    if (own.uniform() < departure_.interruptions) t *= 1 + 2 * own.uniform();
    return t;
  }

 private:
  double sum(int op, int v) const { return before_[static_cast<std::size_t>(op * variants_ + v)]; }
  float factor(float spread) {
    float const f = 1 + spread * random_.normal();
    return f > 0.3f ? f : 0.3f;
  }

  int variants_{};
  departure departure_;
  random_bits random_;
  std::vector<double> before_;
  std::vector<float> factor_;
  float pace_{1};
  std::uint64_t disturbance_{};
};

// What an agent made of a machine: times of all calls, ns.
struct episode {
  double spent{};  // with its selections and trials
  double best{};   // with the best variant of each subgraph, known beforehand
  double tried{};  // what trials cost of `spent`
  double regret() const { return best > 0 ? spent / best - 1 : 0; }
};

// Drives an agent over `timed_calls` on m, as executor does; each stands for `how.sample_period` calls.
inline episode play(agent& a, simulated_machine& m, adaptation const& how, int timed_calls) {
  episode e;
  for (int i = 0; i < timed_calls; ++i) {
    m.next();
    a.plan_trials();
    for (std::size_t g = 0; g < a.groups().size(); ++g) {
      group const s = a.groups()[g];
      float best = -1, chosen = m.time(s.first, s.last, s.chosen), trying = m.time(s.first, s.last, s.trying);
      for (int v = 0; v < a.variants(); ++v)
        if (float const t = m.time(s.first, s.last, v); a.usable(v) && (best < 0 || t < best)) best = t;
      int const trials = s.trying == s.chosen ? 0 : 1 + how.warm_up;
      int const calls = how.sample_period > trials ? how.sample_period : trials;
      e.best += double(best) * calls;
      e.spent += double(chosen) * calls + (double(trying) - chosen) * trials;
      e.tried += (double(trying) - chosen) * trials;
      a.observe(g, m.observed(s.first, s.last, s.trying));
    }
    a.conclude(static_cast<std::uint64_t>(i) * static_cast<std::uint64_t>(how.sample_period),
               static_cast<std::uint64_t>(how.sample_period));
  }
  return e;
}

}  // namespace hone::inline HONE_ABI
