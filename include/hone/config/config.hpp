// Compiler facts. With simd/, the only place for macros.
#pragma once

// The inline namespace is keyed on the static target, so that translation units compiled with different -march never
// share an inline function (DESIGN.md, decision 13). From compiler macros alone: the first door needs no Highway.
#if defined(__AVX512F__) && defined(__AVX512VNNI__)
#define HONE_ABI v0_avx512_vnni
#elif defined(__AVX512F__)
#define HONE_ABI v0_avx512
#elif defined(__AVX2__)
#define HONE_ABI v0_avx2
#elif defined(__AVX__)
#define HONE_ABI v0_avx
#elif defined(__SSE4_2__)
#define HONE_ABI v0_sse4
#elif defined(__aarch64__)
#define HONE_ABI v0_neon
#else
#define HONE_ABI v0_base
#endif

// Bytes of the widest vector register of the static target.
#if defined(__AVX512F__)
#define HONE_REGISTER_BYTES 64
#elif defined(__AVX2__)
#define HONE_REGISTER_BYTES 32
#else
#define HONE_REGISTER_BYTES 16
#endif

// Kernels instrumented by the address sanitizer take ten times as long to compile: they hold fewer sums at once.
#if defined(__SANITIZE_ADDRESS__)
#define HONE_SMALL_TILES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HONE_SMALL_TILES 1
#endif
#endif
#if !defined(HONE_SMALL_TILES)
#define HONE_SMALL_TILES 0
#endif

#if defined(__cpp_exceptions)
#define HONE_HAS_EXCEPTIONS 1
#else
#define HONE_HAS_EXCEPTIONS 0
#endif
