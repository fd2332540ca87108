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

/// The actions drawn for both teams.
struct DrawnActions {
  at::Tensor pre_squash;  ///< float32 [2, B, R, K]: the samples
  at::Tensor action;      ///< float32 [2, B, N, 4]: the actions of these samples, in the views that the simulator takes
  at::Tensor log_prob;    ///< float32 [2, B, N]: of each player's sample
};

/// Draws both teams' actions at the matches' current step. distribution: over float32 [2, B, R, K].
DrawnActions draw(const Simulator& simulator, const NetworkOptions& options, const ActionDistribution& distribution);

/// Options of a rollout step.
struct RolloutStepOptions {
  at::Tensor bots;         ///< int32 [2, B]: the Bot that moves each team, or Bot::nobody; undefined: no bots
  at::Tensor shaping;      ///< float32 [], scales the shaping rewards
  bool autoreset = false;  ///< starts the next match where one is over
};

/// In one call: draws actions, plays the step, starts the next match where one is over, and observes. Writes into the
/// caller's tensors; observation: float32 [2, B, R, D].
void rollout_step(Simulator& simulator, const NetworkOptions& options, const ActionDistribution& distribution,
                  const RolloutStepOptions& options_of_step, const native::RolloutStep& into);

enum class Decisions {
  mean,     ///< the mean of the distribution, deterministic
  sampled,  ///< drawn from it, as in training
};

/// A network's decisions. The network is shared, not copied.
Policy network_policy(std::string name, const Network& network, Decisions decisions);

/// The policy of one network for both teams, or of two: A's and B's.
Policy team_policy(const std::string& name, const std::vector<Network>& networks, Decisions decisions);

}  // namespace matchday
