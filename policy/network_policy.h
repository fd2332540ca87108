// A network's decisions as a policy.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "policy/network.h"
#include "policy/policy.h"

namespace matchday {

/// What both teams' networks read: float32 [2, B, R, D].
at::Tensor observe(const Simulator& simulator, const NetworkOptions& options);

/// What was drawn for both teams.
struct DrawnActions {
  at::Tensor pre_squash;  ///< float32 [2, B, R, K]: the samples
  at::Tensor action;      ///< float32 [2, B, N, 4]: the actions that they stand for, in the views the simulator wants
  at::Tensor log_prob;    ///< float32 [2, B, R]: of what a row decides
};

/// Draws what both teams do at the matches' present step. distribution: over float32 [2, B, R, K].
DrawnActions draw(const Simulator& simulator, const NetworkOptions& options, const ActionDistribution& distribution);

enum class Decisions {
  mean,     ///< the middle of the distribution, always the same
  sampled,  ///< drawn from it, as in training
};

/// A network's decisions. The network is shared, not copied.
Policy network_policy(std::string name, const Network& network, Decisions decisions);

}  // namespace matchday
