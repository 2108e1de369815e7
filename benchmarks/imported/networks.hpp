#pragma once
// MLPerf Tiny's networks out of their ONNX files: compiled as model types, made at run time, and by ONNX Runtime.
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/support/harness.hpp"

namespace bench::imported {

/// Keeps alive what cases refer to.
using keeper = std::vector<std::shared_ptr<void>>;

void add_ad01(harness& h, keeper& keep);
void add_kws(harness& h, keeper& keep);
void add_vww(harness& h, keeper& keep);
void add_resnet(harness& h, keeper& keep);

/// Cases of the run-time engine and of ONNX Runtime, from the files in the build's HONE_MODELS.
void add_dynamic(harness& h, std::string const& network, keeper& keep);
void add_peer(harness& h, std::string const& network, std::string const& python, std::string const& library,
              keeper& keep);

}  // namespace bench::imported
