#pragma once
#include <hone/pass/partition.hpp>
#include <hone/run/bandit.hpp>

#include <cstddef>
#include <vector>

namespace hone::inline HONE_ABI {

// A subgraph: operations [first, last), the variant that serves it, and the one that is tried next.
struct group {
  std::int16_t first{}, last{};
  std::int16_t chosen{}, trying{};
};

// A selection that can be stored and set again: which variant runs which operations (text form: run/selection.hpp).
struct selection {
  std::vector<group> groups;
};

// What the agent knows of a plan, from SHAL: predicted times, and where it splits well.
struct agent_view {
  int ops{}, variants{};
  std::vector<float> predicted;      // ns, [op][variant]
  std::vector<std::int16_t> live;    // results that cross into operation i: cutting there costs (pass/partition.hpp)
  std::vector<std::uint8_t> usable;  // by variant: runs on this machine, and is packed
};

// The subgraphs of a plan and what is known of each: forms, splits and merges them. The operations are always covered,
// each once and in order. Allocates in its constructor only; the other members take time linear in operations *
// variants.
class grouping {
 public:
  grouping() = default;
  // Raises unless there is an operation, and a variant that runs it here.
  grouping(agent_view view, exploration_policy const& policy)
      : view_(static_cast<agent_view&&>(view)), policy_(policy) {
    auto const n = static_cast<std::size_t>(view_.ops > 0 ? view_.ops : 0), v = view_.usable.size();
    bool any = false;
    for (std::uint8_t u : view_.usable) any = any || u != 0;
    if (n == 0 || !any || static_cast<int>(v) != view_.variants || view_.live.size() != n ||
        view_.predicted.size() != n * v)
      raise("cannot form subgraphs", "the plan has no operation, or no variant that runs here", "hone::agent",
            "give it a network, and a machine like this one");
    groups_.reserve(n), arms_.reserve(n * v);
    before_.assign((n + 1) * v, 0);
    for (std::size_t i = 0; i < n * v; ++i) before_[i + v] = before_[i] + view_.predicted[i];
  }

  agent_view const& view() const { return view_; }
  exploration_policy const& policy() const { return policy_; }
  int variants() const { return view_.variants; }
  bool usable(int v) const { return view_.usable[static_cast<std::size_t>(v)] != 0; }
  void make_usable(int v) { view_.usable[static_cast<std::size_t>(v)] = 1; }

  std::vector<group> const& groups() const { return groups_; }
  std::size_t size() const { return groups_.size(); }
  group& operator[](std::size_t g) { return groups_[g]; }
  group const& operator[](std::size_t g) const { return groups_[g]; }
  arm& at(std::size_t g, int v) { return arms_[index(g, v)]; }
  arm const& at(std::size_t g, int v) const { return arms_[index(g, v)]; }
  arm const& chosen(std::size_t g) const { return at(g, groups_[g].chosen); }

  // Predicted time of operations [first, last) with one variant, ns.
  float predicted(int first, int last, int v) const { return static_cast<float>(sum(last, v) - sum(first, v)); }
  // Share of the time that subgraph g takes with the variants chosen now.
  float share(std::size_t g) const {
    float all = 0;
    for (std::size_t i = 0; i < size(); ++i) all += chosen(i).mean;
    return chosen(g).mean / all;
  }

  // Forms `parts` subgraphs of all operations, the costliest split first; fewer where that would make one shorter than
  // `shortest` ns. Forgets what was measured.
  void form(int parts, float shortest, exploration_policy const& policy) {
    policy_ = policy;
    groups_.clear(), arms_.clear();
    add(0, 0, view_.ops);
    while (static_cast<int>(size()) < parts) {
      std::size_t widest = size();
      for (std::size_t g = 0; g < size(); ++g)
        if (splits(g, shortest) && (widest == size() || chosen(g).mean > chosen(widest).mean)) widest = g;
      if (widest == size()) return;
      split(widest);
      for (std::size_t g : {widest, widest + 1}) predict(g), choose_best(g);
    }
  }
  // Takes over a stored selection that fits, at timed call `now`. Forgets what was measured.
  void form(selection const& s, std::uint32_t now) {
    groups_.clear(), arms_.clear();
    for (group const& g : s.groups) {
      add(size(), g.first, g.last);
      groups_.back().chosen = groups_.back().trying = g.chosen;
    }
    for (arm& a : arms_) a.seen = now;
  }

  // Where subgraph g splits, by the predicted times of its chosen variant.
  int cut(std::size_t g) const {
    group const& s = groups_[g];
    return pass::best_cut(
        s.first, s.last, [&](int i) { return sum(i, s.chosen); }, view_.live.data());
  }
  // Whether g has two parts that would take at least `shortest` ns each, by what is known of it.
  bool splits(std::size_t g, float shortest) const {
    group const& s = groups_[g];
    if (s.last - s.first < 2) return false;
    float const first = chosen(g).mean * part(s, cut(g), s.chosen);
    return first >= shortest && chosen(g).mean - first >= shortest;
  }
  // Splits subgraph g in two; what was measured of it is shared out as predicted, with as much doubt as that takes.
  void split(std::size_t g) {
    group const whole = groups_[g];
    auto const at_op = static_cast<std::int16_t>(cut(g));
    groups_.insert(groups_.begin() + static_cast<std::ptrdiff_t>(g), whole);
    arms_.insert(arms_.begin() + static_cast<std::ptrdiff_t>(index(g, 0)), static_cast<std::size_t>(variants()), arm{});
    groups_[g].last = groups_[g + 1].first = at_op;
    for (int v = 0; v < variants(); ++v) {
      float const share = part(whole, at_op, v);
      arm all = at(g + 1, v);
      all.doubt += policy_.prior_spread * policy_.prior_spread, all.samples = 0, all.surprises = 0;
      at(g, v) = at(g + 1, v) = all;
      at(g, v).mean = positive(all.mean * share), at(g + 1, v).mean = positive(all.mean * (1 - share));
    }
  }
  // Merges subgraph g with the next, of the same variant; their times add, their errors are independent.
  void merge(std::size_t g) {
    for (int v = 0; v < variants(); ++v) {
      arm& a = at(g, v);
      arm const b = at(g + 1, v);
      float const both = a.mean + b.mean, wa = a.mean / both, wb = b.mean / both;
      a = {both,
           wa * wa * a.noise + wb * wb * b.noise,
           wa * wa * a.doubt + wb * wb * b.doubt,
           a.seen < b.seen ? a.seen : b.seen,
           a.samples < b.samples ? a.samples : b.samples,
           0};
    }
    groups_[g].last = groups_[g + 1].last;
    groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(g + 1));
    auto const from = arms_.begin() + static_cast<std::ptrdiff_t>(index(g + 1, 0));
    arms_.erase(from, from + variants());
  }

 private:
  std::size_t index(std::size_t g, int v) const {
    return g * static_cast<std::size_t>(view_.variants) + static_cast<std::size_t>(v);
  }
  double sum(int op, int v) const { return before_[index(static_cast<std::size_t>(op), v)]; }
  static float positive(float ns) { return ns > arm::least ? ns : arm::least; }
  // The predicted share of operations before `cut` in s.
  float part(group const& s, int cut, int v) const {
    float const all = predicted(s.first, s.last, v);
    return all > 0 ? predicted(s.first, cut, v) / all : 0.5f;
  }
  // Inserts subgraph [first, last) at position g, knowing only predictions.
  void add(std::size_t g, int first, int last) {
    groups_.insert(groups_.begin() + static_cast<std::ptrdiff_t>(g),
                   group{static_cast<std::int16_t>(first), static_cast<std::int16_t>(last), 0, 0});
    arms_.insert(arms_.begin() + static_cast<std::ptrdiff_t>(index(g, 0)), static_cast<std::size_t>(variants()), arm{});
    predict(g), choose_best(g);
  }
  void predict(std::size_t g) {
    for (int v = 0; v < variants(); ++v) {
      at(g, v) = {};
      at(g, v).mean = positive(predicted(groups_[g].first, groups_[g].last, v));
      at(g, v).doubt = policy_.prior_spread * policy_.prior_spread;
    }
  }
  void choose_best(std::size_t g) {
    int best = -1;
    for (int v = 0; v < variants(); ++v)
      if (usable(v) && (best < 0 || at(g, v).mean < at(g, best).mean)) best = v;
    groups_[g].chosen = groups_[g].trying = static_cast<std::int16_t>(best);
  }

  agent_view view_;
  exploration_policy policy_;
  std::vector<double> before_;  // predicted ns of all operations before, [op][variant]
  std::vector<group> groups_;
  std::vector<arm> arms_;  // [group][variant]
};

}  // namespace hone::inline HONE_ABI
