// ONNX's own backend tests: how many networks import and give what they must, which are refused and why, which fail.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>
#include <regex>

#include "benchmarks/onnx/onnx_case.hpp"
#include "benchmarks/support/report.hpp"

namespace {

using bench::onnx::outcome;
using bench::onnx::verdict;

struct options {
  std::string folder, json, filter;
  bool all = false;
};

int run(options const& o) {
  std::vector<std::string> failures, refusals;
  std::map<std::string, int> reasons;
  std::size_t passed = 0, bound = 0;
  std::regex const filter(o.filter);
  for (std::filesystem::path const& folder : bench::onnx::cases_in(o.folder)) {
    std::string const name = std::filesystem::relative(folder, o.folder).string();
    if (!std::regex_search(name, filter)) continue;
    outcome const r = bench::onnx::try_case(folder);
    std::string const line = fmt::format("  {}: {}\n", name, r.text);
    if (r.what == verdict::passed) ++passed, bound += r.bound ? 1 : 0;
    if (r.what == verdict::failed) failures.push_back(line);
    if (r.what == verdict::refused) refusals.push_back(line), ++reasons[r.reason];
  }
  fmt::print("passed   {}   (of these {} with inputs that are bound to constants)\n", passed, bound);
  fmt::print("refused  {}\n", refusals.size());
  for (auto const& [reason, n] : reasons) fmt::print("  {:5}  {}\n", n, reason);
  if (o.all)
    for (std::string const& line : refusals) fmt::print("{}", line);
  fmt::print("failed   {}\n", failures.size());
  for (std::string const& line : failures) fmt::print("{}", line);
  if (!o.json.empty()) {
    auto const record = [](char const* metric, std::size_t n) {
      return bench::record{"onnx", "backend tests", "hone", "", metric, static_cast<double>(n), "tests"};
    };
    bench::write_json(
        {record("passed", passed), record("refused", refusals.size()), record("failed", failures.size())}, o.json);
  }
  return failures.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Imports and evaluates ONNX's backend tests."};
  app.add_option("folder", o.folder, "what make_cases.py wrote")->required();
  app.add_option("--json", o.json, "write the records to this file");
  app.add_option("--filter", o.filter, "only cases whose names match this regular expression");
  app.add_flag("--all", o.all, "print every refusal, not only how many there are of a reason");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(o);
  } catch (std::exception const& e) {
    fmt::print(stderr, "bench_onnx: {}\n", e.what());
    return 2;
  }
}
