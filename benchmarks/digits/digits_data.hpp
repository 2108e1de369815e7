#pragma once
// The folder that the suite works on: one subfolder a seed, as the trainer exports it, in alphabetical order.
//
//   DIR/SEED/NAME.weight.npy, NAME.bias.npy   folded weights (benchmarks/peers/make_models.py lists the names)
//   DIR/SEED/calib.npy, test_x.npy, test_y.npy   images [N][8][8][1], scaled to 0..1, and labels [N]
//   DIR/SEED/peers/models.json, ...           what make_models.py made of them
#include <hone/io/npy.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/support/harness.hpp"

namespace bench::digits {

inline constexpr std::size_t pixels = 64, classes = 10;

/// The weights of one training run and the images that it is tested on.
struct seed {
  std::filesystem::path folder;
  std::vector<float> images;  ///< [count][64]
  std::vector<int> labels;    ///< [count]

  [[nodiscard]] std::size_t count() const { return labels.size(); }
  [[nodiscard]] std::span<float const> image(std::size_t i) const {
    return std::span{images}.subspan(i * pixels, pixels);
  }
};

/// The numbers of an npy file of T, float or std::int64_t. Throws what is wrong with it, where it holds others.
template <class T>
std::vector<T> numbers(std::filesystem::path const& path) {
  bool const floats = std::is_same_v<T, float>;
  hone::io::array a = hone::io::load_npy(path.string());
  if (floats) a = hone::io::to_f32(std::move(a));
  if (!floats && a.type != hone::dtype::i64)
    throw std::runtime_error{path.string() + ": holds other numbers than int64"};
  auto const all = a.values<T>();
  return {all.begin(), all.end()};
}

/// All seeds under `folder`. Throws std::runtime_error where there is none or one is incomplete.
inline std::vector<seed> read_seeds(std::filesystem::path const& folder) {
  std::vector<std::filesystem::path> folders;
  std::error_code none;
  for (auto const& entry : std::filesystem::directory_iterator{folder, none}) {
    if (std::filesystem::exists(entry.path() / "test_x.npy")) folders.push_back(entry.path());
  }
  if (folders.empty()) throw std::runtime_error{"no exported weights in " + folder.string() + "/*/: export them first"};
  std::sort(folders.begin(), folders.end());
  std::vector<seed> seeds;
  for (auto const& path : folders) {
    auto const labels = numbers<std::int64_t>(path / "test_y.npy");
    seeds.push_back({path, numbers<float>(path / "test_x.npy"), {}});
    for (std::int64_t l : labels) seeds.back().labels.push_back(static_cast<int>(l));
    if (seeds.back().count() == 0 || seeds.back().images.size() != seeds.back().count() * pixels) {
      throw std::runtime_error{path.string() + ": test_x.npy and test_y.npy do not hold equally many 8x8 images"};
    }
  }
  return seeds;
}

/// Percentage of the images of `s` for which the largest of `logits(image)`, a range of 10 numbers, is the label's.
template <class Logits>
double accuracy(seed const& s, Logits logits) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < s.count(); ++i) {
    auto const& all = logits(s.image(i));
    right += std::max_element(std::begin(all), std::end(all)) - std::begin(all) == s.labels[i] ? 1 : 0;
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(s.count());
}

/// Adds the accuracies of the seeds to a case: accuracy_1, accuracy_2, ... and their mean, accuracy.
inline void add_accuracies(harness& h, label const& where, std::vector<double> const& percent) {
  double sum = 0.0;
  for (std::size_t i = 0; i < percent.size(); ++i) {
    h.add_metric(where, "accuracy_" + std::to_string(i + 1), percent[i], "%");
    sum += percent[i];
  }
  if (!percent.empty()) h.add_metric(where, "accuracy", sum / static_cast<double>(percent.size()), "%");
}

}  // namespace bench::digits
