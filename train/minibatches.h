// How the rows of a rollout are shared out among the steps of PPO's optimiser.
#pragma once

#include <algorithm>
#include <cstdint>

#include "train/config.h"

namespace matchday {

/// Rows cut into minibatches that follow on each other and differ in size by at most one row: a small one, left over,
/// would move the weights as far as the others do.
struct Minibatches {
  std::int64_t rows;
  std::int64_t count;

  /// Where a minibatch begins; one past the last begins at the end. The first is one of the largest.
  std::int64_t first(std::int64_t minibatch) const {
    return minibatch * (rows / count) + std::min(minibatch, rows % count);
  }
};

/// As the options want them; no more than there are rows.
inline Minibatches minibatches_of(const TrainOptions& options, std::int64_t rows) {
  const std::int64_t most = options.minibatch;  // rows of one
  return {rows, std::min(most > 0 ? (rows + most - 1) / most : options.minibatches, rows)};
}

}  // namespace matchday
