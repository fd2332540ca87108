// What decides for a team: a network or a scripted bot, behind one interface.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "policy/network.h"
#include "sim/simulator.h"

namespace matchday {

/// What was drawn for both teams.
struct DrawnActions {
  at::Tensor pre_squash;  ///< float32 [2, B, 4N]: the samples
  at::Tensor action;      ///< float32 [2, B, N, 4]: the actions that they stand for
  at::Tensor log_prob;    ///< float32 [2, B, N]: of each player's action
};

/// Draws what both teams do at the matches' present step. distribution: over float32 [2, B, 4N].
DrawnActions draw(const Simulator& simulator, const ActionDistribution& distribution);

/// `act` gives the actions of team 0 (A) or 1 (B) in all matches, float32 [B, N, 4] in that team's view.
struct Policy {
  std::string name;
  std::function<at::Tensor(const Simulator& simulator, int team)> act;
};

enum class Decisions {
  mean,     ///< the middle of the distribution, always the same
  sampled,  ///< drawn from it, as in training
};

/// A network's decisions. The network is shared, not copied.
Policy network_policy(std::string name, const TeamNetwork& network, Decisions decisions);

/// Every action component is normal noise, clipped to +-1.
Policy random_bot();

/// Every player runs at where the ball will be in a step and kicks it towards the other goal.
Policy chaser_bot();

/// The bots' names, from weakest to strongest, and the bot of that name. Throws BadInput for another name.
std::vector<std::string> bot_names();
Policy make_bot(const std::string& name);

}  // namespace matchday
