// Which instruction sets this translation unit compiles kernels for: Hone's passes (KERNELS: "per-ISA passes"). Runs
// Highway's foreach_target.h once, over Highway alone; foreach.inc then repeats Hone's own headers, pass by pass.
//
// Inside a pass Highway's object-like macros (HWY_TARGET, HWY_ALIGN, HWY_LANES, HWY_CAP_GE512, ...) still describe the
// compiler's own target, not the pass: simd/ never uses them after this file. A pass describes itself by HONE_PASS (its
// namespace) and the constants of vector-inl.hpp.
#pragma once
#include <hone/hw/profile.hpp>

// Standard headers that kernels need: before any pass, so that their functions get no pass's target.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if !defined(HIGHWAY_HWY_FOREACH_TARGET_H_)
#if defined(HWY_TARGET_INCLUDE)
#error "Hone: HWY_TARGET_INCLUDE is set, but hwy/foreach_target.h is not included yet: include Hone after it"
#endif
// Highway's debug assertions (at -O0 and under sanitizers) would call hwy::Abort, which only libhwy has.
#if !defined(HWY_IS_DEBUG_BUILD)
#define HWY_IS_DEBUG_BUILD 0
#endif
// Highway's scalar target rather than its emulation of 128 bits, which clang++ compiles to twice the time.
#if !defined(HWY_BROKEN_EMU128)
#define HWY_BROKEN_EMU128 1
#endif
// By bit, since the names differ between versions: AVX10, AVX-512 beyond F/CD/BW/DQ/VL (bit 7, AVX3_DL, claims AVX-VNNI
// on machines without it), SSSE3; on Arm whatever is above plain NEON.
#if !defined(HWY_DISABLED_TARGETS)
#if defined(__x86_64__) || defined(__i386__)
#define HWY_DISABLED_TARGETS (0xFFLL | (1LL << 12))
#else
#define HWY_DISABLED_TARGETS (0x1FFFLL << 15)
#endif
#endif
#if !defined(__x86_64__) && !defined(__i386__) && !defined(HWY_COMPILE_ONLY_STATIC)
#define HWY_COMPILE_ONLY_STATIC
#endif
#define HWY_TARGET_INCLUDE <hwy/highway.h>
#include <hwy/foreach_target.h>
#undef HWY_TARGET_INCLUDE
#endif
#include <hwy/highway.h>

#include <hwy/ops/set_macros-inl.h>  // Highway 1.0 leaves the last target's macros if highway.h was there before
#if HWY_TARGET != HWY_STATIC_TARGET
#error "Hone: included from a file that hwy/foreach_target.h repeats: put #if HWY_ONCE around the include"
#endif

// The base pass is compiled for the compiler's own target, and named after it: translation units with other -march
// flags never share its functions. Its target attributes are Highway's for that target (Arm's need them).
#define HONE_BASE HWY_CONCAT(base_, HWY_NAMESPACE)
#define HONE_BASE_HN hwy::HWY_NAMESPACE
#if HWY_ARCH_ARM
#define HONE_BASE_ISA neon
#elif HWY_STATIC_TARGET <= HWY_AVX3 && defined(__AVX512VNNI__)
#define HONE_BASE_ISA avx512_vnni
#elif HWY_STATIC_TARGET <= HWY_AVX3
#define HONE_BASE_ISA avx512
#elif HWY_STATIC_TARGET <= HWY_AVX2
#define HONE_BASE_ISA avx2
#elif HWY_STATIC_TARGET <= HWY_SSE4
#define HONE_BASE_ISA sse4
#else
#define HONE_BASE_ISA scalar
#endif

// The passes above the base that this translation unit has.
#define HONE_HAS_TARGET(target) (HWY_ARCH_X86 && (HWY_TARGETS & (target)) != 0 && HWY_STATIC_TARGET > (target))
#if HONE_HAS_TARGET(HWY_SSE4)
#define HONE_HAS_SSE4 1
#else
#define HONE_HAS_SSE4 0
#endif
#if HONE_HAS_TARGET(HWY_AVX2)
#define HONE_HAS_AVX2 1
#else
#define HONE_HAS_AVX2 0
#endif
#if HONE_HAS_TARGET(HWY_AVX3)
#define HONE_HAS_AVX512 1
#else
#define HONE_HAS_AVX512 0
#endif
#if HONE_HAS_AVX512 || (HWY_STATIC_TARGET == HWY_AVX3 && !defined(__AVX512VNNI__))
#define HONE_HAS_AVX512_VNNI 1
#else
#define HONE_HAS_AVX512_VNNI 0
#endif
#undef HONE_HAS_TARGET

// Loops over constants that become straight-line code, and loops that stay loops.
#if defined(__clang__)
#define HONE_UNROLL _Pragma("clang loop unroll(full)")
#define HONE_KEEP_LOOP _Pragma("clang loop unroll(disable)")
#else
#define HONE_UNROLL _Pragma("GCC unroll 64")
#define HONE_KEEP_LOOP _Pragma("GCC unroll 1")
#endif

namespace hone::inline HONE_ABI::simd {

inline constexpr isa base_isa = isa::HONE_BASE_ISA;

// What runs in the base pass: its own ISA, and on one architecture every lesser one, with fewer lanes.
constexpr bool in_base_pass(isa i) {
  if (base_isa == isa::neon) return i == isa::neon || i == isa::scalar;
  return i != isa::none && i <= base_isa;
}

// Whether this translation unit has kernels for I.
constexpr bool compiled_for(isa i) {
  return in_base_pass(i) || (i == isa::sse4 && HONE_HAS_SSE4 != 0) || (i == isa::avx2 && HONE_HAS_AVX2 != 0) ||
         (i == isa::avx512 && HONE_HAS_AVX512 != 0) || (i == isa::avx512_vnni && HONE_HAS_AVX512_VNNI != 0);
}

}  // namespace hone::inline HONE_ABI::simd
