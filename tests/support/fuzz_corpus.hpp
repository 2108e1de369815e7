#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// The files of a folder, by name: seeds for fuzz_seeds() that are committed. Fuzzers run in the repository's root.
inline std::vector<std::vector<std::uint8_t>> fuzz_corpus(std::string const& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code none;
  for (auto const& entry : std::filesystem::directory_iterator(folder, none)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::vector<std::uint8_t>> files;
  for (auto const& path : paths) {
    std::ifstream file(path, std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return files;
}
