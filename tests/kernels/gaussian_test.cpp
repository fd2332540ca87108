// Standard normal numbers, whose bits are the same in all implementations, and the actions sampled with them.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "kernels/sample.h"
#include "sim/reference/normal.h"
#include "sim/tensor/normal.h"
#include "tests/support/catch.h"
#include "tests/support/extreme_moments.h"
#include "tests/support/scenarios.h"

using namespace matchday;
using reference::Counter;

namespace {

/// float32 [4, S, B]: the normal numbers under test.
at::Tensor many_normals(std::uint64_t seed, const at::Tensor& match, int episode, int step, std::int64_t slots) {
  return tensor::normals(seed, match, at::full_like(match, episode), at::full_like(match, step), 1024, slots);
}

double average(const at::Tensor& numbers) { return numbers.mean(at::kDouble).item<double>(); }

double normal_beyond(double x) { return 0.5 * std::erfc(x / std::numbers::sqrt2); }

/// 1 * 3 * 5 * ... * n: the normal distribution's moment n + 1.
double odd_factorial(int n) { return n <= 1 ? 1.0 : n * odd_factorial(n - 2); }

/// The largest difference between the share of numbers below x and the normal distribution's, times the square root of
/// their count (Kolmogorov and Smirnov).
double kolmogorov_smirnov(const at::Tensor& sorted) {
  const auto count = static_cast<double>(sorted.numel());
  const at::Tensor expected = at::erfc(sorted * (-0.5 * std::numbers::sqrt2)) * 0.5;
  const at::Tensor above = at::arange(1, sorted.numel() + 1, at::kDouble).div_(count).sub_(expected);
  // Just below each number the share is 1 / count smaller.
  return std::max(above.max().item<double>(), 1.0 / count - above.min().item<double>()) * std::sqrt(count);
}

/// Words at the ends of the bit fields taken from them (31 bits; 2 and 30 bits), and where float32 starts to round.
const std::vector<std::uint32_t> extreme_words{
    0U,          1U,          2U,          3U,          0x00FFFFFFU, 0x01000000U, 0x1FFFFFFFU,
    0x20000000U, 0x3FFFFFFFU, 0x40000000U, 0x5FFFFFFFU, 0x60000000U, 0x7FFFFFFFU, 0x80000000U,
    0x9FFFFFFFU, 0xA0000000U, 0xB504F333U, 0xB504F334U, 0xBFFFFFFFU, 0xC0000000U, 0xDFFFFFFFU,
    0xE0000000U, 0xFFFFFE00U, 0xFFFFFF7FU, 0xFFFFFF80U, 0xFFFFFFFEU, 0xFFFFFFFFU};

/// All pairs of extreme words, and many random ones.
std::vector<Counter> words_to_try() {
  std::vector<Counter> all;
  for (const std::uint32_t a : extreme_words)
    for (const std::uint32_t b : extreme_words) all.push_back({a, b, b, a});
  std::mt19937 generator(5);
  const auto word = [&] { return static_cast<std::uint32_t>(generator()); };
  for (int trial = 0; trial < 100000; ++trial) all.push_back({word(), word(), word(), word()});
  return all;
}

/// The numbers' bits, to compare them: equal numbers may differ in bits (0 and -0).
std::array<std::uint32_t, 4> bits(const std::array<float, 4>& numbers) {
  return std::bit_cast<std::array<std::uint32_t, 4>>(numbers);
}
std::array<std::uint32_t, 4> bits(const kernels::Normals<float>& numbers) {
  return std::bit_cast<std::array<std::uint32_t, 4>>(numbers);
}

/// The error of a float32 result in units in the last place.
double ulps(float result, double exact) {
  int exponent = 0;
  std::frexp(exact, &exponent);
  return std::abs(result - exact) / std::ldexp(1.0, exponent - 24);
}

}  // namespace

TEST_CASE("all tellings turn words into the same normal numbers, bit for bit") {
  const std::vector<Counter> words = words_to_try();
  const auto count = static_cast<std::int64_t>(words.size());
  at::Tensor expected = at::empty({4, count});
  tensor::Words as_tensors;
  for (at::Tensor& word : as_tensors) word = at::empty({count}, at::kLong);
  int different = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const Counter& w = words[static_cast<std::size_t>(i)];
    const std::array<float, 4> numbers = reference::normals(w);
    if (bits(numbers) != bits(kernels::normals<float>({{w[0], w[1], w[2], w[3]}}))) ++different;
    for (std::size_t k = 0; k < 4; ++k) {
      expected.mutable_data_ptr<float>()[static_cast<std::int64_t>(k) * count + i] = numbers[k];
      as_tensors[k].mutable_data_ptr<std::int64_t>()[i] = w[k];
    }
  }
  CHECK(different == 0);
  CHECK(same_bits(tensor::normals(as_tensors), expected));
}

TEST_CASE("normal numbers of matches, episodes, steps and slots agree, at the ends of their ranges too") {
  at_extreme_moments(1024, [](std::uint64_t seed, std::int64_t first_slot, const ExtremeMoments& moments) {
    const at::Tensor numbers = tensor::normals(seed, at::tensor(moments.match), at::tensor(moments.episode),
                                               at::tensor(moments.step), first_slot, 3);
    REQUIRE(numbers.sizes() == at::IntArrayRef({4, 3, 4}));
    REQUIRE(numbers.scalar_type() == at::kFloat);
    for (std::int64_t s = 0; s < 3; ++s)
      for (std::size_t b = 0; b < 4; ++b) {
        const auto m = static_cast<std::uint32_t>(moments.match[b]);
        const auto slot = static_cast<std::uint32_t>(first_slot + s);
        const std::array<float, 4> expected = reference::normals({seed, m}, moments.episode[b], moments.step[b], slot);
        CHECK(bits(kernels::noise_at<float>(m, moments.episode[b], moments.step[b], slot, seed)) == bits(expected));
        CHECK(same_bits(numbers.select(1, s).select(1, static_cast<std::int64_t>(b)), at::tensor(expected)));
      }
  });
}

TEST_CASE("normal numbers are finite, reach 6.6 standard deviations and are never negative zero") {
  float largest = 0.0F;
  int zeros = 0;
  int wrong = 0;
  for (const Counter& words : words_to_try())
    for (const float number : reference::normals(words)) {
      if (!std::isfinite(number) || (number == 0.0F && std::signbit(number))) ++wrong;
      if (number == 0.0F) ++zeros;
      largest = std::max(largest, number);
    }
  CHECK(wrong == 0);
  CHECK(zeros > 0);  // the words include a uniform number of 1
  CHECK(largest == Approx(std::sqrt(64.0 * std::numbers::ln2)).epsilon(1e-6));

  // A quarter turn later x has become y, and y has become -x.
  const auto before = reference::normals(Counter{1U << 20, 1U << 30, 12345U, 0x3FFFFFFFU});
  const auto after = reference::normals(Counter{1U << 20, 1U << 30, 0x40000000U + 12345U, 0x7FFFFFFFU});
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(after[k + 2] == before[k]);
    CHECK(after[k] == -before[k + 2]);
  }
}

TEST_CASE("ten million numbers follow the normal distribution, in its body and its tails", "[slow]") {
  const at::Tensor numbers = many_normals(42, at::arange(50000), 0, 1, 50).flatten();
  const auto count = static_cast<double>(numbers.numel());
  REQUIRE(count == 1e7);

  const at::Tensor exact = numbers.to(at::kDouble);
  at::Tensor power = at::ones_like(exact);
  for (int k = 1; k <= 6; ++k) {
    power.mul_(exact);
    const double expected = k % 2 == 0 ? odd_factorial(k - 1) : 0.0;
    const double deviation = std::sqrt((odd_factorial(2 * k - 1) - expected * expected) / count);
    INFO("moment " << k);
    CHECK(average(power) == Approx(expected).margin(4.0 * deviation));
  }

  const at::Tensor sorted = std::get<0>(numbers.sort()).to(at::kDouble);
  CHECK(kolmogorov_smirnov(sorted) < 1.95);  // exceeded by chance once in 1000 times
  CHECK(kolmogorov_smirnov(sorted * 1.004) > 1.95);
  CHECK(kolmogorov_smirnov(sorted + 0.002) > 1.95);

  for (const double x : {0.5, 1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0})
    for (const bool upper : {false, true}) {
      const double expected = normal_beyond(x) * count;
      const double found = (upper ? numbers > x : numbers < -x).sum().item<double>();
      INFO((upper ? "above " : "below -") << x);
      CHECK(found == Approx(expected).margin(4.0 * std::sqrt(expected * (1.0 - expected / count))));
    }
  CHECK((numbers.abs() > 5.0).any().item<bool>());  // 5.7 are expected
}

TEST_CASE("normal numbers of different components, players, matches, steps, episodes and seeds are independent",
          "[slow]") {
  const at::Tensor match = at::arange(2000);
  std::vector<at::Tensor> seeds;
  for (const std::uint64_t seed : {7U, 8U, 9U}) {
    std::vector<at::Tensor> episodes;
    for (int episode = 0; episode < 3; ++episode) {
      std::vector<at::Tensor> steps;
      for (int step = 0; step < 4; ++step) steps.push_back(many_normals(seed, match, episode, step, 10));
      episodes.push_back(at::stack(steps));
    }
    seeds.push_back(at::stack(episodes));
  }
  const at::Tensor numbers = at::stack(seeds);  // [seed, episode, step, component, slot, match]

  // The mean of n products of independent zero-mean numbers has the product of their deviations over sqrt(n) as its
  // deviation. A normal number has deviation 1, its square sqrt(2).
  const auto check_uncorrelated = [](const at::Tensor& a, const at::Tensor& b) {
    const double root = std::sqrt(static_cast<double>(a.numel()));
    CHECK(std::abs(average(a * b)) * root < 4.0);
    CHECK(std::abs(average((a.square() - 1.0) * (b.square() - 1.0))) * root / 2.0 < 4.0);
    CHECK(std::abs(average((a.square() - 1.0) * b)) * root / std::numbers::sqrt2 < 4.0);
  };
  const std::array<std::string, 6> names{"seed", "episode", "step", "component", "slot", "match"};
  for (std::int64_t dim = 0; dim < 6; ++dim)
    for (const std::int64_t apart : {1, 2, 3}) {
      if (apart >= numbers.size(dim)) continue;
      INFO(names[static_cast<std::size_t>(dim)] << "s that lie " << apart << " apart");
      const std::int64_t pairs = numbers.size(dim) - apart;
      check_uncorrelated(numbers.narrow(dim, 0, pairs), numbers.narrow(dim, apart, pairs));
    }
  for (int k = 0; k < 4; ++k)
    for (int l = 0; l < k; ++l) {
      INFO("components " << k << " and " << l);
      check_uncorrelated(numbers.select(3, k), numbers.select(3, l));
    }
}

TEST_CASE("logarithm, exponential and tanh are right to three units in the last place") {
  for (float x = 0x1p-32F; x < 4.0F; x *= 1.0003F) {
    INFO(x);
    REQUIRE(ulps(kernels::logarithm(x), std::log(static_cast<double>(x))) < 1.0);
  }
  for (float x = -87.0F; x < 88.0F; x += 0.0043F) {
    INFO(x);
    const kernels::Exponential<float> e = kernels::exponential(x);
    REQUIRE(ulps(e.value(), std::exp(static_cast<double>(x))) < 1.0);
    REQUIRE(ulps(e.minus_one(), std::expm1(static_cast<double>(x))) < 2.0);
  }
  for (float size = 1e-30F; size < 1e30F; size *= 1.003F)
    for (const float x : {size, -size}) {
      INFO(x);
      const float tanh = kernels::squashed(x).tanh;
      REQUIRE(ulps(tanh, std::tanh(static_cast<double>(x))) < 3.0);
      REQUIRE(std::abs(tanh) <= 1.0F);
    }
  CHECK(kernels::logarithm(1.0F) == 0.0F);
  CHECK(kernels::exponential(0.0F).value() == 1.0F);
  CHECK(kernels::exponential(-1000.0F).value() == kernels::exponential(-87.0F).value());
  CHECK(std::isfinite(kernels::exponential(1000.0F).value()));
  CHECK(std::isnan(kernels::exponential(NAN).value()));
  CHECK(std::isnan(kernels::squashed(NAN).tanh));
  for (const float zero : {0.0F, -0.0F}) CHECK(std::bit_cast<std::uint32_t>(kernels::squashed(zero).tanh) == 0);
}

TEST_CASE("a drawn action and its log-probability are the closed form") {
  std::mt19937 generator(5);
  std::normal_distribution<float> normal;
  for (const bool squash : {false, true})
    for (const float spread : {1.0F, 100.0F})  // 100: squashed numbers in the hundreds
      for (int trial = 0; trial < 10000; ++trial) {
        float mean[4];
        float log_std[4];
        kernels::Normals<float> noise{};
        for (int k = 0; k < 4; ++k) {
          mean[k] = spread * normal(generator);
          log_std[k] = normal(generator) - 1.0F;
          noise.number[k] = normal(generator);
        }
        const kernels::Sample<float> drawn = kernels::sample(mean, log_std, noise, squash);

        double log_prob = 0.0;
        double size = 0.0;  // of the sum's terms; its rounding errors grow with it
        for (int k = 0; k < 4; ++k) {
          const double z = noise.number[k];
          const double u = drawn.pre_squash[k];
          const double expected = mean[k] + std::exp(static_cast<double>(log_std[k])) * z;
          const double density = -0.5 * z * z - log_std[k] - 0.5 * std::log(2.0 * std::numbers::pi);
          const double log_slope = squash ? -2.0 * std::log(std::cosh(u)) : 0.0;
          REQUIRE(u == Approx(expected).epsilon(2e-7).margin(3e-7 * std::abs(mean[k])));
          REQUIRE(drawn.action[k] == Approx(squash ? std::tanh(u) : u).epsilon(2e-7));
          log_prob += density - log_slope;
          size += 0.5 * z * z + std::abs(log_std[k]) + 1.0 + std::abs(log_slope);
        }
        REQUIRE(std::abs(drawn.log_prob - log_prob) < 2e-7 * size);
      }
}
