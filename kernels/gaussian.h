// Standard normal noise that has the same bits on every device, and the functions that it and a Gaussian's
// log-probability take.
//
// A math library's logarithm or cosine differs in the last bit from one device to the next, so these are written out in
// + - * / sqrt, comparisons and integer operations, which IEEE 754 defines to the bit: polynomials on a short interval,
// after an exact reduction to it. The polynomials are those of Moshier's Cephes library (single/logf.c, expf.c,
// sinf.c). sim/tensor/normal.cpp and sim/reference/normal.h tell the noise again. An ulp below is the distance of
// neighbouring float32 numbers at the result's size; errors were measured against float64.
#pragma once

#include "kernels/philox.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Cephes cuts ln 2 in two: the first part has so few bits that its product with an exponent is exact.
inline constexpr float ln2_upper = 0.693359375F;
inline constexpr float ln2_lower = -2.12194440e-4F;

/// coefficients[0] x^(terms - 1) + ... + coefficients[terms - 1]
template <class Lane, int terms>
MATCHDAY_BODY Lane polynomial(Lane x, const float (&coefficients)[terms]) {
  Lane sum = coefficients[0];
  MATCHDAY_UNROLL
  for (int k = 1; k < terms; ++k) sum = sum * x + Lane(coefficients[k]);
  return sum;
}

/// The natural logarithm of a positive normal number. Worst error 0.81 ulp from 2^-32 to 2.
template <class Lane>
MATCHDAY_BODY Lane logarithm(Lane x) {
  // x = m 2^exponent with m from sqrt(1/2) to sqrt(2), cut apart in the bits that x is stored as; log m = log(1 + f).
  constexpr std::uint32_t root_half = 0x3F3504F3U;
  constexpr std::uint32_t one = 0x3F800000U;
  const WordOf<Lane> shifted = bits_of(x) + (one - root_half);
  const Lane exponent = to_float(as_integer(shifted >> 23)) - Lane(127.0F);
  const Lane f = from_bits((shifted & 0x007FFFFFU) + root_half) - Lane(1.0F);

  constexpr float coefficients[] = {7.0376836292e-2F,  -1.1514610310e-1F, 1.1676998740e-1F,
                                    -1.2420140846e-1F, 1.4249322787e-1F,  -1.6668057665e-1F,
                                    2.0000714765e-1F,  -2.4999993993e-1F, 3.3333331174e-1F};
  const Lane square = f * f;
  Lane small = f * square * polynomial(f, coefficients);
  small = small + exponent * Lane(ln2_lower);
  small = small - Lane(0.5F) * square;
  return (f + small) + exponent * Lane(ln2_upper);
}

/// e^x = scale (1 + rest): a power of two, and a rest that keeps its precision where e^x is near 1.
/// Worst errors: 0.97 ulp of e^x, 1.5 ulp of e^x - 1.
template <class Lane>
struct Exponential {
  Lane scale;
  Lane rest;

  MATCHDAY_BODY Lane value() const { return scale + scale * rest; }
  MATCHDAY_BODY Lane minus_one() const { return (scale - Lane(1.0F)) + scale * rest; }
};

/// e^x for x from -87 to 88, and that of the nearer end for others: neither overflows nor is subnormal.
template <class Lane>
MATCHDAY_BODY Exponential<Lane> exponential(Lane x) {
  x = clamp(x, Lane(-87.0F), Lane(88.0F));
  // x = n ln 2 + r. Adding 1.5 * 2^23 rounds to an integer n, which then stands in the sum's lowest bits.
  constexpr float rounding = 12582912.0F;
  constexpr float log2_e = 1.44269504F;
  const Lane sum = x * Lane(log2_e) + Lane(rounding);
  const Lane n = sum - Lane(rounding);
  const Lane r = (x - n * Lane(ln2_upper)) - n * Lane(ln2_lower);
  constexpr float coefficients[] = {1.9875691500e-4F, 1.3981999507e-3F, 8.3334519073e-3F,
                                    4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F};
  return {from_bits((bits_of(sum) << 23) + 0x3F800000U), r * r * polynomial(r, coefficients) + r};
}

/// A direction on the unit circle.
template <class Lane>
struct Direction {
  Lane cosine;
  Lane sine;
};

/// The direction that a random word stands for. Neither coordinate is ever 0. Worst error 2.7 ulp, or 1.1e-7; most of
/// it is that of the angle in float32.
template <class Word, class Lane = decltype(from_bits(Word{}))>
MATCHDAY_BODY Direction<Lane> direction(Word word) {
  // The upper two bits choose the quadrant. The others are an odd number of 2^-30 eighths of a turn, from its middle.
  constexpr float eighth_turn = 0.785398163F;
  const Word odd = ((word & 0x3FFFFFFFU) << 1) - 0x3FFFFFFFU;
  const Lane angle = to_float(as_integer(odd)) * Lane(eighth_turn * 0x1p-30F);
  constexpr float sine_coefficients[] = {-1.9515295891e-4F, 8.3321608736e-3F, -1.6666654611e-1F};
  constexpr float cosine_coefficients[] = {2.443315711809948e-5F, -1.388731625493765e-3F, 4.166664568298827e-2F};
  const Lane square = angle * angle;
  const Lane sine = square * angle * polynomial(square, sine_coefficients) + angle;
  const Lane cosine = (square * square * polynomial(square, cosine_coefficients) - Lane(0.5F) * square) + Lane(1.0F);
  // Quadrants 0 to 3: (cosine, sine), (-sine, cosine), (-cosine, -sine), (sine, -cosine).
  constexpr std::uint32_t sign = 0x80000000U;
  const auto even = as_integer(word << 1) >= IntegerOf<Lane>(0);
  return {from_bits(bits_of(select(even, cosine, sine)) ^ ((word ^ (word << 1)) & sign)),
          from_bits(bits_of(select(even, sine, cosine)) ^ (word & sign))};
}

/// A uniform number from 2^-32 to 1. The 31 bits let normal numbers reach 6.6 standard deviations.
template <class Word>
MATCHDAY_BODY auto positive_uniform(Word word) -> decltype(from_bits(word)) {
  return to_float(as_integer(word >> 1)) * 0x1p-31F + 0x1p-32F;
}

/// Four numbers of each of a lane's matches.
template <class Lane>
struct Normals {
  Lane number[4];
};

/// Four standard normal numbers by Box and Muller: two points of the plane, both x before both y. Worst error 3.9 ulp,
/// of what the uniform numbers and the exact functions give.
template <class Lane>
MATCHDAY_BODY Normals<Lane> normals(const RandomWords<WordOf<Lane>>& random) {
  Normals<Lane> result;
  MATCHDAY_UNROLL
  for (int k = 0; k < 2; ++k) {
    const Lane radius = square_root(Lane(-2.0F) * logarithm<Lane>(positive_uniform(random.word[k])));
    const Direction<Lane> towards = direction(random.word[k + 2]);
    // The radius may be 0: + 0 leaves no negative zero.
    result.number[k] = radius * towards.cosine + Lane(0.0F);
    result.number[k + 2] = radius * towards.sine + Lane(0.0F);
  }
  return result;
}

/// The four normal numbers of a match's episode, clock and slot (rules/randomness.h).
template <class Lane>
MATCHDAY_BODY Normals<Lane> noise_at(WordOf<Lane> match, IntegerOf<Lane> episode, IntegerOf<Lane> clock,
                                     std::uint32_t slot, std::uint64_t seed) {
  return normals<Lane>(philox<WordOf<Lane>>({{match, as_word(episode), as_word(clock), WordOf<Lane>(slot)}}, seed));
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
