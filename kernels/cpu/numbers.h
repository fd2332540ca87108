// The numbers that a layer is computed in, float or Bfloat16, a vector at a time. Sums are float32 either way.
//
// Products take their factors in elements: a float, or a pair of bfloat16 that follow each other along the sum, as the
// dot products of AVX512-BF16 do.
#pragma once

#include <type_traits>

#include "kernels/bfloat16.h"
#include "kernels/cpu/wide.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

struct Bfloat16Pair {
  Bfloat16 first;
  Bfloat16 second;
};

/// Bits of as many bfloat16 as a vector has lanes.
using Halves [[gnu::vector_size(wide_lanes * 2)]] = std::uint16_t;

template <class Number>
using ElementOf = std::conditional_t<std::is_same_v<Number, float>, float, Bfloat16Pair>;

template <class Number>
inline constexpr std::int64_t numbers_of_element = sizeof(ElementOf<Number>) / sizeof(Number);

/// Elements that hold so many numbers; the last one may hold one of a pair, and zero.
template <class Number>
constexpr std::int64_t elements(std::int64_t numbers) {
  return (numbers + numbers_of_element<Number> - 1) / numbers_of_element<Number>;
}

/// The elements of a row of a tile, whose padding is even.
inline const float* as_elements(const float* numbers) { return numbers; }
inline const Bfloat16Pair* as_elements(const Bfloat16* numbers) {
  return reinterpret_cast<const Bfloat16Pair*>(numbers);
}

inline float to_float(float number) { return number; }
inline float to_float(Bfloat16 number) { return widened(number); }

template <class Number>
Number rounded_to(float number) {
  if constexpr (std::is_same_v<Number, float>)
    return number;
  else
    return rounded(number);
}

/// a * b + c, rounded once if the instruction set has a fused multiply-add.
[[gnu::always_inline]] inline Floats multiply_add(Floats a, Floats b, Floats c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_ps(a, b, c);
#elif defined(__ARM_NEON)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

/// The same with pairs of bfloat16 in each lane: the second ones' product is added first, as Intel's manual says of the
/// instruction, which takes numbers below 2^-126 for zero. Products of two bfloat16 are exact.
[[gnu::always_inline]] inline Floats multiply_add(Words a, Words b, Floats c) {
#if defined(__AVX512BF16__)
  return _mm512_dpbf16_ps(c, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
#else
  const auto second = [](Words pairs) { return reinterpret_cast<Floats>(pairs & 0xFFFF0000U); };
  const auto first = [](Words pairs) { return reinterpret_cast<Floats>(pairs << 16); };
  return multiply_add(first(a), first(b), multiply_add(second(a), second(b), c));
#endif
}

[[gnu::always_inline]] inline Floats load_floats(const float* from) {
  Floats floats;
  std::memcpy(&floats, from, sizeof floats);
  return floats;
}
[[gnu::always_inline]] inline void store_floats(Floats floats, float* to) { std::memcpy(to, &floats, sizeof floats); }

/// The bits of bfloat16 in the lower half of each lane.
[[gnu::always_inline]] inline Words load_halves(const Bfloat16* from) {
  Halves halves;
  std::memcpy(&halves, from, sizeof halves);
  return __builtin_convertvector(halves, Words);
}
[[gnu::always_inline]] inline Floats load_floats(const Bfloat16* from) {
  return reinterpret_cast<Floats>(load_halves(from) << 16);
}

/// Rounds as `rounded` does.
[[gnu::always_inline]] inline void store_floats(Floats floats, Bfloat16* to) {
#if defined(__AVX512BF16__)
  const auto halves = _mm512_cvtneps_pbh(floats);
#else
  const auto bits = reinterpret_cast<Words>(floats);
  const Words nearest = (bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16;
  const auto halves = __builtin_convertvector(floats != floats ? bits >> 16 | 0x40U : nearest, Halves);
#endif
  std::memcpy(to, &halves, sizeof halves);
}

/// An element in every lane.
[[gnu::always_inline]] inline Floats in_all_lanes(const float* element) { return *element - Floats{}; }
[[gnu::always_inline]] inline Words in_all_lanes(const Bfloat16Pair* element) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, element, sizeof bits);
  return bits + Words{};
}

/// A vector of elements.
[[gnu::always_inline]] inline Floats load_elements(const float* from) { return load_floats(from); }
[[gnu::always_inline]] inline Words load_elements(const Bfloat16Pair* from) {
  Words pairs;
  std::memcpy(&pairs, from, sizeof pairs);
  return pairs;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
