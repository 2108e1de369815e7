#pragma once
#include <hone/search/entry.hpp>
#include <hone/store/format.hpp>
#include <hone/store/journal.hpp>
#include <hone/store/repository.hpp>
#include <hone/train/met.hpp>
#include <hone/train/ranks.hpp>

#include <optional>

namespace hone::inline HONE_ABI::search {

struct campaign_options {
  std::string name{"search"};  // of the journal and of the artifacts
  std::string file{};          // the repository that journal and artifacts go to; none where empty
  std::uint64_t seed{1};
  std::size_t trainings{100};  // candidates to try
  std::size_t batch{4};        // of them at once; what is proposed depends on it, not on how many processes there are
  double worst_error{0.5};     // results of a larger error count for nothing
  training_rules training{};
};

// What a search has found.
struct campaign_result {
  std::vector<entry> entries{};      // every trial, in order
  std::vector<std::size_t> front{};  // of entries: those that nothing dominates, from the smallest error on
  reference worst{};                 // what hypervolumes are measured from
  double hypervolume{};
};

// A search's state, for who watches it.
struct campaign_progress {
  campaign_result const& so_far;
  std::size_t trainings{};  // of how many
};

namespace detail {

// The reference's costs: a budget for the same quantity, else the largest cost among candidates drawn at random.
inline reference worst_of(supply& from, problem const& p, campaign_options const& o) {
  reference r{o.worst_error, std::vector<double>(p.costs.size())};
  train::generator draw = generator_at(o.seed, ~std::size_t{0});
  for (candidate const& c : from.choices({}, draw))
    for (std::size_t i = 0; i < r.costs.size(); ++i) r.costs[i] = std::max(r.costs[i], 1.01 * from.assess(c).costs[i]);
  for (std::size_t i = 0; i < r.costs.size(); ++i)
    for (budget const& b : p.budgets)
      if (b.of == p.costs[i]) r.costs[i] = 1.01 * b.most;
  return r;
}

inline std::uint64_t identity_of(problem const& p, std::vector<train::divided> const& data, campaign_options const& o) {
  hasher h;
  h.add(p.candidates.hash()).add(o.seed).add(static_cast<std::uint64_t>(o.batch));
  h.add(static_cast<float>(o.worst_error)).add(static_cast<std::uint64_t>(o.training.rungs));
  for (cost const& c : p.costs) h.add(name(c).c_str());
  for (budget const& b : p.budgets) h.add(name(b.of).c_str()), h.add(std::bit_cast<std::uint64_t>(b.most));
  for (train::divided const& d : data) h.add(train::fingerprint(d.train)).add(train::fingerprint(d.test));
  return h.value();
}

inline void rank(campaign_result& r) {
  std::vector<objectives> results;
  std::vector<std::size_t> of;
  for (std::size_t i = 0; i < r.entries.size(); ++i)
    if (r.entries[i].of.how == outcome::finished)
      results.push_back(objectives_of(r.entries[i].of.error, r.entries[i].of.costs)), of.push_back(i);
  r.front.clear();
  for (std::size_t i : front_of(results)) r.front.push_back(of[i]);
  std::stable_sort(r.front.begin(), r.front.end(),
                   [&](std::size_t a, std::size_t b) { return r.entries[a].of.error < r.entries[b].of.error; });
  r.hypervolume = hypervolume(results, objectives_of(r.worst));
}

}  // namespace detail

// A search: proposes candidates in batches, trains them, and tells what it has found. Killed and run again with the
// same file it goes on where it was; several processes that share `who` share the trainings. The result is the same
// whichever way, for one instruction set. The problem, the data and the optimizer outlive this.
class campaign {
 public:
  // Raises where p cannot be searched (feasible_candidates), where it names data that are not there, and where the file
  // holds a journal of the name that another problem, data set or seed began.
  campaign(problem const& p, std::vector<train::divided> const& data, optimizer& propose, campaign_options o = {},
           train::ranks* who = nullptr)
      : p_(p), data_(data), propose_(propose), o_(std::move(o)), who_(who != nullptr ? *who : alone_), from_(p) {
    if (o_.batch == 0)
      raise("cannot search", "a batch holds no candidate", "campaign_options", "take a batch of at least 1");
    result_.worst = detail::worst_of(from_, p_, o_);
    if (o_.file.empty() || who_.own() != 0) return;
    store_.emplace(store::repository::open(o_.file));
    journal_.emplace(store::journal::open(o_.file, o_.name, detail::identity_of(p_, data_, o_)));
  }

  reference const& worst() const { return result_.worst; }

  // Tries candidates until there are as many trials as the options say, or no more candidates; `report` is called after
  // each batch.
  template <class Report>
  campaign_result run(Report report) {
    std::vector<std::string> const known = recall();
    while (result_.entries.size() < o_.trainings) {
      std::size_t const done = result_.entries.size(), left = o_.trainings - done;
      auto next = propose_.propose(from_, trials(), std::min(o_.batch, left));
      if (next.empty()) break;
      for (entry& e : batch(next, known)) result_.entries.push_back(std::move(e));
      detail::rank(result_);
      report(campaign_progress{result_, o_.trainings});
    }
    return result_;
  }
  campaign_result run() {
    return run([](campaign_progress const&) {});
  }

 private:
  std::vector<trial> trials() const {
    std::vector<trial> t;
    for (entry const& e : result_.entries) t.push_back(e.of);
    return t;
  }

  // The journal's entries by position, the same in every process; empty where there is none.
  std::vector<std::string> recall() {
    std::string all;
    if (journal_)
      for (auto const& e : journal_->entries()) detail::append(all, e.position), detail::append(all, e.text);
    std::string const shared = who_.gather(all)[0];
    std::vector<std::string> known;
    for (detail::words in(shared); !in.empty();) {
      auto const position = in.number<std::size_t>();
      known.resize(std::max(known.size(), position + 1));
      known[position] = in.text();
    }
    return known;
  }

  // Trains each candidate of a batch that the journal does not have, this process's share of them.
  std::vector<entry> batch(std::vector<candidate> const& next, std::vector<std::string> const& known) {
    std::size_t const first = result_.entries.size();
    std::vector<std::string> texts(next.size());
    std::string made;
    std::size_t turn = 0;
    for (std::size_t k = 0; k < next.size(); ++k) {
      if (first + k < known.size() && !known[first + k].empty()) {
        texts[k] = known[first + k];
        continue;
      }
      if (turn++ % static_cast<std::size_t>(who_.size()) != static_cast<std::size_t>(who_.own())) continue;
      auto [e, a] = attempt(next[k]);
      if (who_.size() == 1) {
        texts[k] = keep(first + k, std::move(e), a);
      } else {
        detail::append(made, k), detail::append(made, text(e)), detail::append(made, a);
      }
    }
    if (who_.size() > 1) exchange(first, made, texts);
    std::vector<entry> entries;
    for (std::size_t k = 0; k < next.size(); ++k) {
      entries.push_back(entry_of(texts[k]));
      if (entries.back().of.what != next[k])
        raise("cannot go on with a search",
              message() << "trial " << first + k << " of the journal is another candidate than is proposed now",
              o_.file.c_str(), "use the program, and the instruction set, that began it, or another name");
    }
    return entries;
  }
  // Every process's trials to all; the first one keeps them, in their order, and says what it has kept.
  void exchange(std::size_t first, std::string const& made, std::vector<std::string>& texts) {
    std::map<std::size_t, std::pair<entry, std::string>> fresh;
    for (std::string const& of_rank : who_.gather(made))
      for (detail::words in(of_rank); !in.empty();) {
        auto const k = in.number<std::size_t>();
        entry e = entry_of(in.text());
        fresh[k] = {std::move(e), in.text()};
      }
    for (auto& [k, made_by_one] : fresh) texts[k] = keep(first + k, std::move(made_by_one.first), made_by_one.second);
    texts = split(who_.gather(joined(texts))[0]);
  }
  static std::string joined(std::vector<std::string> const& texts) {
    std::string all;
    for (std::string const& t : texts) detail::append(all, t);
    return all;
  }
  static std::vector<std::string> split(std::string const& all) {
    std::vector<std::string> texts;
    for (detail::words in(all); !in.empty();) texts.push_back(in.text());
    return texts;
  }

  // The trial, and its artifact's bytes where it finished.
  std::pair<entry, std::string> attempt(candidate const& c) {
    blueprint const b = p_.build(c);
    if (b.data < 0 || static_cast<std::size_t>(b.data) >= data_.size())
      raise("cannot train a candidate", message() << "it wants data set " << b.data << " of " << data_.size(),
            p_.candidates.text(c).c_str(), "give the campaign every data set that blueprints name");
    std::vector<double> const& costs = from_.assess(c).costs;
    learning_curve curve;
    for (entry const& e : result_.entries)
      if (e.of.how == outcome::finished) curve.add(e.rungs, e.of.error);
    improvement const front(results_of(trials()), objectives_of(result_.worst));
    train::divided const& d = data_[static_cast<std::size_t>(b.data)];
    trained t = train_candidate(
        b, *p_.costs[0].on, d, o_.training, [&](rung const& r) { return is_promising(r, costs, curve, front); });
    entry e{{c, t.how, t.error, costs}, t.rungs, 0, t.note};
    if (t.how == outcome::stopped && curve.knows(t.rungs.back().epochs))
      e.of.error = std::exp(curve.at_end(t.rungs.back()).log_mean);
    if (t.how != outcome::finished || o_.file.empty()) return {std::move(e), {}};
    buffer const bytes = store::write(artifact_of(b, t, d));
    return {std::move(e), {reinterpret_cast<char const*>(bytes.data()), bytes.size()}};
  }
  artifact artifact_of(blueprint const& b, trained& t, train::divided const& d) const {
    train::met_options o;
    o.model = o_.name, o.origin = {b.training.seed, "", train::fingerprint(d.train), "", 0};
    train::met_result r;
    r.environment.machine = *p_.costs[0].on, r.chosen = b.how, r.network = std::move(t.network);
    r.predicted = shal::predict(pass::finalize(r.network.canonical, r.environment.machine), r.environment.machine);
    return train::detail::make_artifact(r, o, o.origin.data_hash);
  }

  // Writes a trial down, its artifact first: killed in between, the same one is stored again, which adds nothing.
  std::string keep(std::size_t position, entry e, std::string const& artifact) {
    if (store_ && !artifact.empty())
      e.artifact = store_->put(store::read(std::as_bytes(std::span(artifact.data(), artifact.size())), "a trial"));
    std::string const t = text(e);
    if (journal_) journal_->put(static_cast<std::int64_t>(position), t);
    return t;
  }

  problem const& p_;
  std::vector<train::divided> const& data_;
  optimizer& propose_;
  campaign_options o_;
  train::ranks alone_{};
  train::ranks& who_;
  feasible_supply from_;
  std::optional<store::repository> store_{};
  std::optional<store::journal> journal_{};
  campaign_result result_{};
};

}  // namespace hone::inline HONE_ABI::search
