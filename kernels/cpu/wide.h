// WideFloat: as many float32 lanes as the instruction set's registers hold, one match each.
//
// Written with the compiler's own vectors, so that +, -, * and / need no intrinsics. Intrinsics are used for masks of
// AVX-512, which have registers of their own, roots, and 32 x 32 bit products.
#pragma once

#include <cstring>
#include <utility>

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "kernels/lanes.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

#if defined(__AVX512F__)
inline constexpr int wide_lanes = 16;
#elif defined(__AVX2__)
inline constexpr int wide_lanes = 8;
#else
inline constexpr int wide_lanes = 4;
#endif

template <class T>
struct VectorOf {
  using type [[gnu::vector_size(wide_lanes * 4)]] = T;
};
using Floats = VectorOf<float>::type;
using Integers = VectorOf<std::int32_t>::type;
using Words = VectorOf<std::uint32_t>::type;
using LongWords [[gnu::vector_size(wide_lanes * 4)]] = std::uint64_t;

#if defined(__AVX512F__)
/// One bit a match.
struct WideMask {
  __mmask16 bits;

  friend WideMask operator&(WideMask a, WideMask b) { return {static_cast<__mmask16>(a.bits & b.bits)}; }
  friend WideMask operator|(WideMask a, WideMask b) { return {static_cast<__mmask16>(a.bits | b.bits)}; }
  friend WideMask operator!(WideMask a) { return {static_cast<__mmask16>(~a.bits)}; }
  unsigned to_bits() const { return bits; }
};
#else
/// -1 or 0 for each match.
struct WideMask {
  Integers all_bits;

  friend WideMask operator&(WideMask a, WideMask b) { return {a.all_bits & b.all_bits}; }
  friend WideMask operator|(WideMask a, WideMask b) { return {a.all_bits | b.all_bits}; }
  friend WideMask operator!(WideMask a) { return {~a.all_bits}; }
  unsigned to_bits() const {
#if defined(__AVX2__)
    return static_cast<unsigned>(_mm256_movemask_ps(reinterpret_cast<__m256>(all_bits)));
#elif defined(__SSE2__)
    return static_cast<unsigned>(__builtin_ia32_movmskps(reinterpret_cast<Floats>(all_bits)));
#elif defined(__aarch64__)
    return static_cast<unsigned>(vaddvq_s32(all_bits & Integers{1, 2, 4, 8}));
#else
    unsigned bits = 0;
    for (int k = 0; k < wide_lanes; ++k) bits |= static_cast<unsigned>(all_bits[k] & 1) << k;
    return bits;
#endif
  }
};
#endif

struct WideFloat {
  Floats v;

  WideFloat() = default;
  explicit WideFloat(Floats all) : v(all) {}
  WideFloat(float each) : v(each - Floats{}) {}  // NOLINT: a number stands for itself in every match

  friend WideFloat operator+(WideFloat a, WideFloat b) { return WideFloat(a.v + b.v); }
  friend WideFloat operator-(WideFloat a, WideFloat b) { return WideFloat(a.v - b.v); }
  friend WideFloat operator*(WideFloat a, WideFloat b) { return WideFloat(a.v * b.v); }
  friend WideFloat operator/(WideFloat a, WideFloat b) { return WideFloat(a.v / b.v); }
#if defined(__AVX512F__)
  friend WideMask operator<(WideFloat a, WideFloat b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
  friend WideMask operator<=(WideFloat a, WideFloat b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LE_OQ)}; }
  friend WideMask operator==(WideFloat a, WideFloat b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)}; }
#else
  friend WideMask operator<(WideFloat a, WideFloat b) { return {a.v < b.v}; }
  friend WideMask operator<=(WideFloat a, WideFloat b) { return {a.v <= b.v}; }
  friend WideMask operator==(WideFloat a, WideFloat b) { return {a.v == b.v}; }
#endif
  friend WideMask operator>(WideFloat a, WideFloat b) { return b < a; }
  friend WideMask operator>=(WideFloat a, WideFloat b) { return b <= a; }
};

struct WideInteger {
  Integers v;

  WideInteger() = default;
  explicit WideInteger(Integers all) : v(all) {}
  WideInteger(std::int32_t each) : v(each + Integers{}) {}  // NOLINT: as above

  friend WideInteger operator+(WideInteger a, WideInteger b) { return WideInteger(a.v + b.v); }
  friend WideInteger operator-(WideInteger a, WideInteger b) { return WideInteger(a.v - b.v); }
#if defined(__AVX512F__)
  friend WideMask operator>=(WideInteger a, WideInteger b) {
    return {_mm512_cmp_epi32_mask(reinterpret_cast<__m512i>(a.v), reinterpret_cast<__m512i>(b.v), _MM_CMPINT_NLT)};
  }
#else
  friend WideMask operator>=(WideInteger a, WideInteger b) { return {a.v >= b.v}; }
#endif
};

/// Random words and the bits of floats. A struct, so that templates find its functions by argument-dependent lookup.
struct WideWord {
  Words v;

  WideWord() = default;
  explicit WideWord(Words all) : v(all) {}
  WideWord(std::uint32_t each) : v(each + Words{}) {}  // NOLINT: as above

  friend WideWord operator+(WideWord a, WideWord b) { return WideWord(a.v + b.v); }
  friend WideWord operator-(WideWord a, WideWord b) { return WideWord(a.v - b.v); }
  friend WideWord operator*(WideWord a, WideWord b) { return WideWord(a.v * b.v); }
  friend WideWord operator&(WideWord a, WideWord b) { return WideWord(a.v & b.v); }
  friend WideWord operator|(WideWord a, WideWord b) { return WideWord(a.v | b.v); }
  friend WideWord operator^(WideWord a, WideWord b) { return WideWord(a.v ^ b.v); }
  friend WideWord operator<<(WideWord a, int bits) { return WideWord(a.v << bits); }
  friend WideWord operator>>(WideWord a, int bits) { return WideWord(a.v >> bits); }
};

template <>
struct FloatTraits<WideFloat> {
  using Integer = WideInteger;
  using Mask = WideMask;
  using Word = WideWord;
  static constexpr int lanes = wide_lanes;
};

#if defined(__AVX512F__)
inline WideFloat select(WideMask mask, WideFloat chosen, WideFloat other) {
  return WideFloat(_mm512_mask_blend_ps(mask.bits, other.v, chosen.v));
}
inline WideInteger select(WideMask mask, WideInteger chosen, WideInteger other) {
  return WideInteger(reinterpret_cast<Integers>(
      _mm512_mask_blend_epi32(mask.bits, reinterpret_cast<__m512i>(other.v), reinterpret_cast<__m512i>(chosen.v))));
}
#else
inline WideFloat select(WideMask mask, WideFloat chosen, WideFloat other) {
  return WideFloat(mask.all_bits ? chosen.v : other.v);
}
inline WideInteger select(WideMask mask, WideInteger chosen, WideInteger other) {
  return WideInteger(mask.all_bits ? chosen.v : other.v);
}
#endif

inline bool any(WideMask mask) { return mask.to_bits() != 0; }
inline int count(WideMask mask) { return __builtin_popcount(mask.to_bits()); }
inline bool is_set(WideMask mask, int lane) { return (mask.to_bits() >> lane & 1U) != 0; }

inline WideFloat square_root(WideFloat x) {
#if defined(__AVX512F__)
  return WideFloat(_mm512_maskz_sqrt_ps(0xFFFF, x.v));  // gcc 12 warns about _mm512_sqrt_ps
#elif defined(__AVX2__)
  return WideFloat(_mm256_sqrt_ps(x.v));
#elif defined(__SSE2__)
  return WideFloat(__builtin_ia32_sqrtps(x.v));
#elif defined(__aarch64__)
  return WideFloat(vsqrtq_f32(x.v));
#else
  for (int k = 0; k < wide_lanes; ++k) x.v[k] = ::sqrtf(x.v[k]);
  return x;
#endif
}

inline WideFloat absolute(WideFloat x) {
  return WideFloat(reinterpret_cast<Floats>(reinterpret_cast<Words>(x.v) & 0x7FFFFFFFU));
}
inline WideFloat to_float(WideInteger x) { return WideFloat(__builtin_convertvector(x.v, Floats)); }

inline WideInteger as_integer(WideWord word) { return WideInteger(reinterpret_cast<Integers>(word.v)); }
inline WideWord as_word(WideInteger integer) { return WideWord(reinterpret_cast<Words>(integer.v)); }
inline WideWord bits_of(WideFloat x) { return WideWord(reinterpret_cast<Words>(x.v)); }
inline WideFloat from_bits(WideWord bits) { return WideFloat(reinterpret_cast<Floats>(bits.v)); }

/// The 64-bit products of the words in the lower halves.
inline LongWords products_of_lower(LongWords a, LongWords b) {
#if defined(__AVX512F__)
  return reinterpret_cast<LongWords>(
      _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<LongWords>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<LongWords>(
      __builtin_ia32_pmuludq128(reinterpret_cast<Integers>(a), reinterpret_cast<Integers>(b)));
#elif defined(__aarch64__)
  return vmull_u32(vmovn_u64(a), vmovn_u64(b));
#else
  return (a & 0xFFFFFFFFU) * (b & 0xFFFFFFFFU);
#endif
}
/// The upper 32 bits of products.
inline WideWord multiply_high(WideWord a, WideWord b) {
  const auto long_a = reinterpret_cast<LongWords>(a.v);
  const auto long_b = reinterpret_cast<LongWords>(b.v);
  const LongWords of_lower = products_of_lower(long_a, long_b) >> 32;
  const LongWords of_upper = products_of_lower(long_a >> 32, long_b >> 32) & ~std::uint64_t{0xFFFFFFFFU};
  return WideWord(reinterpret_cast<Words>(of_lower | of_upper));
}

inline void load(WideFloat& wide, const float* from) { std::memcpy(&wide.v, from, sizeof wide.v); }
inline void load(WideInteger& wide, const std::int32_t* from) { std::memcpy(&wide.v, from, sizeof wide.v); }
inline void load(WideWord& wide, const std::int64_t* from) {
  for (int k = 0; k < wide_lanes; ++k) wide.v[k] = static_cast<std::uint32_t>(from[k]);
}
inline void load(WideMask& mask, const bool* from) {
  using Bytes [[gnu::vector_size(wide_lanes)]] = std::int8_t;
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  const Integers numbers = __builtin_convertvector(bytes, Integers);
#if defined(__AVX512F__)
  mask = {_mm512_test_epi32_mask(reinterpret_cast<__m512i>(numbers), reinterpret_cast<__m512i>(numbers))};
#else
  mask = {numbers != 0};
#endif
}
inline void store(WideFloat wide, float* to) { std::memcpy(to, &wide.v, sizeof wide.v); }
inline void store(WideInteger wide, std::int32_t* to) { std::memcpy(to, &wide.v, sizeof wide.v); }
inline void store(WideMask mask, bool* to) {
  const unsigned bits = mask.to_bits();
  for (int k = 0; k < wide_lanes; ++k) to[k] = (bits >> k & 1U) != 0;
}

inline float at_lane(WideFloat wide, int lane) { return wide.v[lane]; }
inline std::int32_t at_lane(WideInteger wide, int lane) { return wide.v[lane]; }
inline void set_lane(WideFloat& wide, int lane, float number) { wide.v[lane] = number; }

/// Transposes vectors, which hold one number of many matches, into rows, which hold many numbers of one match.
namespace transposition {
/// Interleaves neighbours: of each four lanes of a and b, the low or the high two.
template <bool high, std::size_t... lane>
inline Floats interleaved(Floats a, Floats b, std::index_sequence<lane...>) {
  constexpr int from_b = wide_lanes;
  return __builtin_shufflevector(
      a, b, static_cast<int>(lane / 4 * 4 + (high ? 2 : 0) + lane % 4 / 2 + (lane % 2 != 0 ? from_b : 0))...);
}
/// Joins halves: of each four lanes, the low or the high two of a and then of b.
template <bool high, std::size_t... lane>
inline Floats joined(Floats a, Floats b, std::index_sequence<lane...>) {
  constexpr int from_b = wide_lanes;
  return __builtin_shufflevector(
      a, b, static_cast<int>(lane / 4 * 4 + (high ? 2 : 0) + lane % 2 + (lane % 4 >= 2 ? from_b : 0))...);
}
/// Exchanges blocks of `size` lanes between two rows; returns the new first row, or (high) the new second.
template <int size, bool high, std::size_t... lane>
inline Floats swapped(Floats a, Floats b, std::index_sequence<lane...>) {
  constexpr int from_b = wide_lanes;
  const auto source = [](int p) {
    const bool upper = (p & size) != 0;
    return high ? (upper ? from_b + p : p + size) : (upper ? from_b + p - size : p);
  };
  return __builtin_shufflevector(a, b, source(static_cast<int>(lane))...);
}
}  // namespace transposition

/// Transposes each 4 x 4 square of four rows: row r's lane p becomes row p's lane r.
inline void transpose(Floats (&rows)[4]) {
  constexpr auto lanes = std::make_index_sequence<wide_lanes>{};
  const Floats low_01 = transposition::interleaved<false>(rows[0], rows[1], lanes);
  const Floats high_01 = transposition::interleaved<true>(rows[0], rows[1], lanes);
  const Floats low_23 = transposition::interleaved<false>(rows[2], rows[3], lanes);
  const Floats high_23 = transposition::interleaved<true>(rows[2], rows[3], lanes);
  rows[0] = transposition::joined<false>(low_01, low_23, lanes);
  rows[1] = transposition::joined<true>(low_01, low_23, lanes);
  rows[2] = transposition::joined<false>(high_01, high_23, lanes);
  rows[3] = transposition::joined<true>(high_01, high_23, lanes);
}

/// Transposes quarters (4 lanes each) of as many rows as a row has: quarter q of row r becomes quarter r of row q.
template <int apart = 1, std::size_t count>
inline void transpose_quarters(Floats (&rows)[count]) {
  if constexpr (apart < static_cast<int>(count)) {
    constexpr auto lanes = std::make_index_sequence<wide_lanes>{};
    for (int r = 0; r < static_cast<int>(count); ++r)
      if ((r & apart) == 0) {
        const Floats low = rows[r];
        const Floats high = rows[r + apart];
        rows[r] = transposition::swapped<4 * apart, false>(low, high, lanes);
        rows[r + apart] = transposition::swapped<4 * apart, true>(low, high, lanes);
      }
    transpose_quarters<2 * apart>(rows);
  }
}

using Quarter [[gnu::vector_size(16)]] = float;

/// Reads a row whose quarters lie 4 * stride apart.
template <int matches>
inline auto load_quarters(const float* from, std::int64_t stride) {
  if constexpr (matches == 4) {
    Quarter row;
    std::memcpy(&row, from, sizeof row);
    return row;
  } else {
    const auto low = load_quarters<matches / 2>(from, stride);
    const auto high = load_quarters<matches / 2>(from + matches / 2 * stride, stride);
    return [&]<std::size_t... lane>(std::index_sequence<lane...>) {
      return __builtin_shufflevector(low, high, static_cast<int>(lane)...);
    }
    (std::make_index_sequence<matches>{});
  }
}

/// Four neighbouring numbers of each match, which lie `stride` apart from match to match.
inline void load_four(WideFloat (&numbers)[4], const float* from, std::int64_t stride) {
  Floats rows[4];
  for (int k = 0; k < 4; ++k) rows[k] = load_quarters<wide_lanes>(from + k * stride, stride);
  transpose(rows);
  for (int k = 0; k < 4; ++k) numbers[k].v = rows[k];
}

/// Writes a row so that its quarters lie 4 * stride apart.
template <std::size_t... quarter>
inline void store_quarters(Floats row, float* to, std::int64_t stride, std::index_sequence<quarter...>) {
  const auto store_quarter = [&]<int first>() {
    const Quarter part = __builtin_shufflevector(row, row, first, first + 1, first + 2, first + 3);
    std::memcpy(to + first * stride, &part, sizeof part);
  };
  (store_quarter.template operator()<static_cast<int>(4 * quarter)>(), ...);
}
inline void store_four(const WideFloat (&numbers)[4], float* to, std::int64_t stride) {
  Floats rows[4] = {numbers[0].v, numbers[1].v, numbers[2].v, numbers[3].v};
  transpose(rows);
  for (int k = 0; k < 4; ++k)
    store_quarters(rows[k], to + k * stride, stride, std::make_index_sequence<wide_lanes / 4>{});
}

/// Writes as many neighbouring numbers of each match as there are lanes; numbers[d] holds number d of all matches.
/// First squares of 4 x 4 are transposed, then the quarters of every fourth row.
inline void store_square(const WideFloat* numbers, float* to, std::int64_t stride) {
  constexpr int quarters = wide_lanes / 4;
  Floats rows[quarters][4];
  for (int q = 0; q < quarters; ++q) {
    for (int k = 0; k < 4; ++k) rows[q][k] = numbers[4 * q + k].v;
    transpose(rows[q]);
  }
  for (int k = 0; k < 4; ++k) {
    Floats column[quarters];
    for (int q = 0; q < quarters; ++q) column[q] = rows[q][k];
    transpose_quarters(column);
    for (int q = 0; q < quarters; ++q) std::memcpy(to + (4 * q + k) * stride, &column[q], sizeof column[q]);
  }
}

/// Calls kernel.operator()<Float>(b) for the matches first .. last - 1: as many as fill whole vectors together, the
/// rest one by one.
template <class Kernel>
void in_lanes(std::int64_t first, std::int64_t last, const Kernel& kernel) {
  std::int64_t b = first;
  for (; b + wide_lanes <= last; b += wide_lanes) kernel.template operator()<WideFloat>(b);
  for (; b < last; ++b) kernel.template operator()<float>(b);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
