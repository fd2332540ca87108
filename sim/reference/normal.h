// Standard normal numbers, the same to the last bit on every machine (rules/randomness.h). A math library's logarithm
// and cosine are not, so both are computed here by + - * and exact operations, with the polynomials of Moshier's Cephes
// library (single/logf.c, sinf.c).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "sim/reference/random.h"

namespace matchday::reference {

/// The natural logarithm of a positive normal number.
inline float logarithm(float x) {
  int exponent = 0;
  float mantissa = std::frexp(x, &exponent);  // exact: 0.5 <= mantissa < 1
  if (mantissa < 0.70710677F) {               // bring it near 1
    mantissa *= 2.0F;
    exponent -= 1;
  }
  const float f = mantissa - 1.0F;
  float p = 7.0376836292e-2F;
  p = p * f - 1.1514610310e-1F;
  p = p * f + 1.1676998740e-1F;
  p = p * f - 1.2420140846e-1F;
  p = p * f + 1.4249322787e-1F;
  p = p * f - 1.6668057665e-1F;
  p = p * f + 2.0000714765e-1F;
  p = p * f - 2.4999993993e-1F;
  p = p * f + 3.3333331174e-1F;
  // log(1 + f) = f - f^2 / 2 + f^3 p, and ln 2 = 0.693359375 - 0.000212194440, small terms first.
  const auto twos = static_cast<float>(exponent);
  const float small = f * (f * f) * p + twos * -2.12194440e-4F - 0.5F * (f * f);
  return f + small + twos * 0.693359375F;
}

struct Direction {
  float cosine;
  float sine;
};

/// A random direction: the word's upper two bits choose the quadrant, the others an angle from its middle.
inline Direction direction(std::uint32_t word) {
  const auto position = static_cast<std::int32_t>(word % (1U << 30U));  // within the quadrant
  const auto odd = static_cast<float>(2 * position + 1 - (1 << 30));    // -2^30 to 2^30, never 0
  const float angle = odd * (0.785398163F / 1073741824.0F);             // up to an eighth of a turn, radians
  const float square = angle * angle;
  const float sine =
      square * angle * ((-1.9515295891e-4F * square + 8.3321608736e-3F) * square - 1.6666654611e-1F) + angle;
  const float cosine =
      square * square * ((2.443315711809948e-5F * square - 1.388731625493765e-3F) * square + 4.166664568298827e-2F) -
      0.5F * square + 1.0F;
  switch (word >> 30U) {
    case 0:
      return {cosine, sine};
    case 1:
      return {-sine, cosine};
    case 2:
      return {-cosine, -sine};
    default:
      return {sine, -cosine};
  }
}

/// Four standard normal numbers from four random words (Box-Muller): words 0 and 1 give the distances of two points
/// from the origin, words 2 and 3 their directions. Returns both points' x, then both y.
inline std::array<float, 4> normals(const Counter& words) {
  std::array<float, 4> result{};
  for (int point = 0; point < 2; ++point) {
    // In (0, 1]. The smallest, 2^-32, gives a radius of 6.6 standard deviations.
    const float u = static_cast<float>(words[point] >> 1U) / 2147483648.0F + 1.0F / 4294967296.0F;
    const float radius = std::sqrt(-2.0F * logarithm(u));
    const Direction towards = direction(words[point + 2]);
    result[point] = radius * towards.cosine + 0.0F;  // no -0 where the radius is 0
    result[point + 2] = radius * towards.sine + 0.0F;
  }
  return result;
}

/// The four normal numbers of this match, episode, step and slot.
inline std::array<float, 4> normals(MatchKey key, int episode, int step, std::uint32_t slot) {
  return normals(random_words(key, episode, step, slot));
}

}  // namespace matchday::reference
