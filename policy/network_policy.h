// A network's decisions as a policy.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "policy/network.h"
#include "policy/policy.h"

namespace matchday {

/// Whether the actions of B's network must be rotated: it decides in B's own view, but the game takes actions as seen
/// from above.
bool rotates_actions_of_b(const Rules& rules, const NetworkOptions& options);

/// What both teams' networks read: float32 [2, B, R, D].
at::Tensor observe(const Simulator& simulator, const NetworkOptions& options);

/// How such networks' actions are drawn where their kernel draws them, which has the distribution itself.
Drawing drawing_of_kernel(const Rules& rules, const NetworkOptions& options);

/// What a rollout step draws both teams' actions from. distribution: over float32 [2, B, R, K], contiguous.
Drawing drawing(const Rules& rules, const NetworkOptions& options, const ActionDistribution& distribution);

enum class Decisions {
  mean,     ///< the mean of the distribution, deterministic
  sampled,  ///< drawn from it, as in training
};

/// A network's decisions. The network is shared, not copied.
Policy network_policy(std::string name, const Network& network, Decisions decisions);

/// The policy of one network for both teams, or of two: A's and B's.
Policy team_policy(const std::string& name, const std::vector<Network>& networks, Decisions decisions);

}  // namespace matchday
