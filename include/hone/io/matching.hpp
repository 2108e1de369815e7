#pragma once
#include <hone/config/config.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace hone::inline HONE_ABI::io {

// How a file names and lays out parameters. pytorch: as a state dict does (io/pytorch_layout.hpp): "weight" and "bias",
// of batch norms with "running_mean" and "running_var"; numbers of batches ("num_batches_tracked") are passed over.
enum class layout : std::uint8_t { hone, pytorch };

// What Hone calls `hone` is `file` in the file: a tensor ("stem.weight"), or a layer with all that is in it ("stem").
// "" is the whole network: {"", "module"} looks for "module.stem.weight".
struct renaming {
  std::string hone{}, file{};
};

struct matching {
  layout from{layout::hone};
  std::vector<renaming> names{};  // the longest that fits a tensor counts
  bool zero_biases{};             // a bias that the file does not have is 0 (PyTorch: bias=False)
  bool ignore_extra{};            // the file may have tensors that the network does not
};

}  // namespace hone::inline HONE_ABI::io
