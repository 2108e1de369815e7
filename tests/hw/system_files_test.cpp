#include <hone/hw/detail/system_files.hpp>

#include "catch2.hpp"
#include "tests/hw/fake_root.hpp"

namespace hw = hone::hw;
namespace detail = hone::hw::detail;

namespace {

char const* const raspberry_pi_4 =
    "processor\t: 0\n"
    "BogoMIPS\t: 108.00\n"
    "Features\t: fp asimd evtstrm crc32 cpuid\n"
    "CPU implementer\t: 0x41\n"
    "CPU architecture: 8\n"
    "CPU variant\t: 0x0\n"
    "CPU part\t: 0xd08\n"
    "CPU revision\t: 3\n"
    "\n"
    "Revision\t: c03114\n";

}  // namespace

TEST_CASE("lists of processors are read as the kernel writes them") {
  CHECK(detail::members("") == std::vector<int>{});
  CHECK(detail::members("3") == std::vector<int>{3});
  CHECK(detail::members("0-2,8,10-11\n") == std::vector<int>{0, 1, 2, 8, 10, 11});
  CHECK(detail::members("nonsense").empty());
  CHECK(detail::members("0-99999999999").size() == 65536);  // bounded, whatever a file says
}

TEST_CASE("an Arm board is known by its implementer and part") {
  tests::fake_root root;
  root.file("/proc/cpuinfo", raspberry_pi_4)
      .file("/proc/device-tree/model", std::string("Raspberry Pi 4 Model B Rev 1.4") + '\0')
      .file("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "1500000\n")
      .file("/proc/meminfo", "MemTotal:        3884412 kB\nMemFree: 1 kB\n");
  hw::host h{};
  detail::identify_arm(h, root);
  detail::find_extensions(h, root, "Features");
  CHECK(h.vendor == "arm");
  CHECK(h.brand == "Raspberry Pi 4 Model B Rev 1.4");
  CHECK(h.family == 8);
  CHECK(h.model == 0xd08);
  CHECK(h.stepping == 3);
  CHECK(h.extensions == std::vector<std::string>{"asimd"});
  CHECK(detail::highest_clock(root, 0).value == Approx(1.5));
  CHECK(detail::memory_size(root).value == 3884412.0 * 1024);
}

TEST_CASE("a key is not found in a longer one") {
  tests::fake_root root;
  root.file("/proc/cpuinfo", "model name\t: Core\nmodel\t\t: 85\nempty\t:\n");
  CHECK(detail::cpuinfo(root, "model") == "85");
  CHECK(detail::cpuinfo(root, "model name") == "Core");
  CHECK(detail::cpuinfo(root, "empty").empty());
  CHECK(detail::cpuinfo(root, "mod").empty());
}

TEST_CASE("caches of data are found, those of instructions are not") {
  tests::fake_root root;
  auto const cache = [&](int index, char const* level, char const* type, char const* size, char const* shared) {
    std::string const at = "/sys/devices/system/cpu/cpu5/cache/index" + std::to_string(index) + "/";
    root.file(at + "level", level).file(at + "type", type).file(at + "size", size);
    root.file(at + "shared_cpu_list", shared).file(at + "coherency_line_size", "64\n");
  };
  cache(0, "1\n", "Data\n", "48K\n", "5,37\n"), cache(1, "1\n", "Instruction\n", "32K\n", "5,37\n");
  cache(2, "2\n", "Unified\n", "2048K\n", "5,37\n"), cache(3, "3\n", "Unified\n", "60M\n", "0-63\n");
  hw::host h{};
  REQUIRE(detail::find_caches(h, root, 5));
  CHECK(h.cache[0] == hw::cache_level{{48 * 1024}, 64, 2});
  CHECK(h.cache[1] == hw::cache_level{{2048 * 1024}, 64, 2});
  CHECK(h.cache[2] == hw::cache_level{{60 * 1024 * 1024}, 64, 64});
  CHECK_FALSE(detail::find_caches(h, root, 6));
}

TEST_CASE("hyperthreads are one core") {
  tests::fake_root root;
  for (int cpu : {0, 1, 32, 33}) {
    std::string const path = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    root.file(path + (cpu % 2 == 0 ? "core_cpus_list" : "thread_siblings_list"), cpu % 2 == 0 ? "0,32\n" : "1,33\n");
  }
  CHECK(detail::physical_cores(root, {0, 1, 32, 33}) == 2);
  CHECK(detail::physical_cores(root, {1, 33}) == 1);
  CHECK(detail::physical_cores(root, {0, 1, 2}) == 0);  // the kernel does not tell of 2
  CHECK(detail::physical_cores(root, {}) == 0);
}

TEST_CASE("a system that shows nothing leaves everything unknown") {
  tests::fake_root const root;
  hw::host h{};
  detail::identify_arm(h, root);
  detail::find_extensions(h, root, "flags");
  CHECK_FALSE(detail::find_caches(h, root, 0));
  CHECK(h.vendor.empty());
  CHECK(h.model == -1);
  CHECK(h.extensions.empty());
  CHECK(detail::memory_size(root).value == 0);
  CHECK(detail::highest_clock(root, 0).value == 0);
}
