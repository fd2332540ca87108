// What a training run needs besides its networks to go on exactly as it would have gone on.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "sim/match_state.h"
#include "train/adam.h"
#include "train/opponents.h"

namespace matchday {

struct TrainingState {
  std::vector<AdamState> optimisers;  ///< of each network
  PoolState pool;                     ///< without tensors if there is no pool
  MatchState matches;
  at::Tensor bad_numbers;  ///< int64 []: non-finite actions so far
  at::Tensor order;        ///< uint8 [n]: the generator of the samples' order
};

/// Its tensors by the names that they have in a file.
std::map<std::string, at::Tensor> named_tensors(const TrainingState& state);

/// The state that was saved as these tensors, which may come from a broken file. like: one of the same run, by these
/// rules, whose shapes and types it must have. Throws BadInput, naming `where` and the tensor.
TrainingState training_state(const std::map<std::string, at::Tensor>& tensors, const TrainingState& like,
                             const Rules& rules, const std::string& where);

}  // namespace matchday
