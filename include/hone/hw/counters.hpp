#pragma once
#include <hone/core/units.hpp>
#include <hone/hw/detail/perf.hpp>
#include <hone/hw/ticks.hpp>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace hone::inline HONE_ABI::hw {

// True if ticks come at one rate, whatever the processor's clock does, as it says itself: x86's invariant time-stamp
// counter; Arm's counter is such by its architecture. False: times by ticks may be off while the clock changes.
inline bool invariant_ticks() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d >> 8 & 1) != 0;
#else
  return true;
#endif
}

// Where counts come from: the processor's event counters by perf_event, or its counter of time alone.
enum class counter_source : std::uint8_t { time_stamp_counter, perf_event };
constexpr char const* name(counter_source s) {
  return s == counter_source::perf_event ? "perf_event" : "time-stamp counter";
}

// Readings of one moment.
struct counter_sample {
  ticks time{};
  std::uint64_t cycles{}, instructions{}, cache_misses{}, branch_misses{};
};

// What happened between two moments. Without perf_event only the time is counted, and the traffic is the caller's
// model.
struct usage {
  nanoseconds time{};
  bytes traffic{};  // to and from memory
  bool counted{};   // the traffic and all that follows
  double cycles{}, instructions{}, cache_misses{}, branch_misses{};
};

// Who may call read(): anyone, or a thread in its real-time part, where system calls are forbidden.
enum class reading : std::uint8_t { anywhere, in_real_time };

// The counters of the thread that opens them, which alone may read them.
class counters {
 public:
  // Never fails: where the kernel or the machine has no event counters (or, for `in_real_time`, none that can be read
  // without a system call) it falls back on the counter of time; source() and reason() say so. Takes some milliseconds.
  static counters open(reading where = reading::anywhere) noexcept {
    counters c;
    c.events_ = detail::hardware_counters();
    c.reason_ = c.events_.problem();
    if (c.events_.open() && where == reading::in_real_time && !c.events_.by_page()) {
      c.events_ = {};
      c.reason_ = "the kernel does not let programs read its counters without a system call";
    }
    c.rate_ = hw::ticks_per_nanosecond();
    ticks least = ~ticks{0};
    for (int i = 0; i < 100; ++i) {
      ticks const before = c.read().time, after = c.read().time;
      least = after - before < least ? after - before : least;
    }
    c.cost_ = {static_cast<double>(least) / c.rate_};
    return c;
  }

  counter_source source() const noexcept {
    return events_.open() ? counter_source::perf_event : counter_source::time_stamp_counter;
  }
  // Why it is not perf_event; null if it is.
  char const* reason() const noexcept { return events_.open() ? nullptr : reason_; }
  // True if read() makes no system call. It never allocates.
  bool real_time() const noexcept { return !events_.open() || events_.by_page(); }
  bool invariant() const noexcept { return invariant_ticks(); }
  double ticks_per_nanosecond() const noexcept { return rate_; }
  // What one read() takes, measured when they were opened: part of every time between two samples.
  nanoseconds read_cost() const noexcept { return cost_; }

  counter_sample read() const noexcept {
    detail::perf_group::values v{};
    if (events_.open()) events_.read(v);
    return {now_after(), v[0], v[1], v[2], v[3]};
  }
  // `modelled`: the traffic that a cost model predicts for what ran in between, taken where none was counted.
  usage between(counter_sample const& from, counter_sample const& to, bytes modelled = {}) const noexcept {
    usage u{};
    u.time = {static_cast<double>(to.time - from.time) / rate_}, u.traffic = modelled;
    if (!events_.open()) return u;
    u.counted = true;
    u.cycles = static_cast<double>(to.cycles - from.cycles);
    u.instructions = static_cast<double>(to.instructions - from.instructions);
    u.cache_misses = static_cast<double>(to.cache_misses - from.cache_misses);
    u.branch_misses = static_cast<double>(to.branch_misses - from.branch_misses);
    u.traffic = {u.cache_misses * line};
    return u;
  }

 private:
  static constexpr double line = 64;  // bytes, on every processor of the catalogue with a cache for more than one core

  counters() = default;

  detail::perf_group events_{};
  char const* reason_{};
  double rate_{1};
  nanoseconds cost_{};
};

}  // namespace hone::inline HONE_ABI::hw
