#include <hone/hw/detail/cpuid.hpp>

#include <map>
#include <utility>

#include "catch2.hpp"

namespace hw = hone::hw;
using hw::detail::cpuid_answer;

namespace {

using answers = std::map<std::pair<std::uint32_t, std::uint32_t>, cpuid_answer>;

cpuid_answer look_up(answers const& all, std::uint32_t leaf, std::uint32_t subleaf) {
  auto const found = all.find({leaf, subleaf});
  return found == all.end() ? cpuid_answer{} : found->second;
}
// Ryzen 9 7950X.
cpuid_answer zen4(std::uint32_t leaf, std::uint32_t subleaf) {
  static answers const all{
      {{0, 0}, {0x10, 0x68747541, 0x444d4163, 0x69746e65}},
      {{1, 0}, {0x00a60f12, 0, 0x7ed8320b, 0x178bfbff}},
      {{0x16, 0}, {0xdead, 0, 0, 0}},  // beyond the last leaf: noise
      {{0x80000000, 0}, {0x80000028, 0, 0, 0}},
      {{0x80000002, 0}, {0x20444d41, 0x657a7952, 0x2039206e, 0x30353937}},
      {{0x80000003, 0}, {0x36312058, 0x726f432d, 0x72502065, 0x7365636f}},
      {{0x80000004, 0}, {0x20726f73, 0x20202020, 0x20202020, 0x00202020}},
      {{0x8000001d, 0}, {0x00004121, 0x01c0003f, 0x0000003f, 0}},
      {{0x8000001d, 1}, {0x00004122, 0x01c0003f, 0x0000003f, 0}},
      {{0x8000001d, 2}, {0x00004143, 0x01c0003f, 0x000007ff, 2}},
      {{0x8000001d, 3}, {0x0003c163, 0x03c0003f, 0x00007fff, 9}},
  };
  return look_up(all, leaf, subleaf);
}
// An Emerald Rapids guest of two cores under KVM, which hides the clock.
cpuid_answer guest(std::uint32_t leaf, std::uint32_t subleaf) {
  static answers const all{
      {{0, 0}, {0x1c, 0x756e6547, 0x6c65746e, 0x49656e69}},
      {{1, 0}, {0x000c06f2, 0x01020800, 0xfffa3203, 0x1f8bfbff}},
      {{4, 0}, {0x04000121, 0x02c0003f, 0x0000003f, 0}},
      {{4, 1}, {0x04000122, 0x01c0003f, 0x0000003f, 0}},
      {{4, 2}, {0x04000143, 0x03c0003f, 0x000007ff, 0}},
      {{4, 3}, {0x04004163, 0x04c0003f, 0x00033fff, 0}},
      {{0x80000000, 0}, {0x80000001, 0, 0, 0}},
  };
  return look_up(all, leaf, subleaf);
}
cpuid_answer silent(std::uint32_t, std::uint32_t) { return {}; }

}  // namespace

TEST_CASE("an AMD processor tells who it is, and of its caches by leaf 8000001Dh") {
  hw::host h{};
  hw::detail::identify(h, zen4);
  CHECK(h.vendor == "amd");
  CHECK(h.brand == "AMD Ryzen 9 7950X 16-Core Processor");
  CHECK(h.family == 0x19);
  CHECK(h.model == 0x61);
  CHECK(h.stepping == 2);
  CHECK_FALSE(h.virtual_machine);
  hw::detail::find_caches(h, zen4);
  CHECK(h.cache[0] == hw::cache_level{{32 * 1024}, 64, 2});
  CHECK(h.cache[1] == hw::cache_level{{1024 * 1024}, 64, 2});
  CHECK(h.cache[2] == hw::cache_level{{32 * 1024 * 1024}, 64, 16});
  CHECK(hw::detail::base_clock(zen4).value == 0);
}

TEST_CASE("an Intel guest tells of its caches by leaf 4, and what its hypervisor hides is unknown") {
  hw::host h{};
  hw::detail::identify(h, guest);
  CHECK(h.vendor == "intel");
  CHECK(h.brand.empty());
  CHECK(h.family == 6);
  CHECK(h.model == 0xcf);
  CHECK(h.stepping == 2);
  CHECK(h.virtual_machine);
  hw::detail::find_caches(h, guest);
  CHECK(h.cache[0] == hw::cache_level{{48 * 1024}, 64, 1});
  CHECK(h.cache[1] == hw::cache_level{{2048 * 1024}, 64, 1});
  CHECK(h.cache[2] == hw::cache_level{{260 * 1024 * 1024}, 64, 2});
  CHECK(hw::detail::base_clock(guest).value == 0);
}

TEST_CASE("a processor that tells its base clock is believed") {
  auto const tells = [](std::uint32_t leaf, std::uint32_t) -> cpuid_answer {
    return leaf == 0 ? cpuid_answer{0x16, 0, 0, 0} : leaf == 0x16 ? cpuid_answer{2600, 3500, 100, 0} : cpuid_answer{};
  };
  CHECK(hw::detail::base_clock(tells).value == Approx(2.6));
}

TEST_CASE("a processor that tells nothing is unknown") {
  hw::host h{};
  hw::detail::identify(h, silent);
  hw::detail::find_caches(h, silent);
  CHECK(h.vendor.empty());
  CHECK(h.brand.empty());
  CHECK(h.cache[0].size.value == 0);
}
