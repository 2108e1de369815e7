#pragma once
// The clock that single calls are timed with.
//
// x86: the time-stamp counter between fences, so that the timed call neither starts before the first reading nor
// ends after the second. It costs 15-30 ns and takes away the overlap of a call with its neighbours, so it times
// single calls only; a chunk of calls is timed as a whole, with none of this in it. Elsewhere: steady_clock.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace bench {

/// Seconds on the monotonic clock.
inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Tells the compiler that every object may have been read and written.
inline void barrier() { asm volatile("" ::: "memory"); }

/// Times single calls, in nanoseconds. Making one takes 20 ms.
class stopwatch {
 public:
  stopwatch() : counter_{invariant_counter()} {
    if (counter_) {
      double const start = now();
      std::uint64_t const first = read();
      while (now() - start < 0.02) {
      }
      ns_per_tick_ = (now() - start) * 1e9 / static_cast<double>(read() - first);
    }
    overhead_ = overhead();
  }

  /// The time that `call()` takes, less the clock's own cost (the median of timing nothing); at least 0.
  template <class Call>
  double time(Call&& call) const {
    std::uint64_t const start = read();
    call();
    std::uint64_t const end = read();
    return std::max(0.0, static_cast<double>(end - start) * ns_per_tick_ - overhead_);
  }

  /// What is subtracted, in nanoseconds.
  [[nodiscard]] double cost() const { return overhead_; }

 private:
  static bool invariant_counter() {
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(0x80000007U, &a, &b, &c, &d) != 0 && (d & (1U << 8U)) != 0;
#else
    return false;
#endif
  }

  [[nodiscard]] std::uint64_t read() const {
#if defined(__x86_64__)
    if (counter_) {
      _mm_lfence();
      std::uint64_t const ticks = __rdtsc();
      _mm_lfence();
      return ticks;
    }
#endif
    barrier();
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    barrier();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
  }

  [[nodiscard]] double overhead() const {
    std::array<double, 1001> empty{};
    for (double& t : empty) t = time(barrier);
    std::nth_element(empty.begin(), empty.begin() + empty.size() / 2, empty.end());
    return empty[empty.size() / 2];
  }

  bool counter_;
  double ns_per_tick_ = 1.0;
  double overhead_ = 0.0;
};

}  // namespace bench
