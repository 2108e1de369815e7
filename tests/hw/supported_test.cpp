#include <hone/hw/supported.hpp>

#include <fstream>
#include <sstream>
#include <string>

#include "catch2.hpp"

namespace hw = hone::hw;
using hone::isa;

namespace {

// The words of the line of /proc/cpuinfo that lists what the first processor can do.
std::string features() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("flags", 0) == 0 || line.rfind("Features", 0) == 0) return line.substr(line.find(':') + 1) + " ";
  return "";
}

}  // namespace

TEST_CASE("scalar code runs everywhere, nothing runs on none") {
  CHECK(hw::supported(isa::scalar));
  CHECK_FALSE(hw::supported(isa::none));
}

TEST_CASE("an instruction set comes with the lesser ones of its architecture") {
  if (hw::supported(isa::avx512_vnni)) CHECK(hw::supported(isa::avx512));
  if (hw::supported(isa::avx512)) CHECK(hw::supported(isa::avx2));
  if (hw::supported(isa::avx2)) CHECK(hw::supported(isa::sse4));
  CHECK_FALSE((hw::supported(isa::sse4) && hw::supported(isa::neon)));
}

TEST_CASE("the kernel lists the same instruction sets") {
  std::string const list = features();
  if (list.empty()) {
    WARN("skipped: /proc/cpuinfo lists no features");
    return;
  }
  auto const all = [&](char const* names) {
    std::istringstream in(names);
    for (std::string name; in >> name;)
      if (list.find(" " + name + " ") == std::string::npos) return false;
    return true;
  };
  CHECK(hw::supported(isa::sse4) == all("sse4_2 pclmulqdq aes"));
  CHECK(hw::supported(isa::avx2) == all("sse4_2 pclmulqdq aes avx2 fma bmi1 bmi2"));
  CHECK(hw::supported(isa::avx512) == all("avx2 fma bmi1 bmi2 avx512f avx512vl avx512dq avx512bw"));
  CHECK(hw::supported(isa::avx512_vnni) == all("avx2 fma bmi1 bmi2 avx512f avx512vl avx512dq avx512bw avx512_vnni"));
  CHECK(hw::supported(isa::neon) == all("asimd"));
}
