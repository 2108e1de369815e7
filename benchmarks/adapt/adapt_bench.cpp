// What the adaptive runtime loses against the best static choice (its regret), while conditions stay and when they change:
// on simulated machines, and on this one with real kernels.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "benchmarks/adapt/contest.hpp"
#include "benchmarks/adapt/simulated.hpp"
#include "benchmarks/support/report.hpp"

namespace bench::adapt {

std::vector<stretch> contend_f32(int rounds);
std::vector<stretch> contend_int8(int rounds);

namespace {

std::string percent(double value) { return fmt::format("{:.2f}", value); }

void simulated(std::vector<record>& records) {
  table shown({"agent", "stationary", "usual", "restless"}, 1);
  for (simulated_regret const& r : simulate()) {
    shown.add({r.agent, percent(r.stationary), percent(r.usual), percent(r.restless)});
    for (auto const& [conditions, value] :
         {std::pair{"stationary", r.stationary}, std::pair{"usual", r.usual}, std::pair{"restless", r.restless}})
      records.push_back({"adapt", std::string("simulated/") + conditions, r.agent, "", "regret_percent", value, "%"});
  }
  fmt::print(
      "Simulated: 6 plans on 11 machines of the catalogue as SHAL prices them, 65,000 calls each. Percent of the time "
      "of\n"
      "the best selection, known beforehand at every moment, that is lost. usual: the clock changes now and then, "
      "seldom a\n"
      "variant; restless: a variant becomes slower or faster every 3000 calls.\n\n{}\n",
      shown.text());
}

void measured(std::vector<record>& records, int rounds) {
  table shown(
      {"network", "stretch", "best static choice", "its us", "regret %", "+-", "first choice %", "calls", "followed"},
      3);
  for (auto* run : {&contend_f32, &contend_int8})
    for (stretch const& s : run(rounds)) {
      shown.add({s.network, s.what, s.best, fmt::format("{:.2f}", s.best_us), percent(s.regret), percent(s.error),
                 percent(s.first_choice), std::to_string(s.calls), s.followed > 0 ? std::to_string(s.followed) : ""});
      auto const put = [&](char const* engine, char const* metric, double value, char const* unit) {
        records.push_back({"adapt", s.network + '/' + s.what, engine, s.best, metric, value, unit});
      };
      put("hone", "regret_percent", s.regret, "%");
      put("first choice", "regret_percent", s.first_choice, "%");
      if (s.followed > 0) put("hone", "calls_to_follow", static_cast<double>(s.followed), "calls");
    }
  fmt::print(
      "This machine: percent of the time of the best static choice (one variant for the whole network) that the agent "
      "takes\n"
      "more, round by round in one run; below 0 where it mixes variants. first choice: SHAL's, kept. followed: calls "
      "until\n"
      "the agent has left the slowed variant, or uses it again.\n\n{}\n",
      shown.text());
}

void run(std::string const& json, int rounds) {
  std::vector<record> records;
  simulated(records);
  measured(records, rounds);
  if (rounds < 40) fmt::print("fewer than 40 rounds: a smoke test, not a measurement\n");
  if (!json.empty()) write_json(records, json);
}

void pretrain(int episodes) {
  hone::training_result const r = train(episodes);
  fmt::print("{} episodes: {{{:.2f}, {:.2f}, {:.2f}, {:.4f}}}, regret {:.4f} before, {:.4f} after\n", r.episodes,
             r.policy.boldness, r.policy.prior_spread, r.policy.proof, r.policy.drift, r.regret_before, r.regret_after);
}

}  // namespace
}  // namespace bench::adapt

int main(int argc, char** argv) {
  CLI::App app{"What the adaptive runtime loses against the best static choice"};
  std::string json;
  int rounds = 200, episodes = 0;
  app.add_option("--json", json, "write the records to this file");
  app.add_option("--rounds", rounds, "chunks of 0.3 ms of the first stretch (200; under 40 is a smoke test)")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--train", episodes, "train the policy that agents start from for so many episodes, and nothing else")
      ->check(CLI::Range(1, 1000000));
  CLI11_PARSE(app, argc, argv);
  try {
    if (episodes > 0)
      bench::adapt::pretrain(episodes);
    else
      bench::adapt::run(json, rounds);
  } catch (std::exception const& e) {
    fmt::print(stderr, "bench_adapt: {}\n", e.what());
    return 1;
  }
  return 0;
}
