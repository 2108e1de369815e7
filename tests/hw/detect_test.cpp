#include <hone/hw/detect.hpp>

#include <algorithm>
#include <fstream>
#include <set>

#include "catch2.hpp"

namespace hw = hone::hw;

namespace {

// /proc/cpuinfo of the first processor, by another way than the library's.
std::string cpuinfo(std::string const& key) {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line) && !line.empty();) {
    std::size_t const colon = line.find(':');
    std::string name = line.substr(0, colon);
    while (!name.empty() && (name.back() == '\t' || name.back() == ' ')) name.pop_back();
    if (name == key && colon + 2 <= line.size()) return line.substr(colon + 2);
  }
  return {};
}
std::string line_of(std::string const& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

TEST_CASE("this machine is known as the kernel knows it") {
  hw::host const h = hw::detect();
  CHECK(h.isas.front() == hone::isa::scalar);
  CHECK(std::is_sorted(h.isas.begin(), h.isas.end()));
  for (hone::isa i : h.isas) CHECK(hw::supported(i));
  if (std::string const vendor = cpuinfo("vendor_id"); vendor.empty()) {
    WARN("skipped: /proc/cpuinfo names no vendor");
  } else {
    CHECK(h.vendor == (vendor == "GenuineIntel" ? "intel" : vendor == "AuthenticAMD" ? "amd" : vendor));
    CHECK(std::to_string(h.family) == cpuinfo("cpu family"));
    CHECK(std::to_string(h.model) == cpuinfo("model"));
    CHECK(std::to_string(h.stepping) == cpuinfo("stepping"));
    if (!h.brand.empty()) CHECK(h.brand == cpuinfo("model name"));
    std::string const flags = " " + cpuinfo("flags") + " ";
    for (std::string const& e : h.extensions) CHECK(flags.find(" " + e + " ") != std::string::npos);
    CHECK(h.virtual_machine == (flags.find(" hypervisor ") != std::string::npos));
  }
}

TEST_CASE("caches are those of /sys") {
  hw::host const h = hw::detect();
  std::string const at = "/sys/devices/system/cpu/cpu0/cache/index";
  int found = 0;
  for (int i = 0; i < 8; ++i) {
    std::string const index = at + std::to_string(i) + "/", type = line_of(index + "type");
    if (type.empty() || type == "Instruction") continue;
    ++found;
    hw::cache_level const& c = h.cache[static_cast<std::size_t>(std::stoi(line_of(index + "level")) - 1)];
    CHECK(std::to_string(static_cast<int>(c.size.value / 1024)) + "K" == line_of(index + "size"));
    CHECK(std::to_string(c.line) == line_of(index + "coherency_line_size"));
    CHECK(c.shared_by >= 1);
  }
  if (found == 0) WARN("skipped: /sys shows no caches");
}

TEST_CASE("CPUID and /sys agree on the sizes of caches") {
#if defined(__x86_64__)
  hw::host by_files{}, by_processor{};
  hw::detail::identify(by_processor, hw::detail::cpuid);
  hw::detail::find_caches(by_processor, hw::detail::cpuid);
  if (!hw::detail::find_caches(by_files, "", 0) || by_processor.cache[0].size.value == 0) {
    WARN("skipped: one of them is hidden");
    return;
  }
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(by_files.cache[i].size == by_processor.cache[i].size);
    CHECK(by_files.cache[i].line == by_processor.cache[i].line);
  }
#endif
}

TEST_CASE("cores, threads and memory are plausible") {
  hw::host const h = hw::detect();
  CHECK(h.threads >= 1);
  CHECK(h.cores <= h.threads);
  std::ifstream in("/proc/cpuinfo");
  int processors = 0;
  for (std::string line; std::getline(in, line);) processors += line.rfind("processor", 0) == 0;
  if (processors > 0) CHECK(h.threads <= processors);
  if (std::string const total = line_of("/proc/meminfo"); total.rfind("MemTotal:", 0) == 0)
    CHECK(h.memory.value == std::stod(total.substr(9)) * 1024);
}

TEST_CASE("a clock comes with its source") {
  hw::host const h = hw::detect();
  CHECK((h.clock.value > 0) == (h.clock_from != hw::clock_source::unknown));
  if (h.clock.value > 0) CHECK((h.clock.value > 0.1 && h.clock.value < 8));
}
