// Linux's perf_event counters of one thread.
#pragma once
#include <hone/config/config.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <utility>
#if defined(__linux__)
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace hone::inline HONE_ABI::hw::detail {

struct perf_event {
  std::uint32_t type{};
  std::uint64_t config{};
};

#if defined(__linux__)

// What the page says that the kernel shares for a counter: counts so far, plus the processor's own register where the
// counter is running on one. `rdpmc(i)` reads register i. The kernel changes `lock` whenever it changes the rest.
template <class Rdpmc>
std::uint64_t read_page(perf_event_mmap_page const volatile& page, Rdpmc rdpmc) noexcept {
  std::uint64_t count;
  std::uint32_t lock;
  do {
    lock = page.lock;
    asm volatile("" ::: "memory");
    count = static_cast<std::uint64_t>(page.offset);
    if (std::uint32_t const index = page.index; index != 0) {
      int const unused = 64 - page.pmc_width;
      auto const raw = static_cast<std::uint64_t>(rdpmc(static_cast<int>(index - 1)));
      count +=
          static_cast<std::uint64_t>(static_cast<std::int64_t>(raw << unused) >> unused);  // signed, pmc_width bits
    }
    asm volatile("" ::: "memory");
  } while (page.lock != lock);
  return count;
}

inline char const* reason_of(int error) noexcept {
  switch (error) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP: return "this machine, or its hypervisor, has no such counters";
    case EACCES:
    case EPERM: return "the kernel does not permit it (kernel.perf_event_paranoid, or a container's seccomp filter)";
    case ENOSYS: return "the kernel has no perf_event_open";
    case EBUSY: return "all counters are in use";
    default: return "perf_event_open failed";
  }
}

// Up to four counters that run together while the thread that opened them runs, outside the kernel.
class perf_group {
 public:
  static constexpr std::size_t most = 4;
  using values = std::array<std::uint64_t, most>;

  perf_group() = default;
  // Opens and starts them, at most `most`.
  explicit perf_group(std::initializer_list<perf_event> events) noexcept {
    for (perf_event const& e : events)
      if (!add(e)) {
        close_all();
        return;
      }
    ioctl(file_[0], PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
    values v{};
    if (!read_files(v)) problem_ = reason_of(EBUSY), close_all();
  }
  perf_group(perf_group&& o) noexcept { swap(o); }
  perf_group& operator=(perf_group&& o) noexcept { return swap(o), *this; }
  ~perf_group() { close_all(); }

  bool open() const noexcept { return count_ > 0; }
  // Why it is not open; null if nothing went wrong.
  char const* problem() const noexcept { return problem_; }
  // True if read() makes no system call.
  bool by_page() const noexcept {
#if defined(__x86_64__) || defined(__i386__)
    for (std::size_t i = 0; i < count_; ++i)
      if (page_[i] == nullptr || !page_[i]->cap_user_rdpmc) return false;
    return count_ > 0;
#else
    return false;
#endif
  }
  // Counts since the group was opened, in the order of its events. False, and nothing read, if the kernel refuses.
  bool read(values& v) const noexcept {
#if defined(__x86_64__) || defined(__i386__)
    if (by_page()) {
      for (std::size_t i = 0; i < count_; ++i)
        v[i] = read_page(*page_[i], [](int k) { return __builtin_ia32_rdpmc(k); });
      return true;
    }
#endif
    return read_files(v);
  }

 private:
  bool add(perf_event const& e) noexcept {
    perf_event_attr a{};
    a.size = sizeof a, a.type = e.type, a.config = e.config;
    a.exclude_kernel = a.exclude_hv = 1;
    a.disabled = a.pinned = count_ == 0;  // the leader starts all; no other events in between
    a.read_format = PERF_FORMAT_GROUP;
    int const leader = count_ == 0 ? -1 : file_[0];
    if (count_ == most) return problem_ = reason_of(E2BIG), false;
    long const file = syscall(SYS_perf_event_open, &a, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
    if (file < 0) return problem_ = reason_of(errno), false;
    void* const page = mmap(nullptr, page_size(), PROT_READ, MAP_SHARED, static_cast<int>(file), 0);
    file_[count_] = static_cast<int>(file);
    page_[count_++] = page == MAP_FAILED ? nullptr : static_cast<perf_event_mmap_page*>(page);
    return true;
  }
  bool read_files(values& v) const noexcept {
    std::array<std::uint64_t, 1 + most> raw{};  // how many, and each
    auto const wanted = static_cast<ssize_t>((1 + count_) * sizeof raw[0]);
    if (count_ == 0 || ::read(file_[0], raw.data(), sizeof raw) != wanted) return false;
    for (std::size_t i = 0; i < count_; ++i) v[i] = raw[1 + i];
    return true;
  }
  void close_all() noexcept {
    while (count_ > 0) {
      --count_;
      if (page_[count_] != nullptr) munmap(page_[count_], page_size());
      close(file_[count_]);
    }
  }
  void swap(perf_group& o) noexcept {
    std::swap(count_, o.count_), std::swap(file_, o.file_), std::swap(page_, o.page_), std::swap(problem_, o.problem_);
  }
  static std::size_t page_size() noexcept { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

  std::size_t count_{};
  std::array<int, most> file_{};
  std::array<perf_event_mmap_page*, most> page_{};
  char const* problem_{};
};

// Cycles, instructions, misses of the last cache, mispredicted branches.
inline perf_group hardware_counters() noexcept {
  return perf_group({{PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
                     {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
                     {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
                     {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES}});
}

#else

class perf_group {
 public:
  using values = std::array<std::uint64_t, 4>;
  bool open() const noexcept { return false; }
  char const* problem() const noexcept { return "this operating system has no perf_event_open"; }
  bool by_page() const noexcept { return false; }
  bool read(values&) const noexcept { return false; }
};
inline perf_group hardware_counters() noexcept { return {}; }

#endif

}  // namespace hone::inline HONE_ABI::hw::detail
