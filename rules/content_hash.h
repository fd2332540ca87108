// A hash that identifies content: 64-bit FNV-1a over the bytes in order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace matchday {

/// The hash of no bytes.
inline constexpr std::uint64_t empty_hash = 0xCBF29CE484222325U;

/// Updates the hash with the bytes.
inline void add_bytes(std::uint64_t& hash, const void* data, std::size_t count) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (std::size_t k = 0; k < count; ++k) hash = (hash ^ bytes[k]) * 0x100000001B3U;
}

}  // namespace matchday
