// Philox4x32-10, a counter-based random number generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011): ten rounds turn a counter and a key into 128 random bits.
#pragma once

#include <array>
#include <cstdint>

#include "rules/randomness.h"
#include "sim/reference/game_state.h"

namespace matchday::reference {

using Counter = std::array<std::uint32_t, 4>;

inline Counter philox(Counter counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53U} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57U} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
  }
  return counter;
}

/// The four words of this match, episode, step and slot (rules/randomness.h).
inline Counter random_words(MatchKey key, int episode, int step, std::uint32_t slot) {
  return philox({key.match, static_cast<std::uint32_t>(episode), static_cast<std::uint32_t>(step), slot},
                {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)});
}

/// Four uniform numbers in [0, 1).
inline std::array<float, 4> uniforms(MatchKey key, int episode, int step, std::uint32_t slot) {
  const Counter words = random_words(key, episode, step, slot);
  std::array<float, 4> result{};
  for (int k = 0; k < 4; ++k) result[k] = static_cast<float>(words[k] >> 8) * uniform_scale;
  return result;
}

}  // namespace matchday::reference
