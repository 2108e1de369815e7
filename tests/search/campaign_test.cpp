#include <hone/search/campaign.hpp>

#include <hone/search/surrogate.hpp>

#include <barrier>
#include <csignal>
#include <thread>

#include "catch2.hpp"
#include "tests/search/digit_space.hpp"
#include "tests/store/process.hpp"
#include "tests/train/blobs.hpp"

namespace {

using namespace hone;

// Dense networks for blobs, trained for a moment; one learning rate of the four diverges.
search::problem problem() {
  search::problem p;
  auto const hidden = p.candidates.choice("hidden", {0, 2, 4, 8, 16, 24});
  auto const rate = p.candidates.choice("rate", {3e-3, 1e-2, 3e-2, 1e9});
  auto const precision = p.candidates.choice("precision", {dtype::f32, dtype::i8});
  p.build = [=](search::candidate const& c) {
    search::blueprint b;
    builder made(b.graph);
    int x = made.image("image", blobs::examples(4, 1).image_shape());
    if (c[hidden] > 0) x = made.relu(made.dense("hidden", x, c[hidden]));
    made.output("class", made.dense("scores", x, blobs::examples(4, 1).classes));
    b.how.precision = c[precision];
    b.training = {.epochs = 6, .batch = 20, .rate = c[rate], .threads = 1};
    return b;
  };
  p.costs = {{search::metric::latency, &hw::cortex_m7::value}, {search::metric::memory, &hw::cortex_m7::value}};
  return p;
}
std::vector<train::divided> data() { return {{blobs::examples(80, 1), blobs::examples(48, 2)}}; }

std::string text_of(search::campaign_result const& r) {
  std::string all;
  for (auto const& e : r.entries) all += search::text(e) + "\n";
  for (std::size_t i : r.front) all += std::to_string(i) + " ";
  return all;
}
search::campaign_options few(std::string file = {}) {
  search::campaign_options o;
  o.trainings = 16, o.file = std::move(file);
  o.training.tuning.training.epochs = 1;
  return o;
}
search::campaign_result run(search::campaign_options const& o, train::ranks* who = nullptr, std::uint64_t seed = 1) {
  auto const p = problem();
  auto const d = data();
  search::surrogate_search propose({0.5, {1e6, 1e5}}, {.seed = seed, .first = 8});
  return search::campaign(p, d, propose, o, who).run();
}

TEST_CASE("trials survive as text, every number exactly") {
  search::entry const e{
      {{{3, 0, 65535}}, search::outcome::stopped, 0.1 + 0.2, {1e-300, 12345.678}}, {{3, 1.0 / 3}}, 77, "why, not"};
  auto const back = search::entry_of(search::text(e));
  CHECK(back.of.what == e.of.what);
  CHECK((back.of.how == e.of.how && back.of.error == e.of.error && back.of.costs == e.of.costs));
  CHECK((back.rungs.size() == 1 && back.rungs[0].epochs == 3 && back.rungs[0].error == e.rungs[0].error));
  CHECK((back.artifact == 77 && back.note == "why, not"));
  for (char const* wrong :
       {"", "finished", "finished 1 2", "gone 0 0 0 0 0 ", "failed 99999999 1 ", "failed 1 x 0 0 0 0 "})
    CHECK_THROWS_WITH(search::entry_of(wrong), Contains("cannot read a trial"));
}

TEST_CASE("a campaign finds a front; what diverges is recorded, and the search goes on") {
  sample::folder const folder;
  std::string const file = folder / "search.db";
  auto const r = run(few(file));
  REQUIRE(r.entries.size() == 16);
  REQUIRE_FALSE(r.front.empty());
  bool failed = false;
  for (auto const& e : r.entries) {
    if (e.of.what.at[1] == 3) CHECK((e.of.how == search::outcome::failed && !e.note.empty()));
    failed |= e.of.how == search::outcome::failed;
    CHECK((e.artifact != 0) == (e.of.how == search::outcome::finished));
  }
  CHECK(failed);
  CHECK(r.hypervolume > 0);
  auto const stored = store::repository::open(file, store::mode::read);
  auto const p = problem();
  for (std::size_t i : r.front) {
    auto const a = stored.get(r.entries[i].artifact);
    CHECK(a.figures.accuracy == Approx(1 - r.entries[i].of.error));
    auto const b = p.build(r.entries[i].of.what);
    CHECK(a.plan_id == pass::plan_id(pass::canonical(b.graph, b.how, hw::cortex_m7::value)));
    for (auto const& other : r.entries)
      if (other.of.how == search::outcome::finished)
        CHECK_FALSE(search::dominates(search::objectives_of(other.of.error, other.of.costs),
                                      search::objectives_of(r.entries[i].of.error, r.entries[i].of.costs)));
  }
}

TEST_CASE("killed and run again, a search comes to the same") {
  sample::folder const folder;
  std::string const whole = text_of(run(few(folder / "whole.db")));
  std::string const file = folder / "killed.db";
  int kills = 0;
  for (bool alive = true; alive && kills < 40; ++kills)
    alive = sample::in_child([&] {
              std::jthread end([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(60 + 35 * kills));
                ::kill(::getpid(), SIGKILL);
              });
              run(few(file));
              return std::string("done");
            }).empty();
  CAPTURE(kills);
  CHECK(text_of(run(few(file))) == whole);
}

TEST_CASE("a journal of another search is refused; one of the same goes on for more trainings") {
  sample::folder const folder;
  auto o = few(folder / "search.db");
  o.trainings = 8;
  run(o);
  o.trainings = 16;
  CHECK(text_of(run(o)) == text_of(run(few(folder / "other.db"))));
  o.worst_error = 0.4;
  CHECK_THROWS_WITH(run(o), Contains("other inputs or options"));
  o.worst_error = 0.5;
  CHECK_THROWS_WITH(run(o, nullptr, 2), Contains("another candidate than is proposed now"));
}

// Processes as threads, for what the exchange does.
struct meeting {
  explicit meeting(int n) : all(static_cast<std::size_t>(n)), together(n) {}
  std::vector<std::string> all;
  std::barrier<> together;
};
class thread_ranks final : public train::ranks {
 public:
  thread_ranks(meeting& m, int own) : m_(m), own_(own) {}
  int size() const override { return static_cast<int>(m_.all.size()); }
  int own() const override { return own_; }
  std::vector<std::string> gather(std::string const& mine) override {
    m_.all[static_cast<std::size_t>(own_)] = mine;
    m_.together.arrive_and_wait();
    auto const all = m_.all;
    m_.together.arrive_and_wait();
    return all;
  }

 private:
  meeting& m_;
  int own_;
};

TEST_CASE("the result does not depend on how many processes share the search") {
  sample::folder const folder;
  std::string const one = text_of(run(few(folder / "one.db")));
  for (int n : {2, 3, 4}) {
    meeting m(n);
    std::vector<std::string> results(static_cast<std::size_t>(n));
    std::string const file = folder / ("shared" + std::to_string(n)).c_str();
    std::vector<std::thread> threads;
    for (int i = 0; i < n; ++i)
      threads.emplace_back([&, i] {
        thread_ranks who(m, i);
        results[static_cast<std::size_t>(i)] = text_of(run(few(file), &who));
      });
    for (auto& t : threads) t.join();
    for (auto const& r : results) CHECK(r == one);
  }
}

}  // namespace
