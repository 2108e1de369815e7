#pragma once
#include <hone/config/config.hpp>

#include <array>
#include <cstddef>

namespace hone::inline HONE_ABI {

// The path of a file in the folder of another, as characters that end with 0: beside(__FILE__, "kws.safetensors") is what
// lies beside the header that says so, as the compiler found it. Where that was by a relative path, so is this one.
template <std::size_t N, std::size_t M>
constexpr std::array<char, N + M> beside(char const (&file)[N], char const (&name)[M]) {
  std::array<char, N + M> path{};
  std::size_t folder = 0;
  for (std::size_t i = 0; i < N; ++i)
    if (file[i] == '/') folder = i + 1;
  for (std::size_t i = 0; i < folder; ++i) path[i] = file[i];
  for (std::size_t i = 0; i < M; ++i) path[folder + i] = name[i];
  return path;
}

}  // namespace hone::inline HONE_ABI
