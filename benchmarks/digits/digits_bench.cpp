// The digits network beside ONNX Runtime and LiteRT, in one interleaved run, one thread.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "benchmarks/digits/digits_data.hpp"
#include "benchmarks/digits/hone_cases.hpp"
#include "benchmarks/digits/peer_cases.hpp"
#include "benchmarks/support/command_line.hpp"
#include "benchmarks/support/harness_main.hpp"

namespace {

void run(bench::options const& how, bench::digits::peer_options const& peers, std::string const& folder) {
  auto const seeds = bench::digits::read_seeds(folder);
  bench::digits::keeper keep;
  bench::harness harness{how};
  bench::digits::add_hone_cases(harness, seeds, keep);
  bench::digits::add_peer_cases(harness, peers, seeds, keep);
  harness.run();
  harness.report();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The digits network: Hone beside ONNX Runtime and LiteRT"};
  bench::options how;
  bench::digits::peer_options peers;
  std::string folder = "build/bench/digits";
  bench::add_options(app, how);
  app.add_option("--data", folder, "exported weights, one folder a seed (build/bench/digits)");
  app.add_option("--python", peers.python, "the interpreter that has the peers (build/peers-venv/bin/python)");
  app.add_option("--onnxruntime", peers.onnxruntime, "libonnxruntime.so, instead of asking the interpreter");
  app.add_option("--litert", peers.litert, "libLiteRt.so, instead of asking the interpreter");
  CLI11_PARSE(app, argc, argv);
  try {
    run(how, peers, folder);
  } catch (std::exception const& e) {
    fmt::print(stderr, "bench_digits: {}\n", e.what());
    return 1;
  }
  return 0;
}
