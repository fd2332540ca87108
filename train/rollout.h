// Plays B matches with the learning networks and stores what the update needs.
//
// A side is one team in one match. The sides that learn come first in [2B]: A's of all B matches, then B's of the S
// matches in which the team plays itself. In the other matches B is an opponent that does not learn.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "policy/network.h"
#include "sim/simulator.h"
#include "train/opponents.h"
#include "train/workers.h"

namespace matchday {

/// T steps of B matches, L = B + S sides that learn, each of R rows (players, or the team).
struct Trajectory {
  at::Tensor observation;       ///< float32 [T, L, R, D]
  at::Tensor pre_squash;        ///< float32 [T, L, R, K]: the samples that the actions were made of
  at::Tensor log_prob;          ///< float32 [T, L, R]: of these, under the networks that played
  at::Tensor reward;            ///< float32 [T, B]: A's; B's is its negation
  at::Tensor terminated;        ///< bool [T, B]: the step was its match's last
  at::Tensor last_observation;  ///< float32 [L, R, D]: after the last step
  at::Tensor goals;             ///< int64 []: scored by both teams in all matches
};

/// One network that both teams share, or A's and B's own.
using Networks = std::vector<Network>;

struct RolloutOptions {
  std::int64_t steps = 0;
  at::Tensor shaping;               ///< float32 [], scales the shaping rewards
  bool next_match_at_once = false;  ///< where a match is over the next one starts, within the rollout
};

/// Plays with sampled actions, without gradients, from where the matches stand.
Trajectory rollout(Simulator& simulator, const Networks& networks, Opponents& opponents, Workers& workers,
                   const RolloutOptions& options);

}  // namespace matchday
