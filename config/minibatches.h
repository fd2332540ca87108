// Splits the rows of a rollout into PPO's minibatches.
#pragma once

#include <algorithm>
#include <cstdint>

#include "config/config.h"

namespace matchday {

/// Rows split into consecutive minibatches that differ in size by at most one row: a small remainder would move the
/// weights as far as a full minibatch does.
struct Minibatches {
  std::int64_t rows;
  std::int64_t count;

  /// First row of a minibatch; first(count) is the end. Minibatch 0 is one of the largest.
  std::int64_t first(std::int64_t minibatch) const {
    return minibatch * (rows / count) + std::min(minibatch, rows % count);
  }
};

/// The minibatches that the options ask for, as split in each of the shards, which have so many rows; no more than
/// those.
inline Minibatches minibatches_of(const TrainOptions& options, std::int64_t rows, std::int64_t shards = 1) {
  const std::int64_t most = options.minibatch > 0 ? std::max<std::int64_t>(options.minibatch / shards, 1) : 0;
  return {rows, std::min(most > 0 ? (rows + most - 1) / most : options.minibatches, rows)};
}

}  // namespace matchday
