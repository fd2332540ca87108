// What decides for a team: a network or a scripted bot, behind one interface.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "policy/network.h"
#include "sim/simulator.h"

namespace matchday {

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
