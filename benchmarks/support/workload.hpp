#pragma once
// How the harness calls what it measures.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "clock.hpp"

namespace bench {

/// A callable behind one virtual call for a whole chunk: the calls themselves are compiled into its loop.
class workload {
 public:
  workload() = default;
  workload(workload const&) = delete;
  workload& operator=(workload const&) = delete;
  virtual ~workload() = default;

  /// Calls `n` times.
  virtual void repeat(std::size_t n) = 0;
  /// Calls `n` times and appends the nanoseconds of every single call.
  virtual void time_each(stopwatch const& watch, std::size_t n, std::vector<double>& out) = 0;
};

template <class Call>
class workload_of final : public workload {
 public:
  explicit workload_of(Call call) : call_{std::move(call)} {}

  void repeat(std::size_t n) override {
    for (std::size_t i = 0; i < n; ++i) {
      call_();
      barrier();
    }
  }

  void time_each(stopwatch const& watch, std::size_t n, std::vector<double>& out) override {
    out.reserve(out.size() + n);
    for (std::size_t i = 0; i < n; ++i) {
      // Reads the callable, whose captures a real caller has at hand: a cold call shall not pay for them.
      static_cast<void>(*reinterpret_cast<unsigned char const volatile*>(&call_));
      out.push_back(watch.time([this] {
        call_();
        barrier();
      }));
    }
  }

 private:
  static_assert(sizeof(Call) <= 64, "capture by reference: a callable fits into one cache line");
  alignas(64) Call call_;
};

template <class Call>
std::unique_ptr<workload> make_workload(Call call) {
  return std::make_unique<workload_of<Call>>(std::move(call));
}

/// Puts everything out of the first two caches: rewrites 64 MB by ordinary loads and stores (memset would write
/// past the caches on some machines), in small pages, so that the address translations go too.
class cold_maker {
 public:
  cold_maker() : words_{static_cast<std::size_t*>(std::aligned_alloc(4096, bytes))} {
    if (!words_) throw std::bad_alloc{};
#if defined(__linux__)
    ::madvise(words_.get(), bytes, MADV_NOHUGEPAGE);  // a hint: refused where the kernel has no huge pages
#endif
    std::fill_n(words_.get(), count, std::size_t{0});
  }

  void operator()() {
    for (std::size_t i = 0; i < count; ++i) words_.get()[i] += 1;
    barrier();
  }

 private:
  static constexpr std::size_t bytes = std::size_t{64} << 20U;
  static constexpr std::size_t count = bytes / sizeof(std::size_t);
  struct release {
    void operator()(std::size_t* p) const { std::free(p); }
  };
  std::unique_ptr<std::size_t, release> words_;
};

}  // namespace bench
