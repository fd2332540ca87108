// Scripted teams, a ladder to measure trained ones against.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"

namespace matchday {

/// The bots' names, from weakest to strongest.
std::vector<std::string> bot_names();

/// The bot of that name, for any rules and any number of players. Throws BadInput for another name.
Policy make_bot(const std::string& name);

}  // namespace matchday
