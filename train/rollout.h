// Plays B matches with the learning networks and stores what the update needs.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "policy/network.h"
#include "sim/simulator.h"

namespace matchday {

/// T steps of B matches.
struct Trajectory {
  at::Tensor observation;  ///< float32 [T, 2, B, D]
  at::Tensor pre_squash;   ///< float32 [T, 2, B, 4N]: the samples that the actions were made of
  at::Tensor reward;       ///< float32 [T, B]: A's; B's is its negation
  at::Tensor terminated;   ///< bool [T, B]: the step was its match's last
};

/// One network that both teams share, or A's and B's own.
using TeamNetworks = std::vector<TeamNetwork>;

/// What the networks think both teams should do. observation: float32 [..., 2, B, D] -> [..., 2, B, 4N].
ActionDistribution decide(TeamNetworks& networks, const at::Tensor& observation);

/// Plays `steps` steps with sampled actions, without gradients. shaping: float32 [], scales the shaping rewards.
Trajectory rollout(Simulator& simulator, TeamNetworks& networks, std::int64_t steps, const at::Tensor& shaping);

}  // namespace matchday
