// Philox4x32-10, the source of all randomness, in both implementations.
#include "sim/tensor/philox.h"

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "sim/reference/random.h"
#include "tests/support/catch.h"
#include "tests/support/extreme_moments.h"

using namespace matchday;
using reference::Counter;

namespace {

struct KnownAnswer {
  Counter counter;
  std::array<std::uint32_t, 2> key;
  Counter answer;
};

/// Random123's known-answer tests for philox4x32 with 10 rounds: zeros, ones, and the digits of pi.
constexpr KnownAnswer known_answers[] = {
    {{0U, 0U, 0U, 0U}, {0U, 0U}, {0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}},
    {{0xffffffffU, 0xffffffffU, 0xffffffffU, 0xffffffffU},
     {0xffffffffU, 0xffffffffU},
     {0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}},
    {{0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U},
     {0xa4093822U, 0x299f31d0U},
     {0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}},
};

std::uint64_t joined(std::array<std::uint32_t, 2> key) { return std::uint64_t{key[1]} << 32 | key[0]; }

/// The tensor implementation for one counter.
Counter tensor_philox(Counter counter, std::array<std::uint32_t, 2> key) {
  tensor::Words words;
  for (std::size_t k = 0; k < 4; ++k) words[k] = at::full({1}, static_cast<std::int64_t>(counter[k]), at::kLong);
  words = tensor::philox(words, joined(key));
  Counter answer{};
  for (std::size_t k = 0; k < 4; ++k) answer[k] = static_cast<std::uint32_t>(words[k].item<std::int64_t>());
  return answer;
}

}  // namespace

TEST_CASE("both philox give Random123's known answers") {
  for (const KnownAnswer& known : known_answers) {
    CHECK(reference::philox(known.counter, known.key) == known.answer);
    CHECK(tensor_philox(known.counter, known.key) == known.answer);
  }
}

TEST_CASE("both philox agree on any counter and key") {
  std::mt19937 generator(5);
  const auto word = [&] { return static_cast<std::uint32_t>(generator()); };
  for (int trial = 0; trial < 1000; ++trial) {
    const Counter counter{word(), word(), word(), word()};
    const std::array key{word(), word()};
    CHECK(tensor_philox(counter, key) == reference::philox(counter, key));
  }
}

TEST_CASE("uniform numbers of matches, episodes, steps and slots agree, at the ends of their ranges too") {
  at_extreme_moments(2048, [](std::uint64_t seed, std::int64_t first_slot, const ExtremeMoments& moments) {
    const at::Tensor numbers = tensor::uniforms(seed, at::tensor(moments.match), at::tensor(moments.episode),
                                                at::tensor(moments.step), first_slot, 3);  // [4, S, B]
    REQUIRE(numbers.sizes() == at::IntArrayRef({4, 3, 4}));
    for (std::int64_t slot = 0; slot < 3; ++slot)
      for (std::size_t b = 0; b < 4; ++b) {
        const auto expected =
            reference::uniforms({seed, static_cast<std::uint32_t>(moments.match[b])}, moments.episode[b],
                                moments.step[b], static_cast<std::uint32_t>(first_slot + slot));
        for (std::int64_t k = 0; k < 4; ++k)
          CHECK(numbers[k][slot][static_cast<std::int64_t>(b)].item<float>() == expected[static_cast<std::size_t>(k)]);
      }
  });
}

TEST_CASE("uniform numbers fill 0 to 1 evenly") {
  constexpr std::int64_t matches = 5000;
  constexpr std::int64_t slots = 10;
  constexpr std::int64_t bins = 1000;
  const at::Tensor numbers = tensor::uniforms(42, at::arange(matches), at::zeros({matches}, at::kInt),
                                              at::ones({matches}, at::kInt), 0, slots);
  CHECK(numbers.min().item<float>() >= 0.0F);
  CHECK(numbers.max().item<float>() < 1.0F);
  CHECK(reference::uniforms({42, 4999}, 0, 1, 9)[3] == numbers[3][9][4999].item<float>());

  const auto chi_square_is_ordinary = [](const at::Tensor& values, std::int64_t count) {
    const double expected = static_cast<double>(values.numel()) / static_cast<double>(count);
    const at::Tensor filled = at::bincount((values * static_cast<double>(count)).to(at::kLong).flatten(), {}, count);
    const double chi_square = ((filled - expected).square().sum() / expected).item<double>();
    const double freedom = static_cast<double>(count - 1);
    INFO("chi-square " << chi_square << " for " << freedom << " degrees of freedom");
    CHECK(std::abs(chi_square - freedom) < 4.0 * std::sqrt(2.0 * freedom));  // four standard deviations
  };
  chi_square_is_ordinary(numbers, bins);
  // Neighbouring words, slots and matches are pairwise independent.
  for (int dim = 0; dim < 3; ++dim) {
    const at::Tensor first = (numbers.narrow(dim, 0, numbers.size(dim) - 1) * 30.0).floor();
    const at::Tensor second = (numbers.narrow(dim, 1, numbers.size(dim) - 1) * 30.0).floor();
    chi_square_is_ordinary((first * 30.0 + second + 0.5) / 900.0, 900);
  }
}
