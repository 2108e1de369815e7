#pragma once
#include <tests/simd/int8_case.hpp>
#include <tests/simd/machine.hpp>

#include "catch2.hpp"

namespace tests {

// O is bit-identical to its definition on every ISA of this machine, for random and for extreme numbers.
template <op O>
void check_exact() {
  on_each_isa([]<isa I>() {
    constexpr int lanes = lanes_of(I);
    constexpr auto& g = final_graph<O, lanes>;
    constexpr kernel_entry run = simd::entry_of<final_op<O, lanes>, lanes, I>();
    CAPTURE(name(I));
    for (std::uint32_t seed : {1u, 2u, 3u}) {
      CAPTURE(seed);
      against const side = seed % 2 != 0 ? against::end : against::start;
      CHECK(int8_case(O, seed, numbers::random).differences(g, run, side) == 0);
    }
    CHECK(int8_case(O, 4, numbers::extreme).differences(g, run, against::end) == 0);
  });
}

}  // namespace tests
