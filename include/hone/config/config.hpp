// Compiler facts. With simd/, the only place for macros.
#pragma once

// The inline namespace is keyed on the static target, so that translation units compiled with different -march never
// share an inline function (DESIGN.md, decision 13). From compiler macros alone: the first door needs no Highway.
#if defined(__AVX512F__)
#define HONE_ABI v0_avx512
#elif defined(__AVX2__)
#define HONE_ABI v0_avx2
#elif defined(__SSE4_2__)
#define HONE_ABI v0_sse4
#elif defined(__aarch64__)
#define HONE_ABI v0_neon
#else
#define HONE_ABI v0_base
#endif

#if defined(__cpp_exceptions)
#define HONE_HAS_EXCEPTIONS 1
#else
#define HONE_HAS_EXCEPTIONS 0
#endif
