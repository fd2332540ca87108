#include "sim/tensor/philox.h"

#include <ATen/ATen.h>

#include "rules/randomness.h"

namespace matchday::tensor {
namespace {

constexpr std::int64_t low_32_bits = 0xFFFFFFFF;

struct Product {
  at::Tensor high;
  at::Tensor low;
};

/// The 64-bit product of 32-bit words by a constant, in halves. It may wrap into the sign bit, which the masks undo.
Product multiply(const at::Tensor& words, std::int64_t constant) {
  const at::Tensor product = words * constant;
  return {at::bitwise_right_shift(product, 32).bitwise_and_(low_32_bits), product.bitwise_and(low_32_bits)};
}

}  // namespace

Words philox(Words counter, std::uint64_t key) {
  auto key0 = static_cast<std::uint32_t>(key);
  auto key1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    Product first = multiply(counter[0], 0xD2511F53);
    Product second = multiply(counter[2], 0xCD9E8D57);
    counter = {second.high.bitwise_xor(counter[1]).bitwise_xor_(static_cast<std::int64_t>(key0)), second.low,
               first.high.bitwise_xor(counter[3]).bitwise_xor_(static_cast<std::int64_t>(key1)), first.low};
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  return counter;
}

Words random_words(std::uint64_t seed, const at::Tensor& match, const at::Tensor& episode, const at::Tensor& step,
                   std::int64_t first_slot, std::int64_t slots) {
  const at::TensorOptions words = match.options().dtype(at::kLong);
  const at::Tensor slot = at::arange(first_slot, first_slot + slots, words).unsqueeze(1);
  const std::vector<at::Tensor> counter =
      at::broadcast_tensors({match.to(at::kLong), episode.to(at::kLong), step.to(at::kLong), slot});
  return philox({counter[0], counter[1], counter[2], counter[3]}, seed);
}

at::Tensor uniforms(std::uint64_t seed, const at::Tensor& match, const at::Tensor& episode, const at::Tensor& step,
                    std::int64_t first_slot, std::int64_t slots) {
  return at::stack(random_words(seed, match, episode, step, first_slot, slots))
      .bitwise_right_shift_(8)
      .to(at::kFloat)
      .mul_(uniform_scale);
}

}  // namespace matchday::tensor
