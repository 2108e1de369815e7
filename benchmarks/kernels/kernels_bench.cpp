// Kernels one by one, against the bound of the vector ports (shal/cost.hpp, count of work of each kind), and run-time
// kernels against them.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>

#include "benchmarks/kernels/kernel_cases.hpp"
#include "benchmarks/support/command_line.hpp"
#include "benchmarks/support/harness_main.hpp"

namespace {

constexpr int chain_cycles = 4000;

/// A chain of additions that each wait for the one before: a cycle each, at whatever speed the clock runs now.
void count_cycles() {
  std::uint64_t x = 1;
  for (int i = 0; i < chain_cycles / 16; ++i) {
#pragma GCC unroll 16
    for (int k = 0; k < 16; ++k) {
      x += x;
      asm volatile("" : "+r"(x));
    }
  }
}

double figure(std::vector<bench::record> const& all, bench::label const& where, char const* metric) {
  for (auto const& r : all)
    if (r.name == where.name && r.engine == where.engine && r.isa == where.isa && r.metric == metric) return r.value;
  return 0;
}

void report(bench::kernels::suite const& s, bench::label const& clock) {
  auto const all = s.run.records();
  double const cycle = figure(all, clock, "warm_p50_us") / chain_cycles;
  fmt::print("\n{:<36} {:<12} {:>9} {:>9} {:>6} {:>11}\n", "operation", "isa", "us", "ports us", "%", "at run time");
  for (auto const& b : s.bounds) {
    double const time = figure(all, b.where, "warm_p50_us"), least = b.cycles * cycle;
    auto at_run_time = b.where;
    at_run_time.engine = "run time";
    fmt::print("{:<36} {:<12} {:>9.3f} {:>9.3f} {:>6.1f} {:>11.3f}\n", b.where.name, b.where.isa, time, least,
               100 * least / time, s.run.ratio(at_run_time, b.where));
  }
}

void run(bench::options const& how) {
  hone::float_control const control;  // as in a network: what lies in the arena may be subnormal as a float
  bench::harness harness{how};
  bench::kernels::suite s{harness};
  bench::label const clock{"kernels", "clock", "hone", "", ""};
  harness.add(clock, [] { count_cycles(); });
  bench::kernels::add_digits_f32(s);
  bench::kernels::add_digits_int8(s);
  bench::kernels::add_kws_int8(s);
  bench::kernels::add_tiny_f32(s);
  harness.run();
  harness.report();
  report(s, clock);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Kernels one by one, beside the bound of the vector ports"};
  bench::options how;
  how.cold = 0;
  bench::add_options(app, how);
  CLI11_PARSE(app, argc, argv);
  try {
    run(how);
  } catch (std::exception const& e) {
    fmt::print(stderr, "bench_kernels: {}\n", e.what());
    return 1;
  }
  return 0;
}
