#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

// What the digits example found out, as plain values, and the page that shows it.
namespace digits {

struct fact {
  std::string name, value;
};
struct prediction_row {
  std::string profile, kind;
  double latency_us{}, cold_us{}, per_second{}, traffic_kb{}, arena_kb{}, energy_uj{};
};
struct epoch_row {
  double loss{}, accuracy{};  // on the training images, accuracy in percent
};
struct environment_row {
  std::string name, precision, choices;
  double before{}, after{};  // test accuracy in percent, before and after fine-tuning
  double latency_us{}, energy_uj{}, memory_kb{}, artifact_kb{};
};
struct measured_row {
  std::string precision, variant;
  double predicted_us{}, measured_us{};
};
struct subgraph_row {
  std::string operations, variant;
  double predicted_us{}, measured_us{}, share{};
};
struct change_row {
  std::uint64_t call{};
  std::string what;
};
// A stretch of calls in which operations [first, last) ran one variant.
struct stretch {
  std::uint64_t from{}, to{};
  int first{}, last{};
  int variant{};
};
struct sample {
  std::array<float, 64> pixels{};  // 0..1
  int label{}, predicted{};
};

struct report {
  std::vector<fact> machine;
  std::string counters;  // which source of time and events was used
  std::vector<prediction_row> predictions;
  std::vector<epoch_row> epochs;
  std::size_t training_images{}, test_images{};
  double base_accuracy{};  // of the trained network, percent of the test images
  std::vector<environment_row> environments;
  std::string served;  // which artifact the repository gave, and why
  std::vector<fact> deployment;
  std::string shell;  // a command that asks the database from a shell
  std::vector<measured_row> measured;
  std::vector<subgraph_row> subgraphs;
  std::vector<change_row> changes;
  std::vector<std::string> variants;  // names, by index
  std::vector<stretch> selection;
  std::vector<std::string> operations;  // names, by index
  std::string adapted;                  // which network ran, how often, what exploring cost
  std::vector<sample> samples;
};

// Raises hone::error if no report can be written at `path`; better known before the work than after it.
void check_place(std::string const& path);

// Writes the page, one self-contained HTML file with SVG pictures; raises hone::error if it cannot.
void write_report(report const& r, std::string const& path);

}  // namespace digits
