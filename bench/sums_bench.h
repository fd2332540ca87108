// What it takes several ranks to add up a gradient.
#pragma once

#include "train/ranks.h"

namespace matchday::bench {

/// Seconds of one sum of so many float32 numbers over all shards: the best of several runs of `seconds` each. All ranks
/// call it. Throws std::logic_error if the sum is wrong.
double seconds_of_sum(const Ranks& ranks, at::Device device, std::int64_t numbers, double seconds);

}  // namespace matchday::bench
