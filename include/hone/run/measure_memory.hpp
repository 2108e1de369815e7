#pragma once
#include <hone/core/buffer.hpp>
#include <hone/run/measure.hpp>
#include <hone/simd/kernel.hpp>

#include <memory>

namespace hone::inline HONE_ABI::calibration {

// Load-to-use latency in `bytes` of memory touched in random order, one load after the other.
inline nanoseconds measure_latency(std::size_t bytes) {
  constexpr std::size_t line = 64;
  std::size_t const lines = std::max<std::size_t>(2, bytes / line);
  buffer pool(lines * line);
  auto const at = [&](std::size_t i) -> std::uint64_t& {
    return *reinterpret_cast<std::uint64_t*>(pool.data() + i * line);
  };
  for (std::size_t i = 0; i < lines; ++i) at(i) = i;
  std::uint64_t random = 88172645463325252u;
  for (std::size_t i = lines - 1; i > 0; --i) {  // Sattolo's shuffle: one cycle through all lines
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    std::swap(at(i), at(random % i));
  }
  std::uint64_t position = 0;
  auto const walk = [&](int n) {
    for (int i = 0; i < n; ++i) position = at(position);
    asm volatile("" : "+r"(position));
  };
  walk(static_cast<int>(std::min<std::size_t>(lines, 1u << 22)));
  repeat const cases[]{walk};
  return measure(cases, {.rounds = 30, .chunk = {2e5}}).cases[0].best;
}

// Bandwidth at which a kernel (a dense layer's: it reads all its weights once) takes weights from `pool_bytes` of memory
// touched in turn. `args.param[slot::weight]` is set here; `weight_bytes` are read a call.
inline gigabytes_per_second measure_bandwidth(kernel_entry dense, kernel_args args, std::size_t weight_bytes,
                                              std::size_t pool_bytes) {
  std::size_t const blocks = std::max<std::size_t>(1, pool_bytes / weight_bytes);
  buffer pool(blocks * weight_bytes);
  std::memset(pool.data(), 0, pool.size());
  std::size_t next = 0;
  auto const run = [&](int n) {
    for (int i = 0; i < n; ++i, next = next + 1 == blocks ? 0 : next + 1) {
      args.param[0] = pool.data() + next * weight_bytes;
      dense(args);
    }
  };
  if (blocks < 65536) run(static_cast<int>(blocks));
  repeat const cases[]{run};
  timing const t = measure(cases, {.rounds = 30, .chunk = {3e5}}).cases[0];
  return {static_cast<double>(weight_bytes) / t.best.value};
}

}  // namespace hone::inline HONE_ABI::calibration
