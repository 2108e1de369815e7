// Loops of one instruction each, to measure what a core executes in a cycle and what a dependent step takes
// (run/measure_rates.hpp). Their operands stay in registers, or in one line of memory.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_RATES_INL_HPP)
#define HONE_SIMD_RATES_INL_HPP
#include <hone/simd/vector-inl.hpp>

namespace hone::inline HONE_ABI::simd {

// Does its instruction rate_steps * n times.
using rate_loop = void (*)(int n);
inline constexpr int rate_steps = 96;
inline constexpr int chain_share = 4;  // chains do a fourth of that
// The loops of one instruction set. `any`: a mixture that every vector port takes part in; `mac`: of its f32
// multiply-accumulates, multiplications where those are two instructions; `dot`: of what int8 dot products
// multiply with; the chains: each waits for the one before. Null where there is no such instruction.
struct rate_loops {
  rate_loop any{}, mac{}, dot{}, load{}, store{}, mac_chain{}, dot_chain{};
};

}  // namespace hone::inline HONE_ABI::simd

#define HONE_SELF <hone/simd/rates-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

template <int Lanes>
struct rates {
  static constexpr int registers = 12, rounds = rate_steps / registers;
  using F = f32_vector<Lanes>;
  using integers = hn::CappedTag<std::int32_t, Lanes>;
  using I = hn::Vec<integers>;
  static constexpr bool fma = target != isa::scalar && target != isa::sse4;
  static constexpr bool vnni = target == isa::avx512_vnni;

  template <class V>
  static HWY_INLINE void hold(V& v) {
#if HWY_ARCH_X86
    if constexpr (Lanes == 1 && target == isa::scalar)
      asm volatile("" : "+x"(v.raw));
    else
      asm volatile("" : "+v"(v.raw));
#elif HWY_ARCH_ARM
    asm volatile("" : "+w"(v.raw));
#endif
  }
  // n rounds over 12 registers that `step` changes; every pair of registers is a float one and an integer one.
  template <class Step>
  static HWY_INLINE void floats(int n, Step step) {
    F v[registers];
    HONE_UNROLL for (int i = 0; i < registers; ++i) v[i] = hn::Set(f32_tag<Lanes>(), 1.0f);
    for (int k = 0; k < n * rounds; ++k) {
      HONE_UNROLL for (int i = 0; i < registers; ++i) {
        v[i] = step(v[i]);
        hold(v[i]);
      }
    }
  }
  static HWY_INLINE F one() {
    F v = hn::Set(f32_tag<Lanes>(), 1.0f);
    hold(v);
    return v;
  }
  static HWY_INLINE F mac(F v, F x) {
    if constexpr (fma)
      return hn::MulAdd(v, x, v);
    else
      return hn::Mul(v, x);
  }

  static HWY_NOINLINE void any_port(int n) {
    F const x = one();
    if constexpr (target == isa::scalar) {  // integers of one lane have registers and ports of their own
      int at = 0;
      floats(
          n, [&](F v) __attribute__((always_inline)) { return ++at % 2 != 0 ? hn::Mul(v, x) : hn::Add(v, x); });
    } else {
      I v[registers];
      F f[registers / 3];
      HONE_UNROLL for (int i = 0; i < registers; ++i) v[i] = hn::Set(integers(), i);
      HONE_UNROLL for (int i = 0; i < registers / 3; ++i) f[i] = x;
      I const y = v[1];
      for (int k = 0; k < n * rounds; ++k) {
        HONE_UNROLL for (int i = 0; i < registers; ++i) {
          if (i % 3 == 0)
            f[i / 3] = hn::Mul(f[i / 3], x), hold(f[i / 3]);
          else
            v[i] = hn::Add(v[i], y), hold(v[i]);
        }
      }
    }
  }
  static HWY_NOINLINE void mac_port(int n) {
    F const x = one();
    floats(
        n, [&](F v) __attribute__((always_inline)) { return mac(v, x); });
  }
  static HWY_NOINLINE void mac_latency(int n) {
    F const x = one();
    F v = x;
    for (int k = 0; k < n; ++k) {
      HONE_UNROLL for (int i = 0; i < rate_steps / chain_share; ++i) {  // of a sum, as convolutions have them
        v = fma ? hn::MulAdd(x, x, v) : hn::Add(v, x);
        hold(v);
      }
    }
  }
  // Side by side, as kernels load and store.
  static HWY_NOINLINE void load_port(int n) {
    alignas(64) float from[registers * Lanes]{};
    float const* p = from;
    for (int k = 0; k < n * rounds; ++k) {
      asm volatile("" : "+r"(p) : : "memory");
      HONE_UNROLL for (int i = 0; i < registers; ++i) {
        if constexpr (Lanes == 1) {
          float v = p[i];
          asm volatile("" : : "x"(v));
        } else {
          F v = hn::Load(f32_tag<Lanes>(), p + i * Lanes);
          hold(v);
        }
      }
    }
  }
  static HWY_NOINLINE void store_port(int n) {
    alignas(64) float to[registers * Lanes];
    float* p = to;
    F const v = one();
    for (int k = 0; k < n * rounds; ++k) {
      asm volatile("" : "+r"(p) : : "memory");
      HONE_UNROLL for (int i = 0; i < registers; ++i) {
        hn::Store(v, f32_tag<Lanes>(), p + i * Lanes);
        asm volatile("" : : : "memory");  // or stores of one lane become wide ones
      }
    }
  }
#if HWY_ARCH_X86
  static HWY_INLINE I dot(I sum, I x) {
    if constexpr (Lanes == 16 && vnni)
      return I{_mm512_dpbusd_epi32(sum.raw, x.raw, x.raw)};
    else if constexpr (Lanes == 16)
      return I{_mm512_madd_epi16(sum.raw, x.raw)};
    else if constexpr (Lanes == 8)
      return I{_mm256_madd_epi16(sum.raw, x.raw)};
    else
      return I{_mm_madd_epi16(sum.raw, x.raw)};
  }
  static HWY_NOINLINE void dot_port(int n) {
    I const x = hn::Set(integers(), 1);
    I v[registers];
    HONE_UNROLL for (int i = 0; i < registers; ++i) v[i] = x;
    for (int k = 0; k < n * rounds; ++k) {
      HONE_UNROLL for (int i = 0; i < registers; ++i) {
        v[i] = dot(v[i], x);
        hold(v[i]);
      }
    }
  }
  static HWY_NOINLINE void dot_latency(int n) {  // of the sum: an addition where products are apart
    I const x = hn::Set(integers(), 1);
    I v = x;
    for (int k = 0; k < n; ++k) {
      HONE_UNROLL for (int i = 0; i < rate_steps / chain_share; ++i) {
        v = vnni ? dot(v, x) : hn::Add(v, x);
        hold(v);
      }
    }
  }
#endif
  static constexpr rate_loops loops() {
    rate_loops l{&any_port, &mac_port, nullptr, &load_port, &store_port, &mac_latency, nullptr};
#if HWY_ARCH_X86
    if constexpr (Lanes >= 4) l.dot = &dot_port, l.dot_chain = &dot_latency;
#endif
    return l;
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
