#pragma once
#include <hone/hw/profile.hpp>
#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace hone::inline HONE_ABI::hw {

// True if this processor and its operating system run kernels compiled for i: everything that simd/ lets the compiler
// use in that pass. A few loads; no libhwy (DESIGN.md, decision 14).
inline bool supported(isa i) noexcept {
  if (i == isa::scalar) return true;
#if defined(__x86_64__) || defined(__i386__)
  bool const sse4 =
      __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("aes");
  if (i == isa::sse4) return sse4;
  bool const avx2 = sse4 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");  // all of them have F16C too
  if (i == isa::avx2) return avx2;
  bool const avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  if (i == isa::avx512) return avx512;
  return i == isa::avx512_vnni && avx512 && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__) && defined(__linux__)
  return i == isa::neon && (getauxval(AT_HWCAP) & (1UL << 1)) != 0;  // HWCAP_ASIMD
#elif defined(__aarch64__)
  return i == isa::neon;
#else
  return false;
#endif
}

}  // namespace hone::inline HONE_ABI::hw
