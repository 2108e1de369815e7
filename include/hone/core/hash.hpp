#pragma once
#include <hone/config/config.hpp>

#include <bit>
#include <cstdint>

namespace hone::inline HONE_ABI {

// 64-bit FNV-1a over values fed one by one: plan ids. Not for untrusted input, not for speed.
class hasher {
 public:
  constexpr hasher& add(std::uint64_t v) {
    for (int i = 0; i < 8; ++i, v >>= 8) h_ = (h_ ^ (v & 0xffu)) * 0x100000001b3ULL;
    return *this;
  }
  constexpr hasher& add(char const* s) {
    for (; *s != 0; ++s) h_ = (h_ ^ static_cast<unsigned char>(*s)) * 0x100000001b3ULL;
    return add(std::uint64_t{0});
  }
  constexpr hasher& add(float v) { return add(std::uint64_t{std::bit_cast<std::uint32_t>(v)}); }
  constexpr std::uint64_t value() const { return h_; }

 private:
  std::uint64_t h_{0xcbf29ce484222325ULL};
};

}  // namespace hone::inline HONE_ABI
