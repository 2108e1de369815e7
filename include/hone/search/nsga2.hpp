#pragma once
#include <hone/search/optimizer.hpp>

#include <pagmo/algorithms/nsga2.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>

#include <map>

namespace hone::inline HONE_ABI::search {

struct nsga2_options {
  std::uint64_t seed{1};
  std::size_t population{20};  // a multiple of 4, from 8
  unsigned generations{400};   // looked through for candidates that were not tried yet
};

namespace detail {

// What pagmo's algorithm asks for is answered from the history; what the history does not know is noted.
struct replay {
  supply& from;
  std::map<candidate, trial const*> known{};
  std::vector<candidate> wanted{};

  // Whatever misses its budgets is worse than all that keeps them, the more the further: pagmo's algorithm has no
  // constraints.
  objectives answer(candidate const& c, std::size_t size) {
    if (double const by = from.excess(c); by > 0) return objectives(size, 1e3 + std::min(by, 1e6));
    auto const at = known.find(c);
    if (at == known.end() && std::find(wanted.begin(), wanted.end(), c) == wanted.end()) wanted.push_back(c);
    bool const finished = at != known.end() && at->second->how == outcome::finished;
    return objectives_of(finished ? at->second->error : 1, from.assess(c).costs);
  }
};

// The problem as pagmo sees it: the parameters' values, by number.
struct pagmo_problem {
  replay* answers{};
  pagmo::vector_double low{}, high{};
  std::size_t results{1};

  pagmo::vector_double fitness(pagmo::vector_double const& x) const {
    candidate c;
    for (double v : x) c.at.push_back(static_cast<std::uint16_t>(v));
    return answers->answer(answers->from.nearest(c), results);
  }
  std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const { return {low, high}; }
  pagmo::vector_double::size_type get_nobj() const { return results; }
  pagmo::vector_double::size_type get_nix() const { return low.size(); }
};

}  // namespace detail

// Proposes the offspring of pagmo's NSGA-II (Deb et al., 2002): the baseline among evolutionary algorithms. The
// algorithm is run from its start on each call, answered from the history, until it asks for candidates that were not
// tried.
class nsga2_search final : public optimizer {
 public:
  explicit nsga2_search(nsga2_options o = {}) : o_(o) {}

  std::vector<candidate> propose(supply& from, std::vector<trial> const& history, std::size_t n) override {
    detail::replay answers{from};
    for (trial const& t : history) answers.known.emplace(t.what, &t);
    detail::pagmo_problem p{&answers};
    for (parameter const& q : from.candidates().parameters())
      p.low.push_back(0), p.high.push_back(static_cast<double>(q.size() - 1));
    train::generator draw = detail::generator_at(o_.seed, 0);
    p.results = 1 + from.assess(from.choices({}, draw).at(0)).costs.size();
    auto const seed = static_cast<unsigned>(o_.seed);
    pagmo::population people(pagmo::problem(p), o_.population, seed);
    for (unsigned g = 0; g < o_.generations && answers.wanted.empty(); ++g)
      people = pagmo::nsga2(1, 0.95, 10., 1. / double(p.low.size()), 50., seed + g).evolve(people);
    std::vector<candidate> chosen = std::move(answers.wanted);
    if (chosen.size() > n) chosen.resize(n);
    return chosen;
  }

 private:
  nsga2_options o_;
};

}  // namespace hone::inline HONE_ABI::search
