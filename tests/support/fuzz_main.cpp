// Drives a fuzz target without libFuzzer.
//   PROGRAM                the seeds, then 20,000 mutations of them, the same ones every time
//   PROGRAM --seeds DIR    writes the seeds as files of DIR
//   PROGRAM FILE...        replays inputs, as libFuzzer saves them
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "fuzz.hpp"

namespace {

using bytes = std::vector<std::uint8_t>;

class mutator {
 public:
  // One to four of: flip a bit, set a byte, cut, repeat a piece, write an extreme 32-bit number.
  bytes operator()(bytes input) {
    for (auto n = below(4) + 1; n > 0; --n) mutate(input);
    return input;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  void mutate(bytes& b) {
    if (b.empty()) return b.push_back(static_cast<std::uint8_t>(below(256)));
    auto const at = below(b.size());
    auto const here = b.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(5)) {
      case 0: *here = static_cast<std::uint8_t>(*here ^ (1U << below(8))); break;
      case 1: *here = static_cast<std::uint8_t>(below(256)); break;
      case 2: b.resize(at); break;
      case 3: {
        bytes const piece(here, here + static_cast<std::ptrdiff_t>(std::min<std::size_t>(below(64), b.size() - at)));
        b.insert(b.begin() + static_cast<std::ptrdiff_t>(below(b.size())), piece.begin(), piece.end());
        break;
      }
      default: {
        constexpr std::uint32_t extremes[]{0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0};
        auto const value = extremes[below(std::size(extremes))];
        for (std::size_t i = 0; i < 4 && at + i < b.size(); ++i)
          b[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
      }
    }
  }

  std::mt19937 random_{20240229};
};

int write_seeds(std::string const& folder) {
  auto const seeds = fuzz_seeds();
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::ofstream file(folder + "/seed" + std::to_string(i), std::ios::binary);
    std::copy(seeds[i].begin(), seeds[i].end(), std::ostreambuf_iterator<char>(file));
    if (!file.flush()) return std::fprintf(stderr, "cannot write the seeds to %s\n", folder.c_str()), 1;
  }
  return 0;
}

int replay(char const* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::fprintf(stderr, "cannot read %s\n", path), 1;
  bytes const input{std::istreambuf_iterator<char>(file), {}};
  return LLVMFuzzerTestOneInput(input.data(), input.size());
}

int short_campaign() {
  constexpr int mutations = 20'000;
  auto const seeds = fuzz_seeds();
  if (seeds.empty()) return std::fprintf(stderr, "the fuzz target has no seeds\n"), 1;
  for (auto const& seed : seeds) LLVMFuzzerTestOneInput(seed.data(), seed.size());
  mutator mutate;
  for (std::size_t i = 0; i < mutations; ++i) {
    auto const input = mutate(seeds[i % seeds.size()]);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%zu seeds and %d mutations\n", seeds.size(), mutations);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--seeds") return write_seeds(argv[2]);
  for (int i = 1; i < argc; ++i)
    if (int const failed = replay(argv[i])) return failed;
  return argc > 1 ? 0 : short_campaign();
}
