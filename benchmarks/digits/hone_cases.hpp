#pragma once
// Hone's side of the suite.
#include <vector>

#include "benchmarks/digits/digits_data.hpp"
#include "benchmarks/digits/peer_cases.hpp"

namespace bench::digits {

/// Adds every precision on every instruction set that this machine has, with the artifacts that the example exported
/// (SEED/f32.hone, bf16.hone, int8.hone).
void add_hone_cases(harness& h, std::vector<seed> const& seeds, keeper& keep);

}  // namespace bench::digits
