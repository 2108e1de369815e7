// Steps 3 to 5: trains the base network, specialises it for sampled environments, stores the artifacts. Compiled for this
// very machine (training is the one part that gains by it), so only plain types cross this interface: Hone's own types are
// kept apart by instruction set.
#pragma once
#include "report.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace digits {

// Which fifth of the images is kept aside for testing: always the same one.
inline constexpr std::uint64_t split_seed = 1;

struct learning {
  std::string data;        // the CSV file
  std::string repository;  // the SQLite file
  std::string machine{};   // the profile of the catalogue that stands for this machine
  std::uint64_t seed{1};
  int epochs{35};
  int environments{6};  // to sample
};
struct learned {
  std::vector<epoch_row> epochs;
  std::vector<environment_row> environments;
  double base_accuracy{};  // percent, of the test set
  std::size_t training_images{};
  std::vector<float> test_pixels;  // 64 an image, 0 to 1
  std::vector<std::int32_t> test_labels;
};
// what: "train" or "specialise"; done of all; a note such as the loss.
using on_progress = std::function<void(char const* what, int done, int all, std::string const& note)>;

// Raises (as std::exception) with a clear text if the data cannot be read or the repository cannot be written.
learned learn(learning const& how, on_progress const& progress);

// Trains one seed and writes what benchmarks need into `folder`: artifacts f32.hone, bf16.hone and int8.hone, the folded
// weights and the images as npy files. Returns the accuracies of the three in percent.
std::vector<double> export_seed(learning const& how, std::string const& folder, on_progress const& progress);

}  // namespace digits
