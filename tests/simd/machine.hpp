// Which ISAs this machine runs, and how tests go through all of them.
#pragma once
#include <hone/simd/entry.hpp>

#include <array>

namespace tests {

inline bool runs(hone::isa i) {
  using hone::isa;
#if defined(__x86_64__)
  bool const avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  bool const avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  switch (i) {
    case isa::scalar: return true;
    case isa::sse4: return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
    case isa::avx2: return avx2;
    case isa::avx512: return avx512;
    case isa::avx512_vnni: return avx512 && __builtin_cpu_supports("avx512vnni");
    default: return false;
  }
#else
  return hone::simd::in_base_pass(i);
#endif
}

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
    if (runs(I)) f.template operator()<I>();
  };
  on.template operator()<isa::scalar>();
  on.template operator()<isa::sse4>();
  on.template operator()<isa::avx2>();
  on.template operator()<isa::avx512>();
  on.template operator()<isa::avx512_vnni>();
  on.template operator()<isa::neon>();
}

}  // namespace tests
