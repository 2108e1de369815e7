#pragma once
#include <hone/run/measure.hpp>
#include <hone/simd/rates-inl.hpp>

#include <array>
#include <cmath>

namespace hone::inline HONE_ABI::calibration {

// What a core executes in a cycle with the registers of one instruction set, and the cycles of a dependent step of a
// sum; 0: not measured.
struct core_rates {
  double any{}, mac{}, dot{}, load{}, store{}, issue{};
  double mac_chain{}, dot_chain{};
};

namespace detail {

// The loops of kernels for i with vectors of `lanes` lanes, where this program has them.
inline simd::rate_loops rate_loops_of(isa i) {
  using namespace simd;
  if (in_base_pass(i)) {
    constexpr int lanes[]{1, 1, 4, 8, 16, 16, 4};
    if (i == base_isa) return HONE_BASE::rates<lanes[static_cast<int>(base_isa)]>::loops();
    return i == isa::scalar ? HONE_BASE::rates<1>::loops() : rate_loops{};
  }
#if HONE_HAS_SSE4
  if (i == isa::sse4) return sse4::rates<4>::loops();
#endif
#if HONE_HAS_AVX2
  if (i == isa::avx2) return avx2::rates<8>::loops();
#endif
#if HONE_HAS_AVX512
  if (i == isa::avx512) return avx512::rates<16>::loops();
#endif
#if HONE_HAS_AVX512_VNNI
  if (i == isa::avx512_vnni) return avx512_vnni::rates<16>::loops();
#endif
  return {};
}
// 96 n instructions that do nothing: what the front end delivers.
inline void issue([[maybe_unused]] int n) {
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
  for (int k = 0; k < n * (simd::rate_steps / 12); ++k)
    asm volatile("nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop");
#endif
}
// A rate or a latency as the processor's maker would state it: whole, if it is nearly that.
inline double nearly_whole(double v) {
  double const whole = std::round(v);
  return whole > 0 && std::fabs(v - whole) < 0.12 * whole ? whole : v;
}

}  // namespace detail

// Measures the rates of each instruction set; `host` tells the clock. Those whose kernels this program or the host
// lacks, and all where the clock is unknown, are left 0. About 0.1 s each.
inline std::vector<core_rates> measure_rates(std::span<isa const> sets, hw::host const& host,
                                             progress const& tell = {}) {
  constexpr std::size_t kinds = 8;
  std::vector<repeat> cases;
  std::vector<std::size_t> of(sets.size() * kinds, ~std::size_t{0});
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (!host.runs(sets[i])) continue;
    simd::rate_loops const l = detail::rate_loops_of(sets[i]);
    std::array<simd::rate_loop, kinds> const loops{
        l.any, l.mac, l.dot, l.load, l.store, &detail::issue, l.mac_chain, l.dot_chain};
    for (std::size_t k = 0; k < kinds; ++k)
      if (loops[k] != nullptr) {
        of[i * kinds + k] = cases.size();
        cases.push_back([loop = loops[k]](int n) { loop(n); });
      }
  }
  std::vector<core_rates> rates(sets.size());
  if (cases.empty()) return rates;
  timings const times = measure(cases, {.rounds = 30, .chunk = {2e4}, .follow = &host}, tell);
  double const clock = times.clock.value > 0 ? times.clock.value : host.clock.value;
  if (!(clock > 0)) return rates;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    core_rates& r = rates[i];
    std::array<double*, kinds> const to{
        &r.any, &r.mac, &r.dot, &r.load, &r.store, &r.issue, &r.mac_chain, &r.dot_chain};
    for (std::size_t k = 0; k < kinds; ++k) {
      if (of[i * kinds + k] == ~std::size_t{0}) continue;
      double const steps = times.cases[of[i * kinds + k]].best.value * clock / simd::rate_steps;  // cycles of one
      *to[k] = detail::nearly_whole(k < 6 ? 1 / steps : steps * simd::chain_share);
    }
  }
  return rates;
}

// p with what was measured of its core. How often multiply-accumulates are executed follows from how many of their
// instructions only some ports have: of int8 dot products without an instruction for them up to half are additions,
// which any port does.
inline profile with_rates(profile p, core_rates const& r) {
  auto const set = [](double& figure, double measured) {
    if (measured > 0) figure = measured;
  };
  set(p.vector_ports, r.any), set(p.load_ports, r.load), set(p.store_ports, r.store), set(p.issue_width, r.issue);
  for (microkernel* k : {&p.f32, &p.bf16}) {
    set(k->mac_uops_per_cycle, r.mac), set(k->chain_cycles, r.mac_chain);
    k->mac_uops_per_cycle = std::min(k->mac_uops_per_cycle, p.vector_ports);
  }
  set(p.int8.mac_uops_per_cycle, r.dot * (p.vectors.dot_uops > 1 ? 2 : 1)), set(p.int8.chain_cycles, r.dot_chain);
  p.int8.mac_uops_per_cycle = std::min(p.int8.mac_uops_per_cycle, p.vector_ports);
  return p;
}

}  // namespace hone::inline HONE_ABI::calibration
