#pragma once
#include <hone/hw/ticks.hpp>
#include <hone/run/ports.hpp>
#include <hone/run/resident.hpp>
#include <hone/run/training.hpp>

namespace hone::inline HONE_ABI {

// The inside of a context: the arena of activations, the operands of every variant bound to it, the selection as a list
// of calls, and the agent that keeps choosing. Shares the weights that it was made from.
class executor {
 public:
  executor(plan_view const& plan, packed_weights const& weights, adaptation const& how)
      : plan_(plan), how_(how), weights_(weights), agent_(view_of(plan, weights.inside(), how.here), how, how.policy),
        random_(how.seed), ticks_(hw::ticks_per_nanosecond()) {
    if (how.here != nullptr) here_ = *how.here, how_.here = &here_;
    if (how.rl_training_epochs > 0 && how.exploration > 0 && !how.frozen) train();
    std::int32_t arena = 0;
    for (variant_view const& v : plan.variants) arena = v.arena > arena ? v.arena : arena;
    arena_ = buffer(static_cast<std::size_t>(arena));
    auto const ops = static_cast<std::size_t>(plan.ops);
    operands_.resize(plan.variants.size());
    for (std::size_t v = 0; v < plan.variants.size(); ++v)
      if (weights.inside().ready(v)) bind(v);
    schedule_.resize(ops), marks_.resize(ops + 1);
    ports_ = port_table(plan, [this](int i) { return result(i); });
    input_ = arena_.data() + plan.input_at, output_ = reinterpret_cast<float const*>(arena_.data() + plan.output_at);
    clock_cost_ = clock_cost();
    schedule(false);
    wait();
  }
  executor(executor const&) = delete;
  executor& operator=(executor const&) = delete;

  // Runs the plan on x, InputBytes of floats in NHWC order; returns the result, which is valid until the next run. Real
  // time: no allocation, no lock, no system call, bounded work. Besides the kernels an untimed call costs about 5 ns,
  // and 1 to 2 ns an operation where several variants share the plan.
  template <std::size_t InputBytes>
  float const* run(float const* x) noexcept {
    __builtin_memmove(input_, x, InputBytes);  // x may be the last result
    run();
    return output_;
  }
  // The same with the inputs already in place.
  void run() noexcept {
    float_control const control;
    ++calls_made_;
    if (--countdown_ > 0) [[likely]]
      run_schedule();
    else
      sampled();
    for (carried const& c : carried_) std::memcpy(c.to, c.from, c.bytes);
  }

  port_table const& ports() const { return ports_; }
  // From now on every run ends with a copy of this output to this input: a state. Raises where they differ in type or
  // size, and where the input has one already.
  void carry(port_view const& output, port_view const& input) {
    if (output.type != input.type || output.bytes != input.bytes)
      raise("cannot carry a state",
            message() << output.name << " has " << output.bytes << " bytes of " << name(output.type) << ", "
                      << input.name << " has " << input.bytes << " of " << name(input.type),
            input.name, "pair the output with the input that it is the next value of");
    for (carried const& c : carried_)
      if (c.to == input.data)
        raise("cannot carry a state", "another output is carried to this input", input.name, "name each input once");
    carried_.push_back({output.data, input.data, input.bytes});
  }

  hone::agent const& agent() const { return agent_; }
  // How to make another context like this one: with the policy that this one was trained for.
  adaptation to_copy() const {
    adaptation how = how_;
    how.policy = agent_.policy(), how.rl_training_epochs = 0, how.frozen = agent_.frozen();
    return how;
  }
  plan_view const& plan() const { return plan_; }
  std::uint64_t calls() const { return calls_made_; }

  // Sets a stored selection; takes up variants that became resident. Not real time.
  void set(selection const& s) {
    adopt();
    agent_.set(s);
    schedule(false);
    wait();
  }
  // Keeps the selection as it is from now on, or lets it change again. Real time.
  void freeze(bool on) noexcept {
    agent_.freeze(on);
    schedule(false);
    wait();
  }
  // The result of operation i of the last run, in its stored format. What is no port may have been overwritten by a later
  // operation: for tests and tools.
  std::byte* result(int i) {
    op const* const ops = plan_.variants[0].ops;
    return arena_.data() + ops[holder_of(ops, i)].at;
  }

 private:
  struct carried {
    std::byte const* from{};
    std::byte* to{};
    std::size_t bytes{};
  };
  // One call of the schedule: an operation, or a whole variant.
  struct step {
    kernel_entry entry{};
    kernel_args const* args{};
  };

  static agent_view view_of(plan_view const& plan, resident_set const& weights, profile const* here) {
    agent_view view;
    view.ops = plan.ops, view.variants = static_cast<int>(plan.variants.size());
    if (here != nullptr) {
      plan_prices(plan, here).price(view.predicted);
    } else {
      for (int i = 0; i < plan.ops; ++i)
        for (variant_view const& v : plan.variants) view.predicted.push_back(static_cast<float>(v.predicted[i].value));
    }
    view.live.assign(plan.live, plan.live + plan.ops);
    for (std::size_t v = 0; v < plan.variants.size(); ++v) view.usable.push_back(weights.ready(v) ? 1 : 0);
    return view;
  }
  void train() {
    shal_machines machines(plan_, how_.here, how_.seed);
    agent_.trained(policy_search(view_of(plan_, weights_.inside(), how_.here), how_, machines, how_.policy).run());
  }
  // The least that reading the clock takes, in ticks.
  static hw::ticks clock_cost() {
    hw::ticks least = 1000;
    for (int i = 0; i < 64; ++i) {
      hw::ticks const start = hw::now_after(), end = hw::now_after();
      least = end - start < least ? end - start : least;
    }
    return least;
  }

  void bind(std::size_t v) { operands_[v].bind(plan_, v, arena_.data(), weights_.inside().data(v)); }
  // Takes up variants that became resident.
  void adopt() noexcept {
    for (std::size_t v = 0; v < plan_.variants.size(); ++v)
      if (!agent_.usable(static_cast<int>(v)) && weights_.inside().ready(v)) {
        bind(v);
        agent_.make_usable(static_cast<int>(v));
      }
  }

  // Operations [first, last) of variant v, appended to the schedule: one step if they are all there are.
  void append(int first, int last, int v) noexcept {
    variant_view const& variant = plan_.variants[static_cast<std::size_t>(v)];
    kernel_args const* const args = operands_[static_cast<std::size_t>(v)].data();
    if (first == 0 && last == plan_.ops && variant.whole != nullptr) {
      schedule_[steps_++] = {variant.whole, args};
      return;
    }
    for (int i = first; i < last; ++i)
      if (variant.entries[i] != nullptr) schedule_[steps_++] = {variant.entries[i], args + i};
  }
  // Makes the schedule of the chosen variants, or of those on trial. Neighbours of one variant go together.
  void schedule(bool trial) noexcept {
    auto const variant = [&](group const& g) { return trial ? g.trying : g.chosen; };
    std::vector<group> const& groups = agent_.groups();
    steps_ = 0;
    for (std::size_t g = 0; g < groups.size();) {
      std::size_t end = g + 1;
      while (end < groups.size() && variant(groups[end]) == variant(groups[g])) ++end;
      append(groups[g].first, groups[end - 1].last, variant(groups[g]));
      g = end;
    }
  }
  void run_schedule() const noexcept {
    for (step const *s = schedule_.data(), *const end = s + steps_; s != end; ++s) s->entry(*s->args);
  }

  // A call that the countdown ended at: it is timed, after the warm-up of what it tries.
  [[gnu::noinline]] void sampled() noexcept {
    if (!warming_) {
      adopt();
      bool const trial = agent_.plan_trials();
      if (trial && how_.warm_up > 0) {
        schedule(true);
        warming_ = true, countdown_ = how_.warm_up;
        return run_schedule();
      }
    }
    timed();
  }
  // One call with its subgraphs timed, and what the agent makes of it.
  void timed() noexcept {
    std::vector<group> const& groups = agent_.groups();
    marks_[0] = hw::now_after();
    for (std::size_t g = 0; g < groups.size(); ++g) {
      steps_ = 0;
      append(groups[g].first, groups[g].last, groups[g].trying);
      run_schedule();
      marks_[g + 1] = hw::now_after();
    }
    double all = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      hw::ticks const taken = marks_[g + 1] - marks_[g];
      double const ns = static_cast<double>(taken > clock_cost_ ? taken - clock_cost_ : 0) / ticks_;
      agent_.observe(g, static_cast<float>(ns)), all += ns;
    }
    agent_.conclude(calls_made_ - 1, calls_made_ - last_timed_);
    last_timed_ = calls_made_, warming_ = false;
    spacing_ = all > 0 && all * how_.sample_period < least_spacing
                   ? static_cast<int>(least_spacing / all)
                   : how_.sample_period;
    schedule(false);
    wait();
  }
  // Calls until the next timed one: of short calls at most one in 20 us, and never in step with what the caller does.
  void wait() noexcept {
    auto const n = static_cast<std::uint64_t>(spacing_ > 0 ? spacing_ : how_.sample_period);
    countdown_ = static_cast<int>(n - n / 4 + random_.next() % (n / 2 + 1));
    warming_ = false;
  }
  static constexpr double least_spacing = 20'000;  // ns

  // What every call touches.
  std::byte* input_{};
  float const* output_{};
  int countdown_{};
  std::size_t steps_{};
  std::vector<step> schedule_;  // [0, steps_) is what an untimed call runs
  std::uint64_t calls_made_{};
  std::vector<carried> carried_;

  plan_view plan_;
  adaptation how_;
  profile here_;  // what how_.here points to
  packed_weights weights_;
  hone::agent agent_;
  random_bits random_;
  double ticks_;
  hw::ticks clock_cost_{};
  buffer arena_;
  std::vector<operands> operands_;  // by variant
  port_table ports_;
  std::vector<hw::ticks> marks_;  // of a timed call: before the first subgraph, after each
  int spacing_{};
  std::uint64_t last_timed_{};
  bool warming_{};
};

}  // namespace hone::inline HONE_ABI
