#pragma once
#include <hone/config/config.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

#include <zlib.h>

namespace hone::inline HONE_ABI::store {

// CRC-32 (that of zlib and PNG). Certain to see every change of up to 32 neighbouring bits; no defence against intent.
// Cost: about 1 ns a byte.
inline std::uint32_t checksum(std::span<std::byte const> bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<Bytef const*>(bytes.data()), bytes.size()));
}

}  // namespace hone::inline HONE_ABI::store
