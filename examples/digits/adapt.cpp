#include "adapt.hpp"

#include <fmt/format.h>

#include <chrono>

namespace digits {
namespace {

// The network in use: counts calls, and notes the selection whenever it has changed.
class adaptive_run {
 public:
  adaptive_run(adaptive_network const& net, std::vector<stretch>& notes)
      : net_(net), notes_(notes), now_(net.agent.groups()) {}

  std::uint64_t calls() const { return calls_; }
  void over(std::span<float const> pixels, double seconds) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (std::chrono::steady_clock::now() < end)
      for (std::size_t at = 0; at < pixels.size(); at += 64, ++calls_) {
        net_.call(pixels.subspan(at, 64));
        if (net_.agent.event_count() != seen_) seen_ = net_.agent.event_count(), note();
      }
  }
  void note() {
    for (hone::group const& g : now_) notes_.push_back({since_, calls_, g.first, g.last, g.chosen});
    since_ = calls_, now_ = net_.agent.groups();
  }

 private:
  adaptive_network const& net_;
  std::vector<stretch>& notes_;
  std::vector<hone::group> now_;
  std::uint64_t since_{}, calls_{};
  std::size_t seen_{};
};

// The least variant that is resident, but for the one without SIMD: what a lesser machine would choose.
int lesser_variant(adaptive_network const& net) {
  for (int v = net.agent.variants(); v-- > 0;)
    if (net.agent.usable(v) && net.plan.variants[static_cast<std::size_t>(v)].machine->target != hone::isa::scalar)
      return v;
  return 0;
}

std::string layers(hone::plan_view const& plan, int first, int last) {
  std::string const from = plan.layer_of(first), to = plan.layer_of(last - 1);
  return from == to ? from : from + " .. " + to;
}

std::string in_words(hone::adaptation_event const& e, std::vector<std::string> const& variants) {
  switch (e.kind) {
    case hone::adaptation_event::what::select:
      return fmt::format("operations {}-{} go from {} to {}", e.first, e.last - 1,
                         variants[static_cast<std::size_t>(e.from)], variants[static_cast<std::size_t>(e.to)]);
    case hone::adaptation_event::what::split:
      return fmt::format("operations {}-{} split before {}", e.first, e.last - 1, e.to);
    default: return fmt::format("operations {}-{} merged", e.first, e.last - 1);
  }
}

// All events, and at `given` that everything went to `lesser`. Returns the call at which the last of it had left again.
std::uint64_t tell_changes(hone::agent const& agent, std::uint64_t given, int lesser, report& r) {
  std::uint64_t left = given;
  bool told = false;
  auto const tell = [&] {
    if (!told)
      r.changes.push_back(
          {given, fmt::format("all operations are given to {}", r.variants[static_cast<std::size_t>(lesser)])});
    told = true;
  };
  for (std::size_t i = 0; i < agent.events(); ++i) {
    hone::adaptation_event const& e = agent.event(i);
    if (e.call >= given) tell();
    if (e.call >= given && e.kind == hone::adaptation_event::what::select && e.from == lesser) left = e.call;
    r.changes.push_back({e.call, in_words(e, r.variants)});
  }
  tell();
  return left;
}

}  // namespace

void run_adaptive(adaptive_network const& net, std::span<float const> pixels, double seconds, report& r) {
  hone::agent const& agent = net.agent;
  for (auto const& v : net.plan.variants) r.variants.push_back(hone::name(v.machine->target));
  for (int i = 0; i < net.plan.ops; ++i) r.operations.push_back(net.plan.layer_of(i));

  adaptive_run run(net, r.selection);
  run.over(pixels, seconds / 2);
  int const lesser = lesser_variant(net);
  std::uint64_t const given = run.calls();
  net.give_all(lesser);
  run.note();
  run.over(pixels, seconds / 2);
  run.note();

  for (std::size_t g = 0; g < agent.groups().size(); ++g) {
    hone::group const s = agent.groups()[g];
    r.subgraphs.push_back(
        {layers(net.plan, s.first, s.last), r.variants[static_cast<std::size_t>(s.chosen)],
         agent.predicted(s.first, s.last, s.chosen) / 1e3, agent.known(g, s.chosen).mean / 1e3, agent.share(g)});
  }
  std::uint64_t const left = tell_changes(agent, given, lesser, r);
  r.adapted = fmt::format(
      "The {} network was called {} times in {:.0f} s; exploring cost {:.2f}% of the time. Halfway it was given a "
      "selection for {}, as a lesser machine would have stored it: {}. Its agent was trained in SHAL, {} episodes for "
      "plans of all kinds and {} for this one.",
      net.precision, run.calls(), seconds, agent.spent() > 0 ? 100 * agent.lost() / agent.spent() : 0.0,
      r.variants[static_cast<std::size_t>(lesser)],
      left > given ? fmt::format("{} calls later it had left that", left - given) : "that was right here",
      hone::pretrained.episodes, agent.training().episodes);
}

}  // namespace digits
