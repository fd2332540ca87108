// What the instructions of a translated kernel (translate.py) mean on a CPU.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "machine.h"

namespace matchday::ptx {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s8 = std::int8_t;
using s16 = std::int16_t;
using s32 = std::int32_t;
using s64 = std::int64_t;
using f32 = float;

/// A register read or written as another type: the same bits, cut or extended by zeros.
template <class To, class From>
inline To as(From from) {
  if constexpr (sizeof(To) == sizeof(From))
    return std::bit_cast<To>(from);
  else
    return static_cast<To>(static_cast<std::make_unsigned_t<From>>(from));
}

/// A result in float32, rounded as IEEE 754 says. What is not a number is a GPU's: a CPU's has other bits.
inline f32 real(f32 x) { return x == x ? x : as<f32>(0x7FFFFFFFU); }

template <class T>
inline T shift_left(T a, u32 places) {
  return places < 8 * sizeof(T) ? a << places : 0;
}
template <class T>
inline T shift_right(T a, u32 places) {
  return places < 8 * sizeof(T) ? a >> places : a < 0 ? T(-1) : T(0);
}
inline u32 upper_product(u32 a, u32 b) { return static_cast<u32>(u64{a} * b >> 32); }
inline s32 upper_product(s32 a, s32 b) { return static_cast<s32>(s64{a} * b >> 32); }
inline u64 wide_product(u32 a, u32 b) { return u64{a} * b; }
inline u64 wide_product(s32 a, s32 b) { return static_cast<u64>(s64{a} * b); }
/// Of a number and what is none, the number; of two zeros the negative one.
inline f32 smaller(f32 a, f32 b) {
  if (a != a || b != b) return a != a ? b : a;
  return a < b || (a == b && std::signbit(a)) ? a : b;
}
inline u32 quotient(u32 a, u32 b) { return b == 0 ? ~0U : a / b; }
/// `into` with `length` bits from place `at` on replaced by the lowest of `field`.
inline u32 insert_bits(u32 field, u32 into, u32 at, u32 length) {
  const u64 mask = ((u64{1} << std::min(length & 0xFFU, 32U)) - 1) << std::min(at & 0xFFU, 32U);
  return static_cast<u32>((into & ~mask) | (u64{field} << std::min(at & 0xFFU, 32U) & mask));
}

inline const std::byte* pointer(u64 address) { return reinterpret_cast<const std::byte*>(address); }
template <class T>
inline T get(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <class T>
inline void set(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

}  // namespace matchday::ptx
