// bfloat16: the upper half of a float32.
#pragma once

#include "kernels/lanes.h"

namespace matchday::kernels {

struct Bfloat16 {
  std::uint16_t bits;
};

inline namespace MATCHDAY_INSTRUCTION_SET {

MATCHDAY_HOST_DEVICE float widened(Bfloat16 number) { return from_bits(static_cast<std::uint32_t>(number.bits) << 16); }

/// The nearest one or, of two as near, the even one; NaN stays NaN.
MATCHDAY_HOST_DEVICE Bfloat16 rounded(float number) {
  const std::uint32_t bits = bits_of(number);
  if (number != number) return {static_cast<std::uint16_t>(bits >> 16 | 0x40U)};
  return {static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16)};
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
