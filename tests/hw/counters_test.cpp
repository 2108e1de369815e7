#include <hone/hw/counters.hpp>

#include <cstddef>
#include <fstream>
#include <string>

#include "catch2.hpp"

#if defined(__linux__)
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#endif

namespace hw = hone::hw;

TEST_CASE("counters say where they count, and why not elsewhere") {
  hw::counters const c = hw::counters::open();
  CHECK((c.reason() == nullptr) == (c.source() == hw::counter_source::perf_event));
  CHECK(std::string(name(hw::counter_source::perf_event)) == "perf_event");
  CHECK(std::string(name(hw::counter_source::time_stamp_counter)) == "time-stamp counter");
  CHECK(c.ticks_per_nanosecond() == hw::ticks_per_nanosecond());
  CHECK(c.read_cost().value >= 0);
  CHECK(c.read_cost().value < 1e5);
  CHECK(c.invariant() == hw::invariant_ticks());
}

TEST_CASE("counters only grow") {
  hw::counters const c = hw::counters::open();
  hw::counter_sample last = c.read();
  for (int i = 0; i < 1000; ++i) {
    hw::counter_sample const s = c.read();
    REQUIRE(s.time >= last.time);
    REQUIRE(s.cycles >= last.cycles);
    REQUIRE(s.instructions >= last.instructions);
    last = s;
  }
}

TEST_CASE("what was not counted is the model's, what was counted is not") {
  hw::counters const c = hw::counters::open();
  hw::counter_sample from{}, to{};
  from.time = 1000, from.instructions = 5;
  to = from;
  to.time += 2'300, to.instructions += 400, to.cycles += 200, to.cache_misses += 3;
  hw::usage const u = c.between(from, to, hone::bytes{4096});
  CHECK(u.time.value == Approx(2300 / c.ticks_per_nanosecond()));
  if (c.source() == hw::counter_source::perf_event) {
    CHECK(u.counted);
    CHECK(u.instructions == 400);
    CHECK(u.traffic.value == 3 * 64);
  } else {
    CHECK_FALSE(u.counted);
    CHECK(u.instructions == 0);
    CHECK(u.traffic.value == 4096);
  }
}

TEST_CASE("counted instructions are those of the program") {
  hw::counters const c = hw::counters::open();
  if (c.source() != hw::counter_source::perf_event) {
    WARN("skipped: " << c.reason());
    return;
  }
  auto const run = [&](int n) {
    hw::counter_sample const from = c.read();
    for (int i = 0; i < n; ++i) asm volatile("nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop");
    return c.between(from, c.read()).instructions;
  };
  double const more = run(20000) - run(10000);
  CHECK(more >= 8 * 10000);
}

TEST_CASE("an invariant counter is what the kernel calls constant and nonstop") {
  std::ifstream in("/proc/cpuinfo");
  std::string flags;
  while (std::getline(in, flags) && flags.rfind("flags", 0) != 0) {
  }
  if (flags.empty()) {
    WARN("skipped: /proc/cpuinfo lists no flags");
    return;
  }
  if (hw::invariant_ticks()) CHECK(flags.find(" constant_tsc ") != std::string::npos);
}

#if defined(__linux__)
TEST_CASE("counters for real time are read without a system call") {
  hw::counters const c = hw::counters::open(hw::reading::in_real_time);
  REQUIRE(c.real_time());
  pid_t const child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // any call but exit kills from here on
    sock_filter rules[]{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL)};
    sock_fprog const program{sizeof rules / sizeof *rules, rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
      _exit(2);
    hw::ticks sum = 0;
    for (int i = 0; i < 1000; ++i) sum += c.read().time;
    syscall(SYS_exit, sum == 0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
    WARN("skipped: no seccomp here");
    return;
  }
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif
