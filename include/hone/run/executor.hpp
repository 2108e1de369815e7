#pragma once
#include <hone/hw/supported.hpp>
#include <hone/hw/ticks.hpp>
#include <hone/run/agent.hpp>
#include <hone/run/float_control.hpp>
#include <hone/run/weights.hpp>

namespace hone::inline HONE_ABI {

// True if this machine can run variant v, and this program was compiled for it.
inline bool runs_here(plan_view const& plan, std::size_t v) {
  return plan.variants[v].entries != nullptr && hw::supported(plan.variants[v].machine->target);
}
// SHAL's prediction for all of variant v.
inline nanoseconds total(plan_view const& plan, std::size_t v) {
  nanoseconds sum;
  for (int i = 0; i < plan.ops; ++i) sum += plan.variants[v].predicted[i];
  return sum;
}

inline packed_weights::packed_weights(plan_view const& plan, tensor_set const& canonical, int resident)
    : blocks_(plan.variants.size()) {
  for (int n = 0; n < resident; ++n) {
    std::size_t best = blocks_.size();
    for (std::size_t v = 0; v < blocks_.size(); ++v)
      if (!blocks_[v].ready && runs_here(plan, v) && (best == blocks_.size() || total(plan, v) < total(plan, best)))
        best = v;
    if (best == blocks_.size()) break;
    blocks_[best].bytes = plan.variants[best].pack(canonical), blocks_[best].ready = true;
  }
  for (block const& b : blocks_)
    if (b.ready) return;
  raise("cannot run this plan here",
        "this processor has none of the instruction sets that it was compiled for, or none may be resident",
        "hone::engine", "add hone::hw::any to the engine's machines, and keep at least one variant resident");
}

// The inside of a context: the arena of activations, the calls of every variant bound to it, the selection and the agent
// that keeps choosing. Refers to the weights it was made from.
class executor {
 public:
  executor(plan_view const& plan, packed_weights const& weights, adaptation const& how)
      : plan_(plan), how_(how), agent_(view_of(plan, weights), how), ticks_(hw::ticks_per_nanosecond()) {
    std::int32_t arena = 0;
    for (variant_view const& v : plan.variants) arena = v.arena > arena ? v.arena : arena;
    arena_ = buffer(static_cast<std::size_t>(arena));
    calls_.resize(plan.variants.size() * static_cast<std::size_t>(plan.ops));
    for (std::size_t v = 0; v < plan.variants.size(); ++v)
      if (weights.ready(v)) bind(v, weights.data(v));
    schedule_.reserve(static_cast<std::size_t>(plan.ops));
    countdown_ = how_.sample_period;
    reschedule();
  }
  executor(executor const&) = delete;
  executor& operator=(executor const&) = delete;

  // Runs the plan on x (plan.input.size() floats, NHWC); the result is valid until the next run. Real time: no
  // allocation, no lock, no system call, bounded work.
  std::span<float const> run(float const* x) noexcept {
    float_control const control;
    std::memcpy(arena_.data() + plan_.input_at, x, static_cast<std::size_t>(plan_.input.size()) * sizeof(float));
    if (--countdown_ > 0)
      for (call const* c : schedule_) c->entry(c->args);
    else
      timed();
    ++calls_made_;
    return {
        reinterpret_cast<float const*>(arena_.data() + plan_.output_at), static_cast<std::size_t>(plan_.output.size())};
  }

  hone::agent const& agent() const { return agent_; }
  plan_view const& plan() const { return plan_; }
  std::uint64_t calls() const { return calls_made_; }
  // Sets a stored selection. Not real time.
  void set(selection const& s) {
    agent_.set(s);
    reschedule();
  }
  // The result of operation i of the last run, in its stored format: for tests and tools; later operations may have
  // reused its place.
  std::byte const* result(int i) const { return arena_.data() + plan_.variants[0].ops[i].at; }

 private:
  struct call {
    kernel_entry entry{};
    kernel_args args{};
  };

  static agent_view view_of(plan_view const& plan, packed_weights const& weights) {
    agent_view view;
    view.ops = plan.ops, view.variants = static_cast<int>(plan.variants.size());
    auto const n = static_cast<std::size_t>(plan.ops);
    for (std::size_t i = 0; i < n; ++i)
      for (variant_view const& v : plan.variants) view.predicted.push_back(static_cast<float>(v.predicted[i].value));
    view.cuts.assign(n * n, -1);
    for (int first = 0; first < plan.ops; ++first)
      for (int last = first + 2; last <= plan.ops; ++last)
        view.cuts[static_cast<std::size_t>(first) * n + static_cast<std::size_t>(last) - 1] =
            static_cast<std::int16_t>(plan.cut(first, last));
    for (std::size_t v = 0; v < plan.variants.size(); ++v) view.usable.push_back(weights.ready(v));
    return view;
  }
  // Fixes the operands of every operation of variant v.
  void bind(std::size_t v, std::byte const* packed) {
    variant_view const& variant = plan_.variants[v];
    for (int i = 0; i < plan_.ops; ++i) {
      op const& o = variant.ops[i];
      call& c = calls_[v * static_cast<std::size_t>(plan_.ops) + static_cast<std::size_t>(i)];
      c.entry = variant.entries[i];
      for (std::size_t k = 0; k < max_inputs; ++k)
        if (o.input[k] >= 0) c.args.in[k] = arena_.data() + variant.ops[o.input[k]].at;
      for (std::size_t k = 0; k < max_params; ++k)
        if (o.param[k] >= 0) c.args.param[k] = packed + variant.weights[o.param[k]].at;
      c.args.out = arena_.data() + o.at;
      if (o.scratch > 0) c.args.scratch = arena_.data() + o.scratch_at;
    }
  }
  call const& call_of(int variant, int i) const {
    return calls_[static_cast<std::size_t>(variant) * static_cast<std::size_t>(plan_.ops) +
                  static_cast<std::size_t>(i)];
  }
  void reschedule() {
    schedule_.clear();
    for (group const& g : agent_.groups())
      for (int i = g.first; i < g.last; ++i)
        if (call const& c = call_of(g.chosen, i); c.entry != nullptr) schedule_.push_back(&c);
  }
  // One call with its subgraphs timed, and what the agent makes of it.
  void timed() noexcept {
    agent_.plan_trials();
    std::size_t const n = agent_.groups().size();
    hw::ticks at = hw::now();
    for (std::size_t g = 0; g < n; ++g) {
      group const s = agent_.groups()[g];
      for (int i = s.first; i < s.last; ++i)
        if (call const& c = call_of(s.trying, i); c.entry != nullptr) c.entry(c.args);
      hw::ticks const end = hw::now();
      agent_.observe(g, static_cast<float>(static_cast<double>(end - at) / ticks_));
      at = hw::now();
    }
    if (agent_.conclude(calls_made_, how_.sample_period)) reschedule();
    countdown_ = how_.sample_period;
  }

  plan_view plan_;
  adaptation how_;
  hone::agent agent_;
  double ticks_;
  buffer arena_;
  std::vector<call> calls_;            // [variant][op]
  std::vector<call const*> schedule_;  // what an untimed call runs
  int countdown_{};
  std::uint64_t calls_made_{};
};

}  // namespace hone::inline HONE_ABI
