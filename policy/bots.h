// Scripted teams, a ladder to measure trained ones against.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"
#include "rules/bots.h"

namespace matchday {

/// The names of the bots that may be trained against, from weakest to strongest.
std::vector<std::string> bot_names();

/// And of those that are kept out of all training.
std::vector<std::string> unseen_bot_names();

/// The bot of that name, of either kind. Throws BadInput for another name.
Bot find_bot(const std::string& name);

/// The same as a policy, for any rules and any number of players.
Policy make_bot(const std::string& name);

/// Writes what bots do at the matches' present step, all of them in one go. bots: int32 [2, B], the Bot that moves each
/// team; action: float32 [2, B, N, 4], contiguous, in which the rows of teams that no bot moves are left alone. Both on
/// the simulator's device.
void bot_actions(const Simulator& simulator, const at::Tensor& bots, const at::Tensor& action);

}  // namespace matchday
