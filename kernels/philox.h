// Philox4x32-10, a counter-based random number generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011): ten rounds turn a counter and a key into 128 random bits. rules/randomness.h says what the counter is.
#pragma once

#include "kernels/lanes.h"
#include "rules/randomness.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// The upper 32 bits of a product.
MATCHDAY_HOST_DEVICE std::uint32_t multiply_high(std::uint32_t a, std::uint32_t b) {
#if defined(__CUDA_ARCH__)
  return __umulhi(a, b);
#else
  return static_cast<std::uint32_t>(std::uint64_t{a} * b >> 32);
#endif
}

/// Four words of the match in each lane.
template <class Word>
struct RandomWords {
  Word word[4];
};

/// The ten rounds.
template <class Word>
MATCHDAY_HOST_DEVICE RandomWords<Word> philox(RandomWords<Word> counter, std::uint64_t key) {
  auto key0 = static_cast<std::uint32_t>(key);
  auto key1 = static_cast<std::uint32_t>(key >> 32);
  MATCHDAY_UNROLL
  for (int round = 0; round < 10; ++round) {
    const Word* c = counter.word;
    counter = {{multiply_high(c[2], 0xCD9E8D57U) ^ c[1] ^ key0, c[2] * 0xCD9E8D57U,
                multiply_high(c[0], 0xD2511F53U) ^ c[3] ^ key1, c[0] * 0xD2511F53U}};
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  return counter;
}

/// The upper 24 bits of a word as a number in [0, 1).
MATCHDAY_HOST_DEVICE float uniform(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word >> 8)) * uniform_scale;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
