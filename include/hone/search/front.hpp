#pragma once
#include <hone/core/error.hpp>

#include <pagmo/utils/hypervolume.hpp>

#include <vector>

namespace hone::inline HONE_ABI::search {

// A result as the search compares them: the error and the costs, each the smaller the better.
using objectives = std::vector<double>;

// Whether a is as good as b in every objective, and better in one.
inline bool dominates(objectives const& a, objectives const& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(a[i] <= b[i])) return false;
    better |= a[i] < b[i];
  }
  return better;
}

// The indices of the results that no other dominates, in their order; of equal results the first. Quadratic.
inline std::vector<std::size_t> front_of(std::vector<objectives> const& results) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < results.size(); ++i) {
    bool out = false;
    for (std::size_t j = 0; j < results.size() && !out; ++j)
      out = dominates(results[j], results[i]) || (j < i && results[j] == results[i]);
    if (!out) front.push_back(i);
  }
  return front;
}

// Whether r is better than the reference point in every objective. What is not adds nothing to a hypervolume.
inline bool within(objectives const& r, objectives const& reference) {
  for (std::size_t i = 0; i < r.size(); ++i)
    if (!(r[i] < reference[i])) return false;
  return true;
}

// The volume of what the results dominate, up to the reference point (pagmo's algorithms, by the number of objectives).
// Raises where results and reference differ in size.
inline double hypervolume(std::vector<objectives> const& results, objectives const& reference) {
  std::vector<objectives> inside;
  for (objectives const& r : results) {
    if (r.size() != reference.size())
      raise("cannot compute a hypervolume",
            message() << "a result has " << r.size() << " objectives, the reference point " << reference.size(),
            "hone::search", "give both the same objectives");
    if (within(r, reference)) inside.push_back(r);
  }
  if (inside.empty()) return 0;
  if (reference.size() > 1) return pagmo::hypervolume(std::move(inside), false).compute(reference);
  double least = inside[0][0];
  for (objectives const& r : inside) least = r[0] < least ? r[0] : least;
  return reference[0] - least;
}

}  // namespace hone::inline HONE_ABI::search
