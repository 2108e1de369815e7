#pragma once
#include <hone/search/problem.hpp>

#include <map>

namespace hone::inline HONE_ABI::search {

// Assessments of candidates, each made once: the search asks for the same ones again and again.
class assessor {
 public:
  explicit assessor(problem const& p) : p_(p) {}
  assessment const& operator()(candidate const& c) {
    auto const [at, added] = known_.try_emplace(c);
    if (added) at->second = assess(p_, c);
    return at->second;
  }
  bool feasible(candidate const& c) { return (*this)(c).feasible(p_.budgets); }
  problem const& of() const { return p_; }

 private:
  problem const& p_;
  std::map<candidate, assessment> known_{};
};

namespace detail {

// Raises where p cannot be searched whatever its candidates cost.
inline void check_problem(problem const& p) {
  char const *const what = "cannot search", *const where = "hone::search::problem";
  if (p.candidates.empty())
    raise(what, "the space has no parameters", where, "add what the search may decide: space::choice, range");
  if (!p.build) raise(what, "nothing builds the candidates' networks", where, "set problem::build");
  if (p.costs.empty() || p.costs.size() > 4)
    raise(what, message() << p.costs.size() << " costs are to be made small", where,
          "name 1 to 4 costs besides the error");
  for (budget const& b : p.budgets)
    if (!(b.most > 0))
      raise(what, message() << "the budget of " << name(b.of).c_str() << " is not above 0", where, "mend the budget");
}

// From c, the candidate of the least `value` that steps to neighbours lead to.
template <class Value>
candidate descend(space const& s, candidate c, train::generator& draw, int steps, Value value) {
  double best = value(c);
  for (int i = 0; i < steps; ++i) {
    candidate next = s.neighbour(c, draw);
    if (double const v = value(next); v < best) best = v, c = std::move(next);
  }
  return c;
}

inline std::string percent(double share) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.3g", 100 * share);
  return std::string(digits) + "%";
}

// Says which budget cannot be kept, and by how much; or which can be kept alone, but not with the others.
[[noreturn]] inline void refuse(assessor& assess, std::vector<candidate> const& seen, train::generator& draw) {
  problem const& p = assess.of();
  std::string const tried = std::to_string(seen.size());
  std::size_t broken = 0;
  for (candidate const& c : seen) broken += !assess(c).flaw.empty();
  if (broken == seen.size())
    raise("cannot search",
          message() << "none of " << tried.c_str()
                    << " candidates is a network; the first: " << assess(seen[0]).flaw.c_str(),
          p.candidates.text(seen[0]).c_str(), "mend problem::build, or the space");
  auto const least_of = [&](auto value) {
    candidate best =
        *std::min_element(seen.begin(), seen.end(), [&](auto const& a, auto const& b) { return value(a) < value(b); });
    return descend(p.candidates, best, draw, 300, value);
  };
  std::string why;
  for (std::size_t i = 0; i < p.budgets.size(); ++i) {
    auto const needed = [&](candidate const& c) { return assess(c).flaw.empty() ? assess(c).budgeted[i] : HUGE_VAL; };
    candidate const least = least_of(needed);
    if (!(needed(least) > p.budgets[i].most)) continue;
    why += (why.empty() ? "" : "; ") + name(p.budgets[i].of) + " is at least " +
           text(p.budgets[i].of.what, needed(least)) + " (" + p.candidates.text(least) + "), the budget is " +
           text(p.budgets[i].of.what, p.budgets[i].most) + ": " + percent(needed(least) / p.budgets[i].most - 1) +
           " too much";
  }
  if (!why.empty())
    raise("cannot search: a budget is below what any candidate needs", why.c_str(), "problem::budgets",
          "raise the budget, or add smaller networks to the space");
  candidate const nearest = least_of([&](candidate const& c) { return assess(c).excess(p.budgets); });
  for (std::size_t i = 0; i < p.budgets.size(); ++i)
    why += (why.empty() ? "" : ", ") + name(p.budgets[i].of) + " " +
           text(p.budgets[i].of.what, assess(nearest).budgeted[i]) + " of " +
           text(p.budgets[i].of.what, p.budgets[i].most);
  raise("cannot search: the budgets contradict each other",
        ("each can be kept, but no candidate keeps all; the nearest misses by " +
         percent(assess(nearest).excess(p.budgets)) + ": " + why)
            .c_str(),
        p.candidates.text(nearest).c_str(), "raise one of them, or widen the space");
}

}  // namespace detail

// Up to n different candidates that are networks and keep every budget, in the order they were drawn. Where budgets
// leave little of the space, draws that miss are led to it step by step. Raises where none is found: says which budget
// is missed, and by how much.
inline std::vector<candidate> feasible_candidates(assessor& assess, std::size_t n, train::generator& draw) {
  detail::check_problem(assess.of());
  problem const& p = assess.of();
  std::vector<candidate> found, seen;
  std::map<candidate, bool> taken;
  auto const take = [&](candidate const& c) {
    if (assess.feasible(c) && !std::exchange(taken[c], true)) found.push_back(c);
  };
  std::size_t const draws = 400 + 4 * n;
  for (std::size_t i = 0; i < draws && found.size() < n; ++i) {
    seen.push_back(p.candidates.sample(draw));
    take(seen.back());
  }
  // Few of the draws will do: descend from others.
  for (std::size_t i = 0; i < seen.size() && i < n && found.size() < n && found.size() * 8 < seen.size(); ++i)
    take(detail::descend(p.candidates, seen[i], draw, 100, [&](candidate const& c) {
      return std::max(0.0, assess(c).excess(p.budgets));
    }));
  if (found.empty()) detail::refuse(assess, seen, draw);
  return found;
}

}  // namespace hone::inline HONE_ABI::search
