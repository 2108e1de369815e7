#pragma once
#include <hone/core/error.hpp>
#include <hone/run/adaptation.hpp>
#include <hone/run/bandit.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace hone::inline HONE_ABI {

// A subgraph as the agent sees it: operations [first, last), the variant that serves it, and the one tried next.
struct group {
  std::int16_t first{}, last{};
  std::int16_t chosen{}, trying{};
};

// A selection that can be stored and set again: which variant runs which operations.
struct selection {
  std::vector<group> groups;
};

// What the agent knows of a plan, from SHAL: predicted times, and where subgraphs split best.
struct agent_view {
  int ops{}, variants{};
  std::vector<float> predicted;    // ns, [op][variant]
  std::vector<std::int16_t> cuts;  // best split of [first, last), [first][last - 1]; -1: none
  std::vector<bool> usable;        // by variant: runs on this machine, and is packed
};

// The embedded agent: a bandit a subgraph, with SHAL's predictions as prior, bounded exploration, and splitting and
// merging of subgraphs by their share of the time. Pure logic over observed times: who runs and times is context.
// Allocates in its constructor only; every other member is bounded work and allocates nothing.
class agent {
 public:
  static constexpr std::size_t event_capacity = 256;

  agent() = default;
  agent(agent_view view, adaptation const& how) : view_(static_cast<agent_view&&>(view)), how_(how) {
    if (view_.ops < 1 || view_.variants < 1)
      raise("cannot form subgraphs", "the plan has no operation or no variant", "hone::agent", "give it a network");
    if (!(how_.exploration >= 0 && how_.exploration < 1) || how_.sample_period < 1 || how_.regroup_period < 1 ||
        how_.initial_granularity < 1)
      raise("cannot use this adaptation", "exploration lies in [0, 1), periods and granularity are at least 1",
            "hone::adaptation", "correct the figures");
    auto const most = static_cast<std::size_t>(view_.ops);
    groups_.reserve(most), arms_.reserve(most * static_cast<std::size_t>(view_.variants));
    if (how_.rl_training_epochs > 0) train();
    form(0, view_.ops, how_.initial_granularity);
  }

  std::vector<group> const& groups() const { return groups_; }
  int variants() const { return view_.variants; }
  arm const& known(std::size_t g, int variant) const { return arms_[index(g, variant)]; }
  exploration_policy const& policy() const { return policy_; }
  double lost() const { return lost_; }    // ns that trying has cost so far
  double spent() const { return spent_; }  // ns of all calls so far, as sampled
  selection current() const { return {groups_}; }

  // The variant that a call takes for subgraph g: the chosen one, in a timed call perhaps another to be tried.
  int variant(std::size_t g, bool timed) const { return timed ? groups_[g].trying : groups_[g].chosen; }

  // Before a timed call: decides what to try. Spends at most what the budget has left.
  void plan_trials() {
    double const allowed = double(how_.exploration) * spent_ - lost_;
    double expected = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g) expected += known(g, groups_[g].chosen).mean;
    double left = allowed;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      group& s = groups_[g];
      s.trying = s.chosen;
      if (how_.frozen || how_.exploration <= 0) continue;
      int const candidate = least(
          &arms_[index(g, 0)], view_.variants, [&](arm const& a) { return optimistic(a, policy_); },
          [&](int v) { return usable(v); });
      if (candidate == s.chosen || optimistic(known(g, candidate), policy_) >= known(g, s.chosen).mean) continue;
      double const extra = double(known(g, candidate).mean) - known(g, s.chosen).mean;
      double const cost = extra > 0 ? extra : 0;
      bool const in_time = how_.deadline.value <= 0 || expected + cost <= how_.deadline.value;
      if (cost <= left && in_time) s.trying = static_cast<std::int16_t>(candidate), left -= cost, expected += cost;
    }
  }

  // After a timed call, the time of subgraph g.
  void observe(std::size_t g, float ns) {
    group& s = groups_[g];
    arm& a = arms_[index(g, s.trying)];
    if (s.trying != s.chosen) {
      double const over = double(ns) - known(g, s.chosen).mean;
      lost_ += over > 0 ? over : 0;
    }
    a.observe(ns);
    observed_ += ns;
  }

  // After all of a timed call's subgraphs: `calls` is how many calls this one stands for. Chooses anew, and now and
  // then splits and merges. Returns true if the selection changed.
  bool conclude(std::uint64_t call, int calls) {
    spent_ += observed_ * calls;
    observed_ = 0;
    if (how_.frozen) return false;
    bool changed = false;
    for (std::size_t g = 0; g < groups_.size(); ++g) changed = choose(g, call) || changed;
    if (++timed_ % how_.regroup_period == 0) changed = regroup(call) || changed;
    return changed;
  }

  // Sets a stored selection; it must cover the same operations with usable variants.
  void set(selection const& s) {
    int at = 0;
    for (group const& g : s.groups) {
      if (g.first != at || g.last <= g.first || g.chosen < 0 || g.chosen >= view_.variants || !usable(g.chosen))
        raise("cannot set this selection",
              message() << "the subgraph that starts at operation " << g.first << " does not fit", "hone::agent",
              "use a selection of the same plan, with variants that this machine can run");
      at = g.last;
    }
    if (at != view_.ops)
      raise("cannot set this selection", message() << "it covers " << at << " of " << view_.ops << " operations",
            "hone::agent", "use a selection of the same plan");
    groups_.clear(), arms_.clear();
    for (group const& g : s.groups) {
      add(groups_.size(), g.first, g.last);
      groups_.back().chosen = groups_.back().trying = g.chosen;
    }
  }

  // Events since the start, oldest first; the newest event_capacity are kept.
  std::size_t events() const { return event_count_ < event_capacity ? event_count_ : event_capacity; }
  adaptation_event const& event(std::size_t i) const {
    std::size_t const oldest = event_count_ < event_capacity ? 0 : event_count_ % event_capacity;
    return events_[(oldest + i) % event_capacity];
  }

  // Share of the time that subgraph g takes with the variants chosen now.
  float share(std::size_t g) const {
    float all = 0;
    for (std::size_t i = 0; i < groups_.size(); ++i) all += known(i, groups_[i].chosen).mean;
    return all > 0 ? known(g, groups_[g].chosen).mean / all : 0;
  }
  // Predicted time of operations [first, last) with one variant, ns.
  float predicted(int first, int last, int variant) const {
    float sum = 0;
    for (int i = first; i < last; ++i) sum += view_.predicted[static_cast<std::size_t>(i * view_.variants + variant)];
    return sum;
  }

 private:
  std::size_t index(std::size_t g, int variant) const {
    return g * static_cast<std::size_t>(view_.variants) + static_cast<std::size_t>(variant);
  }
  bool usable(int v) const { return view_.usable[static_cast<std::size_t>(v)]; }
  void note(adaptation_event const& e) { events_[event_count_++ % event_capacity] = e; }

  // Inserts subgraph [first, last) at position g, knowing only predictions.
  void add(std::size_t g, int first, int last) {
    groups_.insert(groups_.begin() + static_cast<std::ptrdiff_t>(g),
                   group{static_cast<std::int16_t>(first), static_cast<std::int16_t>(last), 0, 0});
    arms_.insert(
        arms_.begin() + static_cast<std::ptrdiff_t>(index(g, 0)), static_cast<std::size_t>(view_.variants), arm{});
    for (int v = 0; v < view_.variants; ++v) {
      float const mean = predicted(first, last, v), spread = mean * policy_.prior_spread;
      arms_[index(g, v)] = {mean, spread * spread, policy_.prior_samples};
    }
    groups_[g].chosen = groups_[g].trying = static_cast<std::int16_t>(least(
        &arms_[index(g, 0)], view_.variants, [](arm const& a) { return a.mean; }, [&](int v) { return usable(v); }));
  }
  int cut(int first, int last) const { return view_.cuts[static_cast<std::size_t>(first * view_.ops + last - 1)]; }
  // Forms `parts` subgraphs of [first, last), hierarchically.
  void form(int first, int last, int parts) {
    groups_.clear(), arms_.clear();
    add(0, first, last);
    while (static_cast<int>(groups_.size()) < parts) {
      std::size_t widest = groups_.size();
      float most = -1;
      for (std::size_t g = 0; g < groups_.size(); ++g)
        if (groups_[g].last - groups_[g].first > 1 && known(g, groups_[g].chosen).mean > most)
          widest = g, most = known(g, groups_[g].chosen).mean;
      if (widest == groups_.size()) return;
      split(widest);
    }
  }
  // Splits subgraph g in two; what was measured of it is shared out as predicted.
  void split(std::size_t g) {
    group const whole = groups_[g];
    int const at = cut(whole.first, whole.last);
    add(g + 1, at, whole.last);
    groups_[g].last = static_cast<std::int16_t>(at);
    for (int v = 0; v < view_.variants; ++v) {
      arm const measured = arms_[index(g, v)];
      float const all = predicted(whole.first, whole.last, v);
      float const part = all > 0 ? predicted(whole.first, at, v) / all : 0.5f;
      auto scaled = [&](float k) {
        return arm{measured.mean * k, measured.variance * k * k, measured.samples < 2 ? measured.samples : 2};
      };
      arms_[index(g, v)] = scaled(part), arms_[index(g + 1, v)] = scaled(1 - part);
    }
    groups_[g + 1].chosen = groups_[g + 1].trying = whole.chosen;
  }
  // Merges subgraph g with the next; their times add.
  void merge(std::size_t g) {
    for (int v = 0; v < view_.variants; ++v) {
      arm& a = arms_[index(g, v)];
      arm const b = arms_[index(g + 1, v)];
      a = {a.mean + b.mean, a.variance + b.variance, a.samples < b.samples ? a.samples : b.samples};
    }
    groups_[g].last = groups_[g + 1].last;
    groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(g + 1));
    auto const from = arms_.begin() + static_cast<std::ptrdiff_t>(index(g + 1, 0));
    arms_.erase(from, from + view_.variants);
  }
  // Takes the arm with the least mean, if it is at least 1% better than the chosen one and was measured.
  bool choose(std::size_t g, std::uint64_t call) {
    group& s = groups_[g];
    int const best = least(
        &arms_[index(g, 0)], view_.variants, [](arm const& a) { return a.mean; },
        [&](int v) { return usable(v) && (v == s.chosen || known(g, v).samples > policy_.prior_samples); });
    if (best == s.chosen || known(g, best).mean > 0.99f * known(g, s.chosen).mean) return false;
    note({call, adaptation_event::what::select, s.first, s.last, s.chosen, static_cast<std::int16_t>(best)});
    s.chosen = static_cast<std::int16_t>(best);
    return true;
  }
  bool regroup(std::uint64_t call) {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      group const s = groups_[g];
      if (s.last - s.first < 2 || share(g) <= how_.performance_threshold) continue;
      split(g);
      note({call, adaptation_event::what::split, s.first, s.last, s.chosen, groups_[g].last});
      return true;
    }
    for (std::size_t g = 0; g + 1 < groups_.size(); ++g) {
      group const a = groups_[g], b = groups_[g + 1];
      if (a.chosen != b.chosen || share(g) + share(g + 1) >= how_.merging_threshold) continue;
      merge(g);
      note({call, adaptation_event::what::merge, a.first, b.last, a.chosen, a.last});
      return true;
    }
    return false;
  }
  void train();

  agent_view view_;
  adaptation how_;
  exploration_policy policy_;
  std::vector<group> groups_;
  std::vector<arm> arms_;
  std::array<adaptation_event, event_capacity> events_{};
  std::size_t event_count_{};
  double lost_{}, spent_{}, observed_{};
  int timed_{};
};

// Training in SHAL: episodes on simulated machines on which every prediction is off by a random factor and every
// observation is noisy. Keeps the policy with the least total time: how boldly to explore, how far to trust predictions.
inline void agent::train() {
  static constexpr float confidences[]{0.5f, 1.0f, 1.5f, 2.0f, 3.0f};
  static constexpr float samples[]{0.5f, 1.0f, 2.0f, 4.0f};
  static constexpr int steps = 100;
  auto const n = static_cast<std::size_t>(view_.variants);
  std::vector<float> truth(n);
  std::vector<arm> arms(n);
  double total[5][4]{};
  random_bits random(how_.seed);
  for (int epoch = 0; epoch < how_.rl_training_epochs; ++epoch) {
    for (std::size_t v = 0; v < n; ++v) {
      float const factor = 1 + policy_.prior_spread * random.normal();
      truth[v] = predicted(0, view_.ops, static_cast<int>(v)) * (factor > 0.3f ? factor : 0.3f);
    }
    std::uint64_t const noise = random.next();
    for (int c = 0; c < 5; ++c)
      for (int s = 0; s < 4; ++s) {
        exploration_policy const trial{confidences[c], policy_.prior_spread, samples[s]};
        random_bits same(noise);  // every policy meets the same machine and the same noise
        for (std::size_t v = 0; v < n; ++v) {
          float const mean = predicted(0, view_.ops, static_cast<int>(v)), spread = mean * trial.prior_spread;
          arms[v] = {mean, spread * spread, trial.prior_samples};
        }
        for (int i = 0; i < steps; ++i) {
          int const v = least(
              arms.data(), view_.variants, [&](arm const& a) { return optimistic(a, trial); },
              [&](int k) { return usable(k); });
          float const seen = truth[static_cast<std::size_t>(v)] * (1 + 0.03f * same.normal());
          arms[static_cast<std::size_t>(v)].observe(seen);
          total[c][s] += seen;
        }
      }
  }
  int best_c = 3, best_s = 1;
  for (int c = 0; c < 5; ++c)
    for (int s = 0; s < 4; ++s)
      if (total[c][s] < total[best_c][best_s]) best_c = c, best_s = s;
  policy_.confidence = confidences[best_c], policy_.prior_samples = samples[best_s];
}

}  // namespace hone::inline HONE_ABI
