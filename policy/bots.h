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

}  // namespace matchday
