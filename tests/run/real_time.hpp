#pragma once
// Holds code to allocating nothing and to making no system call.
#include "catch2.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif

// Sanitizers have an allocator of their own: with them only operator new and buffers would be seen, so the count is left to
// the other builds.
#if defined(__GLIBC__) && !defined(UNDER_SANITIZER)
#define COUNTS_ALLOCATIONS 1
#endif

#if defined(__linux__) && !defined(UNDER_SANITIZER)
#define FILTERS_SYSTEM_CALLS 1
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#endif

namespace real_time {

// What the allocator is asked for while `counting`; real_time_test.cpp, which replaces the allocator's functions, has them.
extern bool counting;
extern long allocations;

#if defined(COUNTS_ALLOCATIONS)
template <class Body>
long allocations_of(Body body) {
  allocations = 0, counting = true;
  body();
  counting = false;
  return allocations;
}
#endif

#if defined(FILTERS_SYSTEM_CALLS)
// From now on this process may exit, and nothing else: any other system call kills it.
inline bool forbid_system_calls() {
  sock_filter code[]{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  sock_fprog const program{sizeof code / sizeof *code, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

enum class outcome { passed, failed, killed, unsupported };
// Runs body() in a child that may make no system call; body returns whether it is content.
template <class Body>
outcome without_system_calls(Body body) {
  pid_t const child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (!forbid_system_calls()) _exit(2);
    syscall(SYS_exit_group, body() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGSYS ? outcome::killed : outcome::failed;
  return WEXITSTATUS(status) == 0 ? outcome::passed : WEXITSTATUS(status) == 2 ? outcome::unsupported : outcome::failed;
}
#endif

}  // namespace real_time
