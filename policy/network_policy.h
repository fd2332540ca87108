// A network's decisions as a policy.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "policy/network.h"
#include "policy/policy.h"

namespace matchday {

/// What was drawn for both teams.
struct DrawnActions {
  at::Tensor pre_squash;  ///< float32 [2, B, 4N]: the samples
  at::Tensor action;      ///< float32 [2, B, N, 4]: the actions that they stand for
  at::Tensor log_prob;    ///< float32 [2, B, N]: of each player's action
};

/// Draws what both teams do at the matches' present step. distribution: over float32 [2, B, 4N].
DrawnActions draw(const Simulator& simulator, const ActionDistribution& distribution);

enum class Decisions {
  mean,     ///< the middle of the distribution, always the same
  sampled,  ///< drawn from it, as in training
};

/// A network's decisions. The network is shared, not copied.
Policy network_policy(std::string name, const TeamNetwork& network, Decisions decisions);

}  // namespace matchday
