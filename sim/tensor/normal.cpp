#include "sim/tensor/normal.h"

#include <ATen/ATen.h>

#include <initializer_list>

#include "sim/tensor/games.h"

namespace matchday::tensor {
namespace {

/// The first coefficient is that of the highest power.
at::Tensor polynomial(const at::Tensor& x, std::initializer_list<float> coefficients) {
  at::Tensor sum = at::zeros_like(x);
  for (const float coefficient : coefficients) sum.mul_(x).add_(coefficient);
  return sum;
}

/// The natural logarithm of positive normal numbers, by the polynomial of Cephes (single/logf.c).
at::Tensor logarithm(const at::Tensor& x) {
  // x = m 2^exponent with m from sqrt(1/2) to sqrt(2), split by its bits.
  constexpr std::int64_t root_half = 0x3F3504F3;
  constexpr std::int64_t one = 0x3F800000;
  const at::Tensor shifted = x.view(at::kInt) + (one - root_half);
  const at::Tensor exponent = shifted.bitwise_right_shift(23).sub_(127).to(at::kFloat);
  const at::Tensor f = (shifted.bitwise_and(0x007FFFFF) + root_half).view(at::kFloat) - 1.0;
  const at::Tensor p =
      polynomial(f, {7.0376836292e-2F, -1.1514610310e-1F, 1.1676998740e-1F, -1.2420140846e-1F, 1.4249322787e-1F,
                     -1.6668057665e-1F, 2.0000714765e-1F, -2.4999993993e-1F, 3.3333331174e-1F});
  const at::Tensor square = f * f;
  const at::Tensor small = f * square * p + exponent * -2.12194440e-4F - square * 0.5;
  return f + small + exponent * 0.693359375;
}

struct Direction {
  at::Tensor cosine;
  at::Tensor sine;
};

/// The directions that words encode, by the polynomials of Cephes (single/sinf.c).
Direction direction(const at::Tensor& word) {
  const at::Tensor quadrant = word.bitwise_right_shift(30);
  const at::Tensor odd = word.bitwise_and(0x3FFFFFFF) * 2 - 0x3FFFFFFF;  // never 0
  const at::Tensor angle = odd.to(at::kInt).to(at::kFloat) * (0.785398163F * 0x1p-30F);
  const at::Tensor square = angle * angle;
  const at::Tensor sine =
      square * angle * polynomial(square, {-1.9515295891e-4F, 8.3321608736e-3F, -1.6666654611e-1F}) + angle;
  const at::Tensor cosine =
      square * square * polynomial(square, {2.443315711809948e-5F, -1.388731625493765e-3F, 4.166664568298827e-2F}) -
      square * 0.5 + 1.0;
  const at::Tensor even = quadrant.bitwise_and(1) == 0;
  const at::Tensor x = at::where(even, cosine, sine);
  const at::Tensor y = at::where(even, sine, cosine);
  return {at::where((quadrant == 1).logical_or_(quadrant == 2), -x, x), at::where(quadrant >= 2, -y, y)};
}

/// Distance from the origin, of a uniform u from 2^-32 to 1.
at::Tensor radius(const at::Tensor& word) {
  const at::Tensor u = word.bitwise_right_shift(1).to(at::kInt).to(at::kFloat) * 0x1p-31 + 0x1p-32;
  return exact_sqrt(logarithm(u) * -2.0);
}

}  // namespace

at::Tensor normals(const Words& words) {
  // Box-Muller: two points of the plane. + 0 avoids -0 where the radius is 0.
  const at::Tensor distance = radius(at::stack({words[0], words[1]}));
  const Direction towards = direction(at::stack({words[2], words[3]}));
  return at::cat({distance * towards.cosine, distance * towards.sine}).add_(0.0);
}

at::Tensor normals(std::uint64_t seed, const at::Tensor& match, const at::Tensor& episode, const at::Tensor& step,
                   std::int64_t first_slot, std::int64_t slots) {
  return normals(random_words(seed, match, episode, step, first_slot, slots));
}

}  // namespace matchday::tensor
