// Scripted teams, a ladder to measure trained ones against.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"
#include "rules/bots.h"

namespace matchday {

/// The names of the bots that may be trained against, from weakest to strongest.
std::vector<std::string> bot_names();

/// The names of the bots that are kept out of all training.
std::vector<std::string> unseen_bot_names();

/// The bot of that name, from either list. Throws BadInput for an unknown name.
Bot find_bot(const std::string& name);

/// That bot as a policy, for any rules and any number of players.
Policy make_bot(const std::string& name);

/// Writes the actions of all bots at the matches' current step in one call. bots: int32 [2, B], the Bot that moves each
/// team; action: float32 [2, B, N, 4], contiguous, where the rows of teams without a bot stay unchanged. Both on the
/// simulator's device.
void bot_actions(const Simulator& simulator, const at::Tensor& bots, const at::Tensor& action);

}  // namespace matchday
