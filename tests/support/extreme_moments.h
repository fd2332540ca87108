// Random number counters and keys at the ends of their ranges.
#pragma once

#include <cstdint>
#include <vector>

namespace matchday {

/// Four matches with their episodes and steps.
struct ExtremeMoments {
  static constexpr std::int64_t last_match = 0xFFFFFFFF;
  static constexpr int last = 0x7FFFFFFF;
  std::vector<std::int64_t> match{0, 1, 65535, last_match};
  std::vector<int> episode{0, 3, 1000, last};
  std::vector<int> step{0, 180, last, 1};
};

/// Calls act(seed, first_slot, moments) for several seeds, and for the first slot, `slot` and the last three.
template <class Act>
void at_extreme_moments(std::int64_t slot, const Act& act) {
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1} << 40 | 7, ~std::uint64_t{0}})
    for (const std::int64_t first_slot : {std::int64_t{0}, slot, ExtremeMoments::last_match - 2})
      act(seed, first_slot, ExtremeMoments{});
}

}  // namespace matchday
