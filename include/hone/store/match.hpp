#pragma once
#include <hone/hw/profile.hpp>
#include <hone/store/detail/text.hpp>
#include <hone/store/record.hpp>

#include <algorithm>
#include <limits>

namespace hone::inline HONE_ABI::store {

// What the best artifact is best at.
enum class objective : std::uint8_t { latency, cold_latency, throughput, energy, memory, accuracy };

// A plan that the program can run; its latency on this very machine where that is predicted or measured, else 0.
struct runnable {
  std::uint64_t plan_id{};
  nanoseconds latency{};
};

// What a program asks a repository for. Zero: no limit.
struct request {
  std::string model{};            // empty: any
  hardware machine{};             // that it runs on
  std::vector<runnable> plans{};  // empty: any
  objective goal{objective::latency};
  double accuracy{};      // at least; never given up for speed
  nanoseconds latency{};  // at most, as all below
  bytes memory{};         // arena and stored form together
  picojoules energy{};
};

// How like the machine of the request is the one that an artifact was made for. Figures of unlike machines say less, so
// likeness comes before the objective.
enum class likeness : std::uint8_t { same_processor, same_isa, same_family, same_device, other_device };
constexpr char const* name(likeness l) {
  constexpr char const* names[]{"the same processor", "the same instructions", "the same family of processors",
                                "the same kind of device", "another kind of device"};
  return names[static_cast<int>(l)];
}

struct verdict {
  record artifact{};
  likeness like{};
  nanoseconds latency{};  // here: predicted for this machine, or rescaled to it; 0: not known
  double score{};         // by the objective; less is better
  std::string refused{};  // why it cannot be taken; empty: it can
};

// Every artifact of the repository, the best first, those that were refused last.
struct match {
  std::vector<verdict> ranked{};
  bool found() const { return !ranked.empty() && ranked[0].refused.empty(); }
};

namespace detail {

inline isa isa_named(std::string const& text) {
  for (isa i : all_isas)
    if (text == name(i)) return i;
  return isa::none;
}
// Instruction sets of one family run each other's programs, as far as they go.
enum class family : std::uint8_t { unknown, x86, arm };
constexpr family family_of(isa i) {
  if (i == isa::none || i == isa::scalar) return family::unknown;
  return i == isa::neon ? family::arm : family::x86;
}

inline likeness compare(hardware const& a, hardware const& b) {
  if (a.device != b.device) return likeness::other_device;
  if (a.isa == b.isa && !a.isa.empty()) return a.name == b.name ? likeness::same_processor : likeness::same_isa;
  family const kin = family_of(isa_named(a.isa));
  bool const related = kin != family::unknown && kin == family_of(isa_named(b.isa));
  return related ? likeness::same_family : likeness::same_device;
}

// Multiplications in a nanosecond, relative to other machines: by clock and lanes alone. An instruction of VNNI does four
// in int8 for a lane; without it, four instructions do, as one does in f32. 0: not known.
inline double speed(hardware const& h, dtype precision) {
  isa const i = isa_named(h.isa);
  if (i == isa::none) return 0;
  return h.clock.value * max_lanes(i) * (precision == dtype::i8 && i == isa::avx512_vnni ? 4 : 1);
}
// Time on `to` of what takes 1 on `from`; 1 where it is not known, or where the clocks are none that machines have.
inline double time_ratio(hardware const& from, hardware const& to, dtype precision) {
  double const ratio = speed(from, precision) / speed(to, precision);
  return ratio > 1e-6 && ratio < 1e6 ? ratio : 1;
}

// The arena and the weights, about as large as the stored form.
inline double memory_of(record const& a) { return a.figures.arena.value + static_cast<double>(a.size); }

// Less is better; what is not known comes last.
inline double score(verdict const& v, objective goal, double ratio) {
  auto const& f = v.artifact.figures;
  auto const less = [](double x) { return x > 0 ? x : std::numeric_limits<double>::infinity(); };
  switch (goal) {
    case objective::latency: return less(v.latency.value);
    case objective::cold_latency: return less(f.cold_latency.value * ratio);
    case objective::throughput: return f.throughput > 0 ? -f.throughput / ratio : 0;
    case objective::energy: return less(f.energy.value);
    case objective::memory: return memory_of(v.artifact);
    case objective::accuracy: return f.accuracy > 0 ? -f.accuracy : 0;
  }
  return 0;
}

// Empty if the figure (0: not known) keeps the limit (0: none).
inline std::string over(char const* figure, double value, double limit, auto to_text) {
  if (limit == 0 || (value > 0 && value <= limit)) return {};
  if (value <= 0) return joined(figure, " not known");
  return joined(figure, " ", to_text(value), ", at most ", to_text(limit), " asked");
}

inline std::string refusal_of(verdict const& v, request const& r, bool runs) {
  auto const& a = v.artifact;
  auto const percent = [](double share) { return number_text(100 * share, "%"); };
  if (!r.model.empty() && a.model != r.model) return "another model";
  if (!runs) return "no engine of the program was compiled for its plan";
  if (!(a.figures.accuracy >= r.accuracy))
    return joined("accuracy ", percent(a.figures.accuracy), ", at least ", percent(r.accuracy), " asked");
  auto why = over("latency", v.latency.value, r.latency.value, [](double t) { return time_text({t}); });
  if (why.empty())
    why = over("memory", memory_of(a), r.memory.value, [](double n) { return number_text(n, " bytes", 9); });
  if (why.empty())
    why = over("energy", a.figures.energy.value, r.energy.value, [](double e) { return number_text(e, " pJ"); });
  return why;
}

inline verdict judge(record const& a, request const& r) {
  auto const plan =
      std::find_if(r.plans.begin(), r.plans.end(), [&a](runnable const& p) { return p.plan_id == a.plan_id; });
  bool const listed = plan != r.plans.end();
  double const ratio = time_ratio(a.made_for, r.machine, a.precision);
  bool const known_here = listed && plan->latency.value > 0;
  verdict v{a, compare(a.made_for, r.machine), known_here ? plan->latency : a.figures.latency * ratio};
  v.score = score(v, r.goal, ratio);
  v.refused = refusal_of(v, r, listed || r.plans.empty());
  return v;
}

}  // namespace detail

// Ranks what a repository has for a request. Hard limits first (model, plan, accuracy, ceilings); then, in this order:
// likeness of the machines, the objective, accuracy, the newer one. Latencies are those of `request::plans`, else the
// artifact's, times the ratio of clock and vector width of the two machines; energy and memory are not rescaled.
// Where every plan's latency is known for this machine, likeness gives way to the objective.
inline match best_match(request const& r, std::vector<record> const& candidates) {
  std::vector<verdict> judged;
  for (record const& a : candidates) judged.push_back(detail::judge(a, r));
  bool const all_known = !r.plans.empty() && std::all_of(r.plans.begin(), r.plans.end(), [](runnable const& p) {
    return p.latency.value > 0;
  });
  auto const before = [all_known](verdict const& x, verdict const& y) {
    if (x.refused.empty() != y.refused.empty()) return x.refused.empty();
    if (!all_known && x.like != y.like) return x.like < y.like;
    if (x.score != y.score) return x.score < y.score;
    if (x.like != y.like) return x.like < y.like;
    double const right = x.artifact.figures.accuracy, others = y.artifact.figures.accuracy;
    if (right > others || right < others) return right > others;
    return x.artifact.id > y.artifact.id;
  };
  std::vector<verdict*> order;  // a sort of verdicts themselves would be ten times the code
  for (verdict& v : judged) order.push_back(&v);
  std::sort(order.begin(), order.end(), [&](verdict const* x, verdict const* y) { return before(*x, *y); });
  match m{};
  for (verdict* v : order) m.ranked.push_back(std::move(*v));
  return m;
}

// A line for every artifact: why it was chosen, or why not.
inline std::string explain(match const& m) {
  using detail::joined;
  std::string text;
  verdict const* best{};
  for (verdict const& v : m.ranked) {
    auto const& a = v.artifact;
    auto const& h = a.made_for;
    text += joined("artifact ", a.id, " (", a.model, ", ", name(a.precision), ", for ",
                   h.name.empty() ? h.device : h.name, h.isa.empty() ? "" : " ", h.isa, "): ");
    if (!v.refused.empty()) {
      text += joined("refused: ", v.refused, "\n");
      continue;
    }
    auto const* const fate =
        best == nullptr       ? "chosen"
        : best->like < v.like ? "not chosen, less like this machine"
                              : "not chosen";
    text += joined(fate, ": made for ", name(v.like));
    if (v.latency.value > 0) text += joined(", ", detail::time_text(v.latency), " here");
    text += joined(", accuracy ", detail::number_text(100 * a.figures.accuracy, "%"), "\n");
    if (best == nullptr) best = &v;
  }
  return text;
}

}  // namespace hone::inline HONE_ABI::store
