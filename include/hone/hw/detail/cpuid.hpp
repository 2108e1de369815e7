// What x86 processors say of themselves. The functions take the instruction as an argument: tests bring answers of
// other processors.
#pragma once
#include <hone/hw/host.hpp>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace hone::inline HONE_ABI::hw::detail {

struct cpuid_answer {
  std::uint32_t a{}, b{}, c{}, d{};
};
using cpuid_instruction = cpuid_answer (*)(std::uint32_t leaf, std::uint32_t subleaf);

#if defined(__x86_64__) || defined(__i386__)
inline cpuid_answer cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
  cpuid_answer r{};
  __cpuid_count(leaf, subleaf, r.a, r.b, r.c, r.d);
  return r;
}
#endif

// The answer of a leaf; zeros if the processor has none.
inline cpuid_answer leaf_of(cpuid_instruction cpuid, std::uint32_t leaf, std::uint32_t subleaf = 0) {
  std::uint32_t const last = cpuid(leaf & 0x80000000u, 0).a;
  return leaf <= last ? cpuid(leaf, subleaf) : cpuid_answer{};
}
constexpr std::uint32_t bits(std::uint32_t v, int low, int count) { return v >> low & ((1u << count) - 1); }

inline void append_bytes(std::string& s, std::uint32_t v) {
  for (int i = 0; i < 4; ++i)
    if (char const c = static_cast<char>(v >> 8 * i & 255); c != 0) s += c;
}

// Vendor, brand, family, model, stepping, and whether a hypervisor is underneath.
inline void identify(host& h, cpuid_instruction cpuid) {
  cpuid_answer const zero = cpuid(0, 0), one = leaf_of(cpuid, 1);
  for (std::uint32_t v : {zero.b, zero.d, zero.c}) append_bytes(h.vendor, v);
  if (h.vendor == "GenuineIntel") h.vendor = "intel";
  if (h.vendor == "AuthenticAMD") h.vendor = "amd";
  int const family = static_cast<int>(bits(one.a, 8, 4)), model = static_cast<int>(bits(one.a, 4, 4));
  h.family = family == 15 ? family + static_cast<int>(bits(one.a, 20, 8)) : family;
  h.model = family == 15 || family == 6 ? model + 16 * static_cast<int>(bits(one.a, 16, 4)) : model;
  h.stepping = static_cast<int>(bits(one.a, 0, 4));
  h.virtual_machine = bits(one.c, 31, 1) != 0;
  for (std::uint32_t leaf : {0x80000002u, 0x80000003u, 0x80000004u}) {
    cpuid_answer const r = leaf_of(cpuid, leaf);
    for (std::uint32_t v : {r.a, r.b, r.c, r.d}) append_bytes(h.brand, v);
  }
  h.brand.erase(0, h.brand.find_first_not_of(' '));
  while (!h.brand.empty() && h.brand.back() == ' ') h.brand.pop_back();
}

// Caches: leaf 4 of Intel and leaf 8000001Dh of AMD have one form. Sharing is by identifiers, which may leave gaps: an
// upper bound.
inline void find_caches(host& h, cpuid_instruction cpuid) {
  std::uint32_t const leaf = h.vendor == "amd" ? 0x8000001du : 4u;
  for (std::uint32_t i = 0; i < 16; ++i) {
    cpuid_answer const r = leaf_of(cpuid, leaf, i);
    std::uint32_t const type = bits(r.a, 0, 5), level = bits(r.a, 5, 3);  // 1: data, 2: instructions, 3: unified
    if (type == 0) break;
    if (type == 2 || level < 1 || level > 3) continue;
    double const line = bits(r.b, 0, 12) + 1, partitions = bits(r.b, 12, 10) + 1, ways = bits(r.b, 22, 10) + 1;
    h.cache[level - 1] = {
        {line * partitions * ways * (r.c + 1.0)}, static_cast<int>(line), static_cast<int>(bits(r.a, 14, 12) + 1)};
  }
}

// The base clock; zero where the processor (or its hypervisor) does not tell.
inline gigahertz base_clock(cpuid_instruction cpuid) { return {bits(leaf_of(cpuid, 0x16).a, 0, 16) * 1e-3}; }

}  // namespace hone::inline HONE_ABI::hw::detail
