#pragma once
#include <hone/run/adaptation.hpp>
#include <hone/run/grouping.hpp>
#include <hone/run/pace.hpp>

namespace hone::inline HONE_ABI {

// What training in simulation came to (run/training.hpp).
struct training_result {
  exploration_policy policy{};
  int episodes{};
  // Mean share of time lost against the best selection, on simulated machines that training did not see: with the
  // policy that it started from, and with the one it found.
  float regret_before{}, regret_after{};
};
// What every agent starts from: trained in SHAL on 6 plans and 11 machines of the catalogue by
// `./scripts/bench adapt --train 400`, from {1.5, 0.2, 2.5, 0.001}.
inline constexpr training_result pretrained{{}, 400, 0.0041f, 0.0029f};

// The embedded agent: a bandit a subgraph, with SHAL's predictions as prior, bounded exploration, and splitting and
// merging of subgraphs by their share of the time. Pure logic over observed times: who runs and times is executor.
//
// What all subgraphs have in common, the machine's pace, is told apart from what a variant costs: all observations are
// divided by the factor of the chosen variants' times over their means. A clock that changes leaves the ranking alone,
// and so does a prediction that is off for all variants alike.
//
// Allocates in its constructor and for selections only; everything else is bounded work, linear in operations *
// variants.
class agent {
 public:
  static constexpr std::size_t event_capacity = 256;

  agent() = default;
  // Raises where a figure of `how` makes no sense, or the plan has nothing to run.
  agent(agent_view view, adaptation const& how, exploration_policy const& policy = {},
        std::size_t capacity = event_capacity)
      : how_(how), groups_(static_cast<agent_view&&>(view), policy), capacity_(capacity) {
    check(how);
    events_.resize(capacity_);
    times_.resize(static_cast<std::size_t>(groups_.view().ops));
    restart(policy);
  }

  std::vector<group> const& groups() const { return groups_.groups(); }
  int variants() const { return groups_.variants(); }
  bool usable(int v) const { return groups_.usable(v); }
  exploration_policy const& policy() const { return groups_.policy(); }
  selection current() const { return {groups()}; }
  bool frozen() const { return how_.frozen; }
  void freeze(bool on) { how_.frozen = on; }

  double lost() const { return lost_; }    // ns that trying has cost so far
  double spent() const { return spent_; }  // ns of all calls so far, as sampled
  // What is known of the time of a variant of subgraph g, at the machine's present pace.
  arm known(std::size_t g, int v) const {
    arm a = groups_.at(g, v);
    a.mean *= pace_.factor();
    return a;
  }
  // Its measured time, ns; 0 where it was not measured yet (prediction: predicted).
  float measured(std::size_t g, int v) const { return groups_.at(g, v).samples > 0 ? known(g, v).mean : 0; }
  // Share of the time that subgraph g takes with the variants chosen now.
  float share(std::size_t g) const { return groups_.share(g); }
  // Predicted time of operations [first, last) with one variant, ns.
  float predicted(int first, int last, int v) const { return groups_.predicted(first, last, v); }

  // Events since the start, oldest first; the newest event_capacity are kept, event_count() counts all.
  std::size_t event_count() const { return event_count_; }
  std::size_t events() const { return event_count_ < capacity_ ? event_count_ : capacity_; }
  adaptation_event const& event(std::size_t i) const {
    return events_[(event_count_ < capacity_ ? i : event_count_ + i) % capacity_];
  }

  // How the agent came by its policy; 0 episodes: the policy was given.
  training_result const& training() const { return training_; }
  void trained(training_result const& t) { training_ = t, restart(t.policy); }

  // Forgets everything and starts with this policy.
  void restart(exploration_policy const& policy) {
    groups_.form(how_.initial_granularity, static_cast<float>(how_.shortest.value), policy);
    if (training_.policy != policy) training_ = policy == exploration_policy{} ? pretrained : training_result{policy};
    event_count_ = 0, now_ = 0;
    lost_ = spent_ = purse_ = 0, pace_ = {};
  }
  // A variant that became resident after the start.
  void make_usable(int v) { groups_.make_usable(v); }

  // Sets a stored selection. Raises, and changes nothing, unless it covers the operations of this plan in order with
  // usable variants.
  void set(selection const& s) {
    int at = 0;
    for (group const& g : s.groups) {
      if (g.first != at || g.last <= g.first || g.chosen < 0 || g.chosen >= variants() || !usable(g.chosen))
        raise("cannot set this selection",
              message() << "the subgraph of operations " << g.first << " to " << g.last << " with variant " << g.chosen
                        << " does not fit",
              "hone::agent", "use a selection of the same plan, with variants that are resident on this machine");
      at = g.last;
    }
    if (at != groups_.view().ops)
      raise("cannot set this selection",
            message() << "it covers " << at << " of " << groups_.view().ops << " operations", "hone::agent",
            "use a selection of the same plan");
    groups_.form(s, now_);
    pace_ = {};  // it was told from times that are forgotten now
  }

  // Before a timed call: decides which variants it tries, and returns true if one is not the chosen one. Every other
  // timed call tries nothing: it is what trials are compared with.
  bool plan_trials() {
    for (std::size_t g = 0; g < groups_.size(); ++g) groups_[g].trying = groups_[g].chosen;
    if (how_.frozen || how_.exploration <= 0 || now_ % 2 == 0) return false;
    double left = purse_, expected = 0;
    bool any = false;
    for (std::size_t g = 0; g < groups_.size(); ++g) expected += double(groups_.chosen(g).mean) * pace_.factor();
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      int const v = candidate(g, left, expected);
      if (v < 0) continue;
      groups_[g].trying = static_cast<std::int16_t>(v), any = true;
      left -= price(g, v);
      expected += latest(g, v);
    }
    return any;
  }

  // After a timed call, the time of subgraph g.
  void observe(std::size_t g, float ns) { times_[g] = ns; }

  // After all of a timed call's subgraphs were observed. `call`: calls before it; `calls`: how many it stands for.
  // Chooses anew, and now and then splits and merges. Returns true if the selection changed.
  bool conclude(std::uint64_t call, std::uint64_t calls) {
    follow_pace();
    ++now_;
    double all = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g) all += learn(g);
    spent_ += all * static_cast<double>(calls);
    save(how_.exploration * all * static_cast<double>(calls), all);
    if (how_.frozen) return false;
    bool changed = false;
    for (std::size_t g = 0; g < groups_.size(); ++g) changed = choose(g, call) || changed;
    if (now_ % static_cast<std::uint32_t>(how_.regroup_period) == 0) changed = regroup(call) || changed;
    return changed;
  }

 private:
  // What was measured less than `looks` times is tried in any case, every `first_look` timed calls; after that every
  // `recheck`, so that a machine that changes is followed.
  static constexpr std::uint32_t looks = 3, first_look = 16, recheck = 512;

  // ---- trials

  // What trying v costs, as far as is known: its warm-up and timed calls, each over the chosen variant's time.
  double price(std::size_t g, int v) const {
    double const extra = double(groups_.at(g, v).mean) - groups_.chosen(g).mean;
    return extra > 0 ? extra * pace_.factor() * (1 + how_.warm_up) : 0;
  }
  // By how much a call with v may at worst be longer than one with the chosen variant.
  double latest(std::size_t g, int v) const {
    arm const& a = groups_.at(g, v);
    float const worst = a.mean * (1 + 3 * __builtin_sqrtf(a.doubt_at(now_, policy()) + a.noise));
    return (double(worst) - groups_.chosen(g).mean) * pace_.factor();
  }
  // The variant of g that is worth a try within the budget and the deadline: one that may turn out to be better than
  // the chosen one, the most promising first; else the one not looked at for the longest time, unless it is known to
  // take twice as long. -1: none.
  int candidate(std::size_t g, double left, double expected) const {
    arm const& chosen = groups_.chosen(g);
    int best = -1, stalest = -1;
    float most = chosen.mean;
    std::uint32_t oldest = 0;
    for (int v = 0; v < variants(); ++v) {
      if (v == groups_[g].chosen || !usable(v) || price(g, v) > left) continue;
      if (how_.deadline.value > 0 && expected + latest(g, v) > how_.deadline.value) continue;
      arm const& a = groups_.at(g, v);
      if (float const hope = optimistic(a, now_, policy()); hope < most) best = v, most = hope;
      std::uint32_t const age = now_ - a.seen;
      if (age > oldest && age >= (a.samples < looks ? first_look : recheck) && a.mean < 2 * chosen.mean)
        stalest = v, oldest = age;
    }
    return best >= 0 ? best : stalest;
  }
  // Adds to what trials may cost; what is not spent does not pile up beyond 200 calls.
  void save(double amount, double call) {
    purse_ += amount;
    if (purse_ > 200 * call) purse_ = 200 * call;
  }

  // ---- what an observation says

  // Lasting changes of the pace leave the variants that were not running in doubt.
  void follow_pace() {
    float expected = 0, observed = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g)
      if (groups_[g].trying == groups_[g].chosen) expected += groups_.chosen(g).mean, observed += times_[g];
    if (!(expected > 0) || !(observed > 0)) return;
    float const change = pace_.follow(observed / expected);
    for (std::size_t g = 0; change != 0 && g < groups_.size(); ++g) doubt_rivals(g, change);
  }
  void doubt_rivals(std::size_t g, float change) {
    for (int v = 0; v < variants(); ++v)
      if (v != groups_[g].chosen) groups_.at(g, v).doubt += change * change;
  }
  // Takes in the time of subgraph g; returns what it would have been without a trial.
  double learn(std::size_t g) {
    group const& s = groups_[g];
    float const usual = groups_.chosen(g).mean * pace_.factor();
    float const change = groups_.at(g, s.trying).observe(times_[g] / pace_.factor(), now_, policy());
    if (s.trying == s.chosen) {
      if (change != 0) doubt_rivals(g, change);
      return times_[g];
    }
    float const seen = times_[g] < 100 * usual ? times_[g] : 100 * usual;
    double const over = (double(seen) - usual) * (1 + how_.warm_up);
    if (over > 0) lost_ += over, purse_ -= over;
    return usual;
  }

  // ---- decisions

  // Takes the variant that is better beyond doubt, if there is one that was measured.
  bool choose(std::size_t g, std::uint64_t call) {
    int best = groups_[g].chosen;
    for (int v = 0; v < variants(); ++v)
      if (usable(v) && groups_.at(g, v).samples > 0 && beats(groups_.at(g, v), groups_.chosen(g), now_, policy()) &&
          groups_.at(g, v).mean < groups_.at(g, best).mean)
        best = v;
    group& s = groups_[g];
    if (best == s.chosen) return false;
    note({call, {spent_}, adaptation_event::what::select, s.first, s.last, s.chosen, static_cast<std::int16_t>(best)});
    s.chosen = s.trying = static_cast<std::int16_t>(best);
    return true;
  }
  // One split or merge at most. A merged subgraph has a smaller share than one that is split, so that neither undoes
  // the other while times stay as they are.
  bool regroup(std::uint64_t call) {
    auto const shortest = static_cast<float>(how_.shortest.value) / pace_.factor();
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (share(g) <= how_.performance_threshold || !groups_.splits(g, shortest)) continue;
      group const s = groups_[g];
      groups_.split(g);
      note({call, {spent_}, adaptation_event::what::split, s.first, s.last, s.chosen, groups_[g].last});
      return true;
    }
    for (std::size_t g = 0; g + 1 < groups_.size(); ++g) {
      group const a = groups_[g], b = groups_[g + 1];
      if (a.chosen != b.chosen || share(g) + share(g + 1) >= how_.merging_threshold) continue;
      groups_.merge(g);
      note({call, {spent_}, adaptation_event::what::merge, a.first, b.last, a.chosen, a.last});
      return true;
    }
    return false;
  }
  void note(adaptation_event const& e) {
    if (capacity_ > 0) events_[event_count_ % capacity_] = e;
    ++event_count_;
  }

  adaptation how_;
  grouping groups_;
  training_result training_{pretrained};
  std::vector<adaptation_event> events_;  // a ring
  std::size_t capacity_{}, event_count_{};
  std::vector<float> times_;  // of this timed call, by subgraph
  std::uint32_t now_{};       // timed calls so far
  pace pace_;
  double lost_{}, spent_{}, purse_{};
};

}  // namespace hone::inline HONE_ABI
