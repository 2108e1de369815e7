#pragma once
// Times calls of several engines beside each other, in one run, for machines that lose time slices and have noisy
// neighbours: what is compared is measured interleaved, in short chunks, in random order, with sleeps between.
//
// A case is measured in three ways.
//   warm_p50_us, warm_min_us   A chunk: one or more untimed calls (until 60 us have passed), then as many calls as
//                              fit into 0.5 ms, back to back, timed as a whole. Median and minimum of the chunks'
//                              means. No clock is read between calls, so calls may overlap as they do in a program
//                              that calls in a loop.
//   warm_ratio                 How many times slower than the fastest of the case: the median over the rounds of the
//                              quotient of the two chunks of that round. A neighbour that takes half of the core for
//                              half of the run moves medians by a third, these quotients by little.
//   warm_p99_us                Every call of another such chunk timed by itself, less the clock's own cost: the
//                              99th percentile of all of them. It is a latency (fences on both sides, no overlap),
//                              and above 1 ms it is mostly lost time slices: compare only cases of one run.
//   cold_p50_us, cold_p99_us   64 MB are rewritten before each single call, which is timed like those above. What
//                              such a call finds in the last-level cache depends on when the engine ran last
//                              (weights, code, branch history), so every timed call comes right after the sequence
//                              "call, rewrite 64 MB": a visit is one untimed call, then four timed ones, and the
//                              engines' visits are interleaved in random order. Each engine has its own memory.
//                              The input is cold too; the callable itself (its captures) is not.
//   load_ms                    From a file to the first result: the median of 5, the library already open.
// Percentiles are nearest ranks: the 99th of 100 samples is the second largest.
//
// An engine may have several variants of a case (models that are equal for the user): all are measured warm, the
// one with the lowest warm_p50_us stands for the engine, and only it is measured cold. The others are reported
// as a case of their own, NAME/VARIANT.
//
// The definitions are in harness_main.hpp, which one translation unit of the program includes.
#include <cstddef>
#include <functional>
#include <memory>
#include <random>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "clock.hpp"
#include "record.hpp"
#include "workload.hpp"

namespace bench {

/// What is measured: `engine` runs `name` (such as digits/int8) on `isa`, in one of perhaps several variants.
struct label {
  std::string suite, name, engine, isa;
  std::string variant = {};

  bool operator==(label const&) const = default;
  /// NAME/ENGINE/ISA[/VARIANT]: what --filter is matched against.
  [[nodiscard]] std::string text() const;
};

struct options {
  std::string json;           ///< where the records go; nowhere when empty
  int rounds = 100;           ///< chunks of each kind a case; under 40 it is a smoke test
  int cold = 100;             ///< cold samples of a case; 0: none
  std::string filter = ".*";  ///< of label::text()
};

class harness {
 public:
  /// Throws std::regex_error where o.filter is no regular expression.
  explicit harness(options o);

  /// Whether --filter lets this case through. The functions below ignore a case that it does not: ask first where
  /// making the engine costs time.
  [[nodiscard]] bool wants(label const& where) const;

  /// Times `call()`. It captures by reference (64 bytes at most) and has an effect that the compiler cannot see
  /// through, such as an output buffer.
  template <class Call>
  void add(label const& where, Call call) {
    if (wants(where)) at(where).work = make_workload(std::move(call));
  }

  /// Times `load()`, which makes the engine and computes a first result, for load_ms.
  void add_load(label const& where, std::function<void()> load);

  /// A figure that was found elsewhere, such as an accuracy.
  void add_metric(label const& where, std::string metric, double value, std::string unit);

  /// A sentence for the reader, printed under the table.
  void note(std::string text);

  /// Times everything that was added, on the calling thread, which is pinned to its processor from here on.
  void run();

  /// All figures, those of variants included.
  [[nodiscard]] std::vector<record> records() const;

  /// How many times slower `of` is than `to`, by chunks of the same rounds: the median. 0 where one was not measured.
  [[nodiscard]] double ratio(label const& of, label const& to) const;

  /// Prints the table and the notes; writes the JSON file if one was asked for.
  void report() const;

 private:
  struct entry {
    label where;
    std::unique_ptr<workload> work;
    std::function<void()> load;
    std::size_t calls = 1;  ///< a chunk
    std::vector<double> chunks, singles, cold, loads;
    std::vector<record> others;
    bool best = false;   ///< of its variants
    double ratio = 0.0;  ///< to the fastest of its case

    [[nodiscard]] double p50() const;
  };

  entry& at(label const& where);
  static double ratio(entry const& of, entry const& to);
  std::vector<std::size_t> shuffled(bool only_best);
  void measure_loads();
  void measure_warm();
  void measure_cold();
  void choose_variants();
  void compare();
  void progress(char const* what, int done, int all) const;
  static void pin();
  static void warm_up(entry& e);
  static void rest(double worked);
  [[nodiscard]] std::string summary() const;
  static std::string cell(std::vector<record> const& figures, std::string const& metric);
  static void append(entry const& e, std::string const& name, std::vector<record>& out);

  options options_;
  std::regex filter_;
  std::vector<entry> entries_;
  std::vector<std::string> notes_;
  stopwatch watch_;
  std::mt19937 random_{1};
};

}  // namespace bench
