#pragma once
#include <hone/hw/host.hpp>
#include <hone/hw/ticks.hpp>

namespace hone::inline HONE_ABI::hw {

namespace detail {

// Cycles of one dependent 32-bit multiplication of h; 0 if it is not known. Three on every Intel core since Nehalem
// (and Silvermont) and every AMD core since Zen (Agner Fog, instruction tables). Not an addition: recent cores fold
// those.
inline int multiplication_cycles([[maybe_unused]] host const& h) {
#if defined(__x86_64__) || defined(__i386__)
  bool const intel = h.vendor == "intel" && h.family == 6 && h.runs(isa::sse4);
  bool const amd = h.vendor == "amd" && h.family >= 0x17;
  return intel || amd ? 3 : 0;
#else
  return 0;
#endif
}
// Runs 16 n dependent multiplications.
inline void multiply([[maybe_unused]] int n) {
#if defined(__x86_64__) || defined(__i386__)
  unsigned v = 1;
  for (int i = 0; i < n; ++i)
    asm volatile(
        "imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\t"
        "imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\t"
        "imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0"
        : "+r"(v));
#endif
}

}  // namespace detail

// The clock that this core of h, the machine underneath, runs at just now, to about 1%; zero if it cannot be measured:
// h is an unknown or Arm processor. Takes 4 ms: time slices may be lost meanwhile, and a resting core needs some to
// wake.
inline gigahertz measured_clock(host const& h) {
  int const each = detail::multiplication_cycles(h);
  if (each == 0) return {};
  constexpr int chunk = 512;
  ticks best = ~ticks{0};
  ticks const end = clock_nanoseconds() + 4'000'000;
  do {
    ticks const start = now_after();
    detail::multiply(chunk);
    ticks const t = now_after() - start;
    best = t < best ? t : best;
  } while (clock_nanoseconds() < end);
  return {16.0 * chunk * each * ticks_per_nanosecond() / static_cast<double>(best)};
}

// The same in about 5 us, to a few percent: to follow the clock from one measurement to the next.
inline gigahertz clock_now(host const& h) noexcept {
  int const each = detail::multiplication_cycles(h);
  if (each == 0) return {};
  constexpr int chunk = 64;
  ticks best = ~ticks{0};
  for (int attempt = 0; attempt < 4; ++attempt) {
    ticks const start = now_after();
    detail::multiply(chunk);
    ticks const t = now_after() - start;
    best = t < best ? t : best;
  }
  return {16.0 * chunk * each * ticks_per_nanosecond() / static_cast<double>(best)};
}

}  // namespace hone::inline HONE_ABI::hw
