// A network's decisions as a policy.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "policy/network.h"
#include "policy/policy.h"

namespace matchday {

/// Whether what B's network decides must be turned: it sees its own side where the game takes actions as seen from
/// above.
bool turns_actions_of_b(const Rules& rules, const NetworkOptions& options);

/// What both teams' networks read: float32 [2, B, R, D].
at::Tensor observe(const Simulator& simulator, const NetworkOptions& options);

/// What was drawn for both teams.
struct DrawnActions {
  at::Tensor pre_squash;  ///< float32 [2, B, R, K]: the samples
  at::Tensor action;      ///< float32 [2, B, N, 4]: the actions that they stand for, in the views the simulator wants
  at::Tensor log_prob;    ///< float32 [2, B, N]: of each player's sample
};

/// Draws what both teams do at the matches' present step. distribution: over float32 [2, B, R, K].
DrawnActions draw(const Simulator& simulator, const NetworkOptions& options, const ActionDistribution& distribution);

/// What a rollout wants of a step.
struct PlayOptions {
  at::Tensor bots;                  ///< int32 [2, B]: the Bot that moves each team, or Bot::nobody; undefined: nobody
  at::Tensor shaping;               ///< float32 [], scales the shaping rewards
  bool next_match_at_once = false;  ///< where a match is over the next one starts
};

/// `draw`, the step of that, the next match where one is over, and what the networks see then, in one. Writes into
/// tensors of the caller's; observation: float32 [2, B, R, D].
void play(Simulator& simulator, const NetworkOptions& options, const ActionDistribution& distribution,
          const PlayOptions& play, const native::Played& into);

enum class Decisions {
  mean,     ///< the middle of the distribution, always the same
  sampled,  ///< drawn from it, as in training
};

/// A network's decisions. The network is shared, not copied.
Policy network_policy(std::string name, const Network& network, Decisions decisions);

/// The same of one network for both sides, or of two: A's and B's own.
Policy team_policy(const std::string& name, const std::vector<Network>& networks, Decisions decisions);

}  // namespace matchday
