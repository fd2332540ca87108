// The state besides its networks that a training run needs to be resumed exactly.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "sim/match_state.h"
#include "train/adam.h"
#include "train/opponents.h"

namespace matchday {

struct TrainingState {
  std::int64_t iteration = 0;  ///< iterations and match-steps so far
  std::int64_t match_steps = 0;
  Networks networks;                  ///< that learn: one that both teams share, or A's and B's own
  std::vector<AdamState> optimisers;  ///< of each network
  PoolState pool;                     ///< without tensors if there is no pool
  MatchState matches;
  at::Tensor nonfinite_actions;  ///< int64 []: non-finite actions so far
  at::Tensor order;              ///< uint8 [n]: state of the generator of the samples' order
};

}  // namespace matchday
