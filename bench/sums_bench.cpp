#include "bench/sums_bench.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include "bench/clock.h"

namespace matchday::bench {

double seconds_of_sum(const Ranks& ranks, at::Device device, std::int64_t numbers, double seconds) {
  // Every shard's numbers are its own, from 1: the sum of all is known.
  std::vector<at::Tensor> own;
  for (std::int64_t k = 0; k < ranks.own_shards(); ++k)
    own.push_back(at::full({numbers}, static_cast<double>(ranks.first_shard() + k + 1),
                           at::TensorOptions(device).dtype(at::kFloat)));
  const auto shards = static_cast<double>(ranks.shards());
  if (!ranks.sum(own).eq(shards * (shards + 1.0) / 2.0).all().item<bool>())
    throw std::logic_error("the sum over all shards is wrong");
  const auto seconds_of = [&](std::int64_t count) {
    const double start = now();
    for (std::int64_t k = 0; k < count; ++k) ranks.sum(own);
    finish(device);
    return (now() - start) / static_cast<double>(count);
  };
  seconds_of(1);  // connections are made
  // All ranks must make as many sums.
  const auto count = static_cast<std::int64_t>(ranks.from_leader(std::max(1.0, seconds / seconds_of(3))));
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < runs; ++run) best = std::min(best, seconds_of(count));
  return best;
}

}  // namespace matchday::bench
