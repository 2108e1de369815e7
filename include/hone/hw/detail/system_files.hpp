// What Linux says of a machine, in /proc and /sys. `root` stands before those: empty, or a directory of a test's.
#pragma once
#include <hone/hw/host.hpp>

#include <cstdlib>
#include <fstream>

namespace hone::inline HONE_ABI::hw::detail {

// The first line of a file; empty if there is none.
inline std::string first_line(std::string const& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}
// A number as files write it: decimal, or hexadecimal after 0x; -1 if there is none.
inline long number_of(std::string const& text) {
  char* end{};
  long const v = std::strtol(text.c_str(), &end, 0);
  return end == text.c_str() ? -1 : v;
}
// The members of a list such as "0-3,8,10-11".
inline std::vector<int> members(std::string const& list) {
  std::vector<int> out;
  char const* p = list.c_str();
  while (*p >= '0' && *p <= '9') {
    char* end{};
    long const first = std::strtol(p, &end, 10);
    long const last = *end == '-' ? std::strtol(end + 1, &end, 10) : first;
    for (long i = first; i <= last && i - first < 65536; ++i) out.push_back(static_cast<int>(i));
    p = *end == ',' ? end + 1 : end;
  }
  return out;
}

// The value of the first line "key : value" of /proc/cpuinfo; empty if there is none.
inline std::string cpuinfo(std::string const& root, std::string const& key) {
  std::ifstream in(root + "/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    std::size_t const colon = line.find(':');
    if (colon == std::string::npos || line.compare(0, key.size(), key) != 0) continue;
    if (line.find_first_not_of(" \t", key.size()) != colon) continue;
    std::size_t const value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string::npos ? std::string() : line.substr(value);
  }
  return {};
}

// Arm: implementer, part, variant and revision of the first core.
inline void identify_arm(host& h, std::string const& root) {
  long const implementer = number_of(cpuinfo(root, "CPU implementer")), part = number_of(cpuinfo(root, "CPU part"));
  if (implementer < 0 || part < 0) return;
  h.vendor = implementer == 0x41 ? "arm" : cpuinfo(root, "CPU implementer");
  h.family = static_cast<int>(number_of(cpuinfo(root, "CPU architecture")));
  h.model = static_cast<int>(part);
  long const variant = number_of(cpuinfo(root, "CPU variant")), revision = number_of(cpuinfo(root, "CPU revision"));
  if (variant >= 0 && revision >= 0) h.stepping = static_cast<int>(variant * 16 + revision);
  h.brand = first_line(root + "/proc/device-tree/model");  // ends in a zero byte
  while (!h.brand.empty() && h.brand.back() == 0) h.brand.pop_back();
}

// Extensions of the instruction set that matter to networks, from the list under `key`: "flags" of x86, "Features" of
// Arm.
inline void find_extensions(host& h, std::string const& root, char const* key) {
  std::string const list = " " + cpuinfo(root, key) + " ";
  for (char const* name : {"sse4_2",      "f16c",     "fma",         "avx",         "avx2",     "avx512f",  "avx512bw",
                           "avx512_vnni", "avx_vnni", "avx512_bf16", "avx512_fp16", "amx_int8", "amx_bf16", "asimd",
                           "asimdhp",     "asimddp",  "bf16",        "i8mm",        "sve",      "sve2",     "sme"})
    if (list.find(std::string(" ") + name + " ") != std::string::npos) h.extensions.emplace_back(name);
}

inline std::string processor_path(std::string const& root, int cpu) {
  return root + "/sys/devices/system/cpu/cpu" + std::to_string(cpu);
}

inline bool find_caches(host& h, std::string const& root, int cpu) {
  bool found = false;
  for (int i = 0; i < 16; ++i) {
    std::string const index = processor_path(root, cpu) + "/cache/index" + std::to_string(i) + "/";
    std::string const type = first_line(index + "type"), size = first_line(index + "size");
    long const level = number_of(first_line(index + "level")), amount = number_of(size);
    if (type.empty()) break;
    if (type == "Instruction" || level < 1 || level > 3 || amount <= 0) continue;
    double const unit = size.back() == 'K' ? 1024.0 : size.back() == 'M' ? 1048576.0 : 1.0;
    long const line = number_of(first_line(index + "coherency_line_size"));
    h.cache[static_cast<std::size_t>(level - 1)] = {
        {static_cast<double>(amount) * unit},
        line > 0 ? static_cast<int>(line) : 0,
        static_cast<int>(members(first_line(index + "shared_cpu_list")).size())};
    found = true;
  }
  return found;
}

// How many physical cores these logical processors are; 0 if the kernel does not tell of all of them.
inline int physical_cores(std::string const& root, std::vector<int> const& cpus) {
  std::vector<int> firsts;
  for (int cpu : cpus) {
    std::string const path = processor_path(root, cpu) + "/topology/";
    std::string list = first_line(path + "core_cpus_list");
    if (list.empty()) list = first_line(path + "thread_siblings_list");
    std::vector<int> const siblings = members(list);
    if (siblings.empty()) return 0;
    bool known = false;
    for (int first : firsts) known = known || first == siblings[0];
    if (!known) firsts.push_back(siblings[0]);
  }
  return static_cast<int>(firsts.size());
}

inline bytes memory_size(std::string const& root) {
  std::ifstream in(root + "/proc/meminfo");
  for (std::string line; std::getline(in, line);)
    if (line.compare(0, 9, "MemTotal:") == 0) return {std::strtod(line.c_str() + 9, nullptr) * 1024};
  return {};
}

// The highest clock that cpufreq knows.
inline gigahertz highest_clock(std::string const& root, int cpu) {
  long const kilohertz = number_of(first_line(processor_path(root, cpu) + "/cpufreq/cpuinfo_max_freq"));
  return {kilohertz > 0 ? static_cast<double>(kilohertz) * 1e-6 : 0};
}

}  // namespace hone::inline HONE_ABI::hw::detail
