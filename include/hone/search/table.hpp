#pragma once
#include <hone/search/optimizer.hpp>

namespace hone::inline HONE_ABI::search {

// Candidates whose results are known: what optimizers are compared on, without training.
struct table_row {
  candidate what{};
  double error{};
  assessment known{};
};

class table final : public supply {
 public:
  // Raises where the table has no row or one that is no candidate of s.
  table(space s, std::vector<table_row> rows) : space_(std::move(s)), rows_(std::move(rows)) {
    if (rows_.empty())
      raise("cannot search a table", "it has no rows", "hone::search::table", "give it tried candidates");
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!space_.holds(rows_[i].what))
        raise("cannot search a table", message() << "row " << i << " is no candidate of the space",
              "hone::search::table", "make the table again with this space");
      at_.emplace(rows_[i].what, i), all_.push_back(rows_[i].what);
    }
  }

  std::vector<table_row> const& rows() const { return rows_; }
  trial tried(candidate const& c) const {
    table_row const& r = rows_[at_.at(c)];
    return {r.what, outcome::finished, r.error, r.known.costs};
  }

  std::vector<candidate> choices(std::vector<candidate> const&, train::generator&) override { return all_; }
  // The row that differs least: an ordered parameter by the distance of its values, another by 1.
  candidate nearest(candidate const& c) override {
    double least = HUGE_VAL;
    candidate const* found = nullptr;
    candidate const wanted = space_.canonical(c);
    for (candidate const& r : all_)
      if (double const d = apart(wanted, r); d < least) least = d, found = &r;
    return *found;
  }
  assessment const& assess(candidate const& c) override { return rows_[at_.at(c)].known; }
  double excess(candidate const&) override { return 0; }
  space const& candidates() const override { return space_; }

 private:
  double apart(candidate const& a, candidate const& b) const {
    double sum = 0;
    for (std::size_t i = 0; i < a.at.size(); ++i) {
      parameter const& p = space_.parameters()[i];
      if (a.at[i] == b.at[i]) continue;
      sum += p.ordered ? std::fabs(double(a.at[i]) - double(b.at[i])) / double(p.size() - 1) : 1;
    }
    return sum;
  }

  space space_;
  std::vector<table_row> rows_;
  std::vector<candidate> all_{};
  std::map<candidate, std::size_t> at_{};
};

}  // namespace hone::inline HONE_ABI::search
