// What a function executes, instruction by instruction: x86-64 Linux steps through it with the trap flag. For tests of
// counts of work. Not for sanitized or unoptimised code.
#pragma once
#include <cstdint>

#if defined(__x86_64__) && defined(__linux__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define TESTS_CAN_STEP 1
#include <ucontext.h>
#include <csignal>
#else
#define TESTS_CAN_STEP 0
#endif

namespace tests {

// Vector instructions by what they do. A load that feeds an arithmetic instruction counts as both.
struct executed {
  int macs{};        // multiply-accumulates, dot products, and multiplications where additions are apart
  int arithmetic{};  // the others, but for moves between registers and zeroing
  int loads{}, stores{};
  int all{};  // instructions of any kind
};

// One instruction at p, as far as it matters here.
class decoded {
 public:
  explicit decoded(unsigned char const* p) {
    bool wide = false, repeated = false;  // prefixes 66 and F3, which choose among instructions
    for (;; ++p) {
      if (*p == 0x66)
        wide = true;
      else if (*p == 0xf3)
        repeated = true;
      else if (*p != 0xf2 && *p != 0x2e && *p != 0x3e && *p != 0x26 && *p != 0x64 && *p != 0x65)
        break;
    }
    if (*p >= 0x40 && *p <= 0x4f) ++p;
    int const first = *p;
    if (first == 0xc5)
      coded(1, p[1] & 3, p + 2, ~p[1] >> 3 & 15);
    else if (first == 0xc4)
      coded(p[1] & 31, p[2] & 3, p + 3, ~p[2] >> 3 & 15);
    else if (first == 0x62)
      coded(p[1] & 7, p[2] & 3, p + 4, ~p[2] >> 3 & 15);
    else if (first == 0x0f) {
      int const map = p[1] == 0x38 ? 2 : p[1] == 0x3a ? 3 : 1;
      p += map == 1 ? 1 : 2;
      if (map != 1 || (*p >= 0x10 && *p <= 0x17) || (*p >= 0x28 && *p <= 0x2f) || (*p >= 0x50 && *p <= 0x7f) ||
          *p == 0xc2 || (*p >= 0xc4 && *p <= 0xc6) || *p >= 0xd0)
        coded(map, wide ? 1 : repeated ? 2 : 0, p, (p[1] >> 3) & 7);
    }
  }

  void count(executed& e) const {
    ++e.all;
    if (!vector_) return;
    e.loads += memory_ && !store(), e.stores += memory_ && store();
    if (multiplies())
      ++e.macs;
    else if (!moves() && !zeroes_)
      ++e.arithmetic;
  }

 private:
  void coded(int map, int prefix, unsigned char const* p, int other) {
    map_ = map, prefix_ = prefix, code_ = p[0];
    bool const mask = map == 1 && ((code_ >= 0x41 && code_ <= 0x4b) || (code_ >= 0x90 && code_ <= 0x99));
    bool const integer = map >= 2 && code_ >= 0xf0;  // BMI and its like
    bool const upper = map == 1 && code_ == 0x77;    // vzeroupper
    vector_ = !mask && !integer && !upper;
    memory_ = (p[1] & 0xc0) != 0xc0;
    zeroes_ = map == 1 && (code_ == 0x57 || code_ == 0xef) && !memory_ && (other & 7) == (p[1] & 7);
  }
  bool is(int map, int from, int to) const { return map_ == map && code_ >= from && code_ <= to; }
  bool store() const {
    return is(1, 0x11, 0x11) || is(1, 0x13, 0x13) || is(1, 0x17, 0x17) || is(1, 0x29, 0x29) || is(1, 0x2b, 0x2b) ||
           is(1, 0x7f, 0x7f) || is(1, 0xe7, 0xe7) || is(1, 0xd6, 0xd6) || (is(1, 0x7e, 0x7e) && prefix_ == 1) ||
           is(3, 0x14, 0x17) || is(3, 0x19, 0x19) || is(3, 0x39, 0x39);
  }
  bool moves() const {
    bool const plain = is(1, 0x10, 0x11) || is(1, 0x28, 0x29) || is(1, 0x2b, 0x2b) || is(1, 0x6f, 0x6f) ||
                       is(1, 0x7f, 0x7f) || is(1, 0xe7, 0xe7);
    bool const half =
        is(1, 0x12, 0x13) || is(1, 0x16, 0x17) || is(1, 0x6e, 0x6e) || is(1, 0x7e, 0x7e) || is(1, 0xd6, 0xd6);
    bool const broadcast = is(2, 0x18, 0x1a) || is(2, 0x58, 0x5b);
    return plain || (memory_ && (half || broadcast));
  }
  bool multiplies() const {
    bool const fused = is(2, 0x96, 0x9f) || is(2, 0xa6, 0xaf) || is(2, 0xb6, 0xbf);
    return fused || is(2, 0x50, 0x53) || is(1, 0x59, 0x59) || is(1, 0xf5, 0xf5) || is(2, 0x04, 0x04);
  }

  bool vector_{}, memory_{}, zeroes_{};
  int map_{}, prefix_{}, code_{};
};

#if TESTS_CAN_STEP
inline executed* stepping;
inline void on_step(int, siginfo_t*, void* context) {
  auto const at = static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP];
  decoded(reinterpret_cast<unsigned char const*>(at)).count(*stepping);
}
// What f() executes, its call included.
template <class F>
[[gnu::noinline]] executed execute(F const& f) {
  executed e;
  stepping = &e;
  struct sigaction now {
  }, before{};
  now.sa_sigaction = &on_step, now.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &now, &before);
  asm volatile("subq $128, %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\taddq $128, %%rsp" : : : "memory", "cc");
  f();
  asm volatile("subq $128, %%rsp\n\tpushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq\n\taddq $128, %%rsp" : : : "memory", "cc");
  sigaction(SIGTRAP, &before, nullptr);
  return e;
}
#endif

}  // namespace tests
