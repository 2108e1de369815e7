#pragma once
// MLPerf Tiny's networks out of their ONNX files: compiled as model types, made at run time, and by ONNX Runtime.
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/support/harness.hpp"

namespace bench::imported {

/// Keeps alive what cases refer to.
using keeper = std::vector<std::shared_ptr<void>>;

/// Where the ONNX files and their golden vectors are (the build's HONE_MODELS).
std::string models();

void add_ad01(harness& h, keeper& keep);
void add_kws(harness& h, keeper& keep);
void add_vww(harness& h, keeper& keep);
void add_resnet(harness& h, keeper& keep);

/// Cases of the run-time engine and of ONNX Runtime.
void add_dynamic(harness& h, std::string const& network, keeper& keep);
void add_peer(harness& h, std::string const& network, std::string const& python, std::string const& library,
              keeper& keep);

}  // namespace bench::imported
