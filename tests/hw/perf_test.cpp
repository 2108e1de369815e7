#include <hone/hw/detail/perf.hpp>

#include <vector>

#include "catch2.hpp"

#if defined(__linux__)
namespace detail = hone::hw::detail;

TEST_CASE("a counter's page and register add up, as signed numbers of the register's width") {
  perf_event_mmap_page page{};
  page.offset = 1000, page.pmc_width = 48, page.index = 3;
  int asked = -1;
  auto const answers = [&](std::uint64_t v) { return detail::read_page(page, [&, v](int i) { return asked = i, v; }); };
  CHECK(answers(5) == 1005);
  CHECK(asked == 2);
  CHECK(answers((std::uint64_t{1} << 48) - 10) == 990);  // -10 in 48 bits
  CHECK(answers((std::uint64_t{1} << 48) + 7) == 1007);  // bits above the register are noise
  page.pmc_width = 64;
  CHECK(answers(~std::uint64_t{0}) == 999);
}

TEST_CASE("a counter that is not on the processor is what the kernel counted") {
  perf_event_mmap_page page{};
  page.offset = 77, page.index = 0;
  CHECK(detail::read_page(page, [](int) -> std::uint64_t { throw "no register may be read"; }) == 77);
}

TEST_CASE("a page that the kernel changes while it is read is read again") {
  perf_event_mmap_page page{};
  page.offset = 10, page.pmc_width = 48, page.index = 1;
  int reads = 0;
  std::uint64_t const count = detail::read_page(page, [&](int) -> std::uint64_t {
    if (++reads == 1) page.lock += 2, page.offset = 500;
    return 1;
  });
  CHECK(reads == 2);
  CHECK(count == 501);
}

TEST_CASE("a group counts what its thread does") {
  detail::perf_group group(
      {{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK}, {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS}});
  if (!group.open()) {
    WARN("skipped: " << group.problem());
    CHECK(group.problem() != nullptr);
    return;
  }
  CHECK(group.problem() == nullptr);
  CHECK_FALSE(group.by_page());  // software events have no registers
  detail::perf_group::values before{}, after{};
  REQUIRE(group.read(before));
  std::size_t const size = 1 << 20;
  void* const fresh = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(fresh != MAP_FAILED);
  madvise(fresh, size, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < size; i += 4096) static_cast<char volatile*>(fresh)[i] = 1;
  REQUIRE(group.read(after));
  munmap(fresh, size);
  CHECK(after[0] > before[0]);
  CHECK(after[1] - before[1] >= size / static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));

  detail::perf_group moved(std::move(group));
  CHECK_FALSE(group.open());  // NOLINT: what a move leaves is specified
  CHECK(moved.read(before));
}

TEST_CASE("events that do not exist are refused with a reason, and nothing stays open") {
  detail::perf_group const group({{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK}, {PERF_TYPE_SOFTWARE, 1 << 20}});
  CHECK_FALSE(group.open());
  REQUIRE(group.problem() != nullptr);
  detail::perf_group::values v{};
  CHECK_FALSE(group.read(v));
  using e = detail::perf_event;
  e const clock{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK};
  CHECK_FALSE(detail::perf_group({clock, clock, clock, clock, clock}).open());
}

TEST_CASE("every refusal of the kernel has a reason of its own") {
  std::vector<std::string> reasons;
  for (int error : {ENOENT, EACCES, ENOSYS, EBUSY, E2BIG}) reasons.push_back(detail::reason_of(error));
  for (std::size_t i = 0; i < reasons.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) CHECK(reasons[i] != reasons[k]);
  CHECK(std::string(detail::reason_of(EPERM)) == detail::reason_of(EACCES));
}
#endif
