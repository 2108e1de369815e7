// MLPerf Tiny's networks out of their ONNX files: compiled, made at run time, and by ONNX Runtime, in one interleaved run.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <exception>

#include "benchmarks/imported/networks.hpp"
#include "benchmarks/support/command_line.hpp"
#include "benchmarks/support/harness_main.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Imported networks: compiled types, run-time engines, ONNX Runtime"};
  bench::options how;
  std::string python = "build/peers-venv/bin/python", library;
  bench::add_options(app, how);
  app.add_option("--python", python, "the interpreter that has ONNX Runtime (build/peers-venv/bin/python)");
  app.add_option("--onnxruntime", library, "libonnxruntime.so, instead of asking the interpreter");
  CLI11_PARSE(app, argc, argv);
  try {
    bench::imported::keeper keep;
    bench::harness harness{how};
    bench::imported::add_ad01(harness, keep), bench::imported::add_kws(harness, keep);
    bench::imported::add_vww(harness, keep), bench::imported::add_resnet(harness, keep);
    for (char const* network : {"ad01", "kws", "vww", "resnet"}) {
      bench::imported::add_dynamic(harness, network, keep);
      bench::imported::add_peer(harness, network, python, library, keep);
    }
    harness.run();
    harness.report();
  } catch (std::exception const& e) {
    fmt::print(stderr, "bench_imported: {}\n", e.what());
    return 1;
  }
  return 0;
}
