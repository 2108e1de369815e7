#pragma once
#include <hone/run/float_control.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace hone::inline HONE_ABI::train {

// Threads that work off numbered tasks together with the caller. Which thread takes which task is left open: tasks write
// to places of their own, and what they computed is added up in order, so that results do not depend on the threads. They
// run with denormals flushed: averages that decay to nothing would slow training down.
class crew {
 public:
  // As many threads as `threads` says, the caller included; 0: as many as the machine has. Fewer where the system gives no
  // more.
  explicit crew(int threads = 0) {
    int const n = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
    for (int i = 1; i < n && hire(); ++i) {
    }
  }
  crew(crew const&) = delete;
  crew& operator=(crew const&) = delete;
  ~crew() {
    tasks_ = -1;
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    for (std::thread& t : hands_) t.join();
  }
  int size() const { return static_cast<int>(hands_.size()) + 1; }

  // Calls task(i) for every i in [0, n), each once, and returns when all are done. Raises what the first of them (by
  // number) raised.
  void operator()(int n, std::function<void(int)> const& task) {
    float_control const arithmetic;
    task_ = &task, tasks_ = n, failed_at_ = n;
    next_.store(0, std::memory_order_relaxed), busy_.store(static_cast<int>(hands_.size()), std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    work();
    for (int left = busy_.load(std::memory_order_acquire); left != 0; left = busy_.load(std::memory_order_acquire))
      busy_.wait(left, std::memory_order_acquire);
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  void serve() {
    float_control const arithmetic;
    for (unsigned seen = 0;;) {
      round_.wait(seen, std::memory_order_acquire);
      ++seen;
      if (tasks_ < 0) return;
      work();
      if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_all();
    }
  }
  void work() {
    for (int i = next_++; i < tasks_; i = next_++) run(i);
  }
#if HONE_HAS_EXCEPTIONS
  bool hire() {
    try {
      hands_.emplace_back([this] { serve(); });
      return true;
    } catch (std::system_error const&) {
      return false;
    }
  }
  void run(int i) {
    try {
      (*task_)(i);
    } catch (...) {
      std::lock_guard const hold(guard_);
      if (i < failed_at_) failed_at_ = i, failure_ = std::current_exception();
    }
  }
#else
  bool hire() {
    return hands_.emplace_back([this] { serve(); }), true;
  }
  void run(int i) { (*task_)(i); }
#endif

  std::vector<std::thread> hands_;
  std::atomic<unsigned> round_{0};
  std::atomic<int> next_{0}, busy_{0};
  std::function<void(int)> const* task_{};
  int tasks_{0}, failed_at_{0};
  std::mutex guard_;
  std::exception_ptr failure_;
};

}  // namespace hone::inline HONE_ABI::train
