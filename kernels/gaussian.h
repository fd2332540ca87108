// Standard normal noise with the same bits on every device, and the functions that the noise and a Gaussian's
// log-probability are computed with.
//
// A math library's logarithm or cosine differs in the last bit from one device to the next, so these are written out in
// + - * / sqrt, comparisons and integer operations, which IEEE 754 defines to the bit: polynomials on a short interval,
// after an exact reduction to it. The polynomials are those of Moshier's Cephes library (single/logf.c, expf.c,
// sinf.c). sim/tensor/normal.cpp and sim/reference/normal.h implement the noise again. An ulp below is the distance
// between neighbouring float32 numbers at the result's size; errors were measured against float64.
#pragma once

#include "kernels/philox.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Cephes splits ln 2 in two: the first part has so few bits that its product with an exponent is exact.
inline constexpr float ln2_upper = 0.693359375F;
inline constexpr float ln2_lower = -2.12194440e-4F;

/// coefficients[0] x^(terms - 1) + ... + coefficients[terms - 1]
template <class Float, int terms>
MATCHDAY_HOST_DEVICE Float polynomial(Float x, const float (&coefficients)[terms]) {
  Float sum = coefficients[0];
  MATCHDAY_UNROLL
  for (int k = 1; k < terms; ++k) sum = sum * x + Float(coefficients[k]);
  return sum;
}

/// The natural logarithm of a positive normal number. Worst error 0.81 ulp from 2^-32 to 2.
template <class Float>
MATCHDAY_HOST_DEVICE Float logarithm(Float x) {
  // x = m 2^exponent with m from sqrt(1/2) to sqrt(2), split by x's bits; log m = log(1 + f).
  constexpr std::uint32_t root_half = 0x3F3504F3U;
  constexpr std::uint32_t one = 0x3F800000U;
  const WordOf<Float> shifted = bits_of(x) + (one - root_half);
  const Float exponent = to_float(as_integer(shifted >> 23)) - Float(127.0F);
  const Float f = from_bits((shifted & 0x007FFFFFU) + root_half) - Float(1.0F);

  constexpr float coefficients[] = {7.0376836292e-2F,  -1.1514610310e-1F, 1.1676998740e-1F,
                                    -1.2420140846e-1F, 1.4249322787e-1F,  -1.6668057665e-1F,
                                    2.0000714765e-1F,  -2.4999993993e-1F, 3.3333331174e-1F};
  const Float square = f * f;
  Float small = f * square * polynomial(f, coefficients);
  small = small + exponent * Float(ln2_lower);
  small = small - Float(0.5F) * square;
  return (f + small) + exponent * Float(ln2_upper);
}

/// e^x = scale (1 + rest): a power of two, and a rest that keeps its precision where e^x is near 1.
/// Worst errors: 0.97 ulp of e^x, 1.5 ulp of e^x - 1.
template <class Float>
struct Exponential {
  Float scale;
  Float rest;

  MATCHDAY_HOST_DEVICE Float value() const { return scale + scale * rest; }
  MATCHDAY_HOST_DEVICE Float minus_one() const { return (scale - Float(1.0F)) + scale * rest; }
};

/// e^x with x clamped to -87 .. 88: the result neither overflows nor is subnormal.
template <class Float>
MATCHDAY_HOST_DEVICE Exponential<Float> exponential(Float x) {
  x = clamp(x, Float(-87.0F), Float(88.0F));
  // x = n ln 2 + r. Adding 1.5 * 2^23 rounds to an integer n, which is then in the sum's lowest bits.
  constexpr float rounding = 12582912.0F;
  constexpr float log2_e = 1.44269504F;
  const Float sum = x * Float(log2_e) + Float(rounding);
  const Float n = sum - Float(rounding);
  const Float r = (x - n * Float(ln2_upper)) - n * Float(ln2_lower);
  constexpr float coefficients[] = {1.9875691500e-4F, 1.3981999507e-3F, 8.3334519073e-3F,
                                    4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F};
  return {from_bits((bits_of(sum) << 23) + 0x3F800000U), r * r * polynomial(r, coefficients) + r};
}

/// A direction on the unit circle.
template <class Float>
struct Direction {
  Float cosine;
  Float sine;
};

/// The direction that a random word encodes. Neither coordinate is ever 0. Worst error 2.7 ulp, or 1.1e-7; most of it
/// comes from rounding the angle to float32.
template <class Word, class Float = decltype(from_bits(Word{}))>
MATCHDAY_HOST_DEVICE Direction<Float> direction(Word word) {
  // The upper two bits choose the quadrant. The rest is the angle from its middle, odd * 2^-30 eighths of a turn.
  constexpr float eighth_turn = 0.785398163F;
  const Word odd = ((word & 0x3FFFFFFFU) << 1) - 0x3FFFFFFFU;
  const Float angle = to_float(as_integer(odd)) * Float(eighth_turn * 0x1p-30F);
  constexpr float sine_coefficients[] = {-1.9515295891e-4F, 8.3321608736e-3F, -1.6666654611e-1F};
  constexpr float cosine_coefficients[] = {2.443315711809948e-5F, -1.388731625493765e-3F, 4.166664568298827e-2F};
  const Float square = angle * angle;
  const Float sine = square * angle * polynomial(square, sine_coefficients) + angle;
  const Float cosine = (square * square * polynomial(square, cosine_coefficients) - Float(0.5F) * square) + Float(1.0F);
  // Quadrants 0 to 3: (cosine, sine), (-sine, cosine), (-cosine, -sine), (sine, -cosine).
  constexpr std::uint32_t sign = 0x80000000U;
  const auto even = as_integer(word << 1) >= IntegerOf<Float>(0);
  return {from_bits(bits_of(select(even, cosine, sine)) ^ ((word ^ (word << 1)) & sign)),
          from_bits(bits_of(select(even, sine, cosine)) ^ (word & sign))};
}

/// A uniform number from 2^-32 to 1. The 31 bits let normal numbers reach 6.6 standard deviations.
template <class Word>
MATCHDAY_HOST_DEVICE auto positive_uniform(Word word) -> decltype(from_bits(word)) {
  return to_float(as_integer(word >> 1)) * 0x1p-31F + 0x1p-32F;
}

/// Four numbers of the match in each lane.
template <class Float>
struct Normals {
  Float number[4];
};

/// Four standard normal numbers by Box and Muller: two points of the plane, both x before both y. Worst error 3.9 ulp,
/// against exact functions of the same uniform numbers.
template <class Float>
MATCHDAY_HOST_DEVICE Normals<Float> normals(const RandomWords<WordOf<Float>>& random) {
  Normals<Float> result;
  MATCHDAY_UNROLL
  for (int k = 0; k < 2; ++k) {
    const Float radius = square_root(Float(-2.0F) * logarithm<Float>(positive_uniform(random.word[k])));
    const Direction<Float> towards = direction(random.word[k + 2]);
    // The radius may be 0: adding 0 turns -0 into +0.
    result.number[k] = radius * towards.cosine + Float(0.0F);
    result.number[k + 2] = radius * towards.sine + Float(0.0F);
  }
  return result;
}

/// The four normal numbers of a match's episode, clock and slot (rules/randomness.h).
template <class Float>
MATCHDAY_HOST_DEVICE Normals<Float> noise_at(WordOf<Float> match, IntegerOf<Float> episode, IntegerOf<Float> clock,
                                             std::uint32_t slot, std::uint64_t seed) {
  return normals<Float>(philox<WordOf<Float>>({{match, as_word(episode), as_word(clock), WordOf<Float>(slot)}}, seed));
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
