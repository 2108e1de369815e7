// Which ISAs this machine runs, and how tests go through all of them.
#pragma once
#include <hone/hw/supported.hpp>
#include <hone/simd/entry.hpp>

#include <array>

namespace tests {

constexpr int lanes_of(hone::isa i) {
  switch (i) {
    case hone::isa::sse4:
    case hone::isa::neon: return 4;
    case hone::isa::avx2: return 8;
    case hone::isa::avx512:
    case hone::isa::avx512_vnni: return 16;
    default: return 1;
  }
}

// f.template operator()<I>() for every ISA I that this machine runs. A kernel that is not there for one of them is what
// a test must notice, so the rest is skipped by what the machine says alone.
template <class F>
void on_each_isa(F f) {
  using hone::isa;
  auto const on = [&]<isa I>() {
    if (hone::hw::supported(I)) f.template operator()<I>();
  };
  on.template operator()<isa::scalar>();
  on.template operator()<isa::sse4>();
  on.template operator()<isa::avx2>();
  on.template operator()<isa::avx512>();
  on.template operator()<isa::avx512_vnni>();
  on.template operator()<isa::neon>();
}

}  // namespace tests
