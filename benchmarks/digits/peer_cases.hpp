#pragma once
// The peers' side of the suite.
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/digits/digits_data.hpp"

namespace bench::digits {

/// Keeps what the cases refer to alive while they run.
using keeper = std::vector<std::shared_ptr<void>>;

/// Where the peers' libraries are.
struct peer_options {
  std::string python = "build/peers-venv/bin/python";  ///< asked for the packages
  std::string onnxruntime, litert;                     ///< the libraries themselves, before `python`
};

/// Adds every model of every peer that is there. A peer that is not is a note in the report.
void add_peer_cases(harness& h, peer_options const& where, std::vector<seed> const& seeds, keeper& keep);

}  // namespace bench::digits
