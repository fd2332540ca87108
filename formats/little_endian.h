// Numbers as files hold them: their bytes from the lowest to the highest, as all machines of ours keep them.
#pragma once

#include <bit>
#include <cstring>
#include <string>

namespace matchday {

template <class Number>
std::string bytes_of(Number number) {
  static_assert(std::endian::native == std::endian::little);
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

}  // namespace matchday
