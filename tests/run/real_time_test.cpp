// No allocation and no system call in a million calls, while the engine explores, splits and merges.
#include <hone/run/agent.hpp>

#include <cstdlib>
#include <new>

#include "catch2.hpp"
#include "tests/run/fake_plan.hpp"
#include "tests/run/nets.hpp"
#include "tests/run/real_time.hpp"

namespace real_time {
bool counting = false;
long allocations = 0;
}  // namespace real_time

#if defined(COUNTS_ALLOCATIONS)
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t n) {
  real_time::allocations += real_time::counting;
  return __libc_malloc(n);
}
void* calloc(std::size_t n, std::size_t size) {
  real_time::allocations += real_time::counting;
  return __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t n) {
  real_time::allocations += real_time::counting;
  return __libc_realloc(p, n);
}
void* aligned_alloc(std::size_t alignment, std::size_t n) {
  real_time::allocations += real_time::counting;
  return __libc_memalign(alignment, n);
}
void* memalign(std::size_t alignment, std::size_t n) {
  real_time::allocations += real_time::counting;
  return __libc_memalign(alignment, n);
}
void free(void* p) {
  real_time::allocations += real_time::counting && p != nullptr;
  __libc_free(p);
}
}
#endif

namespace {

using namespace hone;
using namespace real_time;

constexpr int million = 1'000'000;

// An executor whose kernels change their times all the while, so that every decision is made again and again: in turns
// one operation takes nearly all the time, and in turns one variant is the fastest.
class restless {
 public:
  restless()
      : plan_(fake::plan({1, 1, 1, 1})), executor_(plan_, packed_weights(plan_, fake::tensors(), 9, nullptr), how()) {
    fake::today() = {};
  }
  void calls(int n) {
    float const x[2]{};
    for (int i = 0; i < n; ++i) {
      if (i % 20'000 == 0) change(i / 20'000);
      executor_.run<sizeof x>(x);
    }
  }
  int events(adaptation_event::what kind) const {
    int n = 0;
    for (std::size_t i = 0; i < executor_.agent().events(); ++i) n += executor_.agent().event(i).kind == kind;
    return n;
  }
  bool regrouped() const {
    using what = adaptation_event::what;
    return executor_.agent().event_count() > 20 && events(what::select) > 0 && events(what::split) > 0 &&
           events(what::merge) > 0 && fake::today().in_order && executor_.agent().lost() > 0;
  }

 private:
  static adaptation how() {
    adaptation a;
    a.rl_training_epochs = 0, a.shortest = {}, a.regroup_period = 2, a.exploration = 0.2f, a.initial_granularity = 1;
    a.performance_threshold = 0.4f, a.merging_threshold = 0.3f;
    return a;
  }
  static void change(int turn) {
    for (std::size_t v = 0; v < 3; ++v)
      for (std::size_t i = 1; i < fake::ops; ++i)
        fake::today().ns[v][i] = (i % 7 == static_cast<std::size_t>(turn) % 7 ? 1200 : 20) *
                                 (v == static_cast<std::size_t>(turn) % 3 ? 1 : 2);
  }

  plan_view plan_;
  executor executor_;
};

#if defined(COUNTS_ALLOCATIONS)
TEST_CASE("an engine allocates nothing in a million calls, while it explores and regroups") {
  nets::engine<nets::small> net(nets::parameters<nets::small>(), nets::quick());
  std::vector<float> const x = nets::image(1);
  CHECK(allocations_of([&] {
          for (int i = 0; i < million; ++i) net(x);
        }) == 0);
  CHECK(net.agent().spent() > 0);
  restless r;
  CHECK(allocations_of([&] { r.calls(million); }) == 0);
  CHECK(r.regrouped());
}

TEST_CASE("the count notices an allocation") {
  CHECK(allocations_of([] {
          void* volatile p = std::malloc(1);
          std::free(p);
        }) == 2);
  CHECK(allocations_of([] {
          int* volatile p = new int(1);
          delete p;
        }) == 2);
  CHECK(allocations_of([] { buffer(64); }) == 2);
  restless r;
  fake::today().extra = [] {
    void* volatile p = std::malloc(1);
    std::free(p);
  };
  CHECK(allocations_of([&] { r.calls(10); }) == 20);
}
#endif

#if defined(FILTERS_SYSTEM_CALLS)
TEST_CASE("an engine makes no system call in a million calls, while it explores and regroups") {
  nets::engine<nets::small> net(nets::parameters<nets::small>(), nets::quick());
  std::vector<float> const x = nets::image(1);
  auto const first = without_system_calls([&] {
    for (int i = 0; i < million; ++i) net(x);
    return net.agent().spent() > 0;
  });
  if (first == outcome::unsupported) {
    WARN("skipped: this kernel refuses seccomp filters");
    return;
  }
  CHECK(first == outcome::passed);
  restless r;
  CHECK(without_system_calls([&] {
          r.calls(million);
          return r.regrouped();
        }) == outcome::passed);
}

TEST_CASE("the filter notices a system call, also one inside a kernel") {
  auto const noticed = [](outcome o) { return o == outcome::killed || o == outcome::unsupported; };
  CHECK(noticed(without_system_calls([] { return syscall(SYS_getpid) > 0; })));
  restless r;
  fake::today().extra = [] { syscall(SYS_getpid); };
  CHECK(noticed(without_system_calls([&] {
    r.calls(1);
    return true;
  })));
  CHECK(without_system_calls([] { return false; }) != outcome::passed);
}
#endif

}  // namespace
