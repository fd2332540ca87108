// The reference core: football as functions of values, one match at a time, in plain C++.
//
// The rules are written twice: here to be read, and in kernels/ to be fast. Every backend must give this core's results
// bit for bit. So its arithmetic is float32 in the order written here, with + - * / and sqrt alone; sums over
// players run within each team in index order and are then added, which is what makes mirrored matches mirror exactly.
#pragma once

#include <vector>

#include "sim/reference/game_state.h"

namespace matchday::reference {

/// A match before its first step.
GameState start(const Rules& rules, MatchKey key, std::int32_t episode = 0);

/// The match one step later, under these actions. `shaping` scales the shaping part of the reward (1: as the rules
/// say). A match past full time plays on; the caller starts the next one.
Outcome step(const Rules& rules, const GameState& state, const Actions& actions, float shaping = 1.0F);

/// What one player of a team sees: `player_observation_size(rules.players)` numbers, as tabled in
/// rules/observation.h.
std::vector<float> observe_player(const Rules& rules, const GameState& state, Team team, int index);

/// What a team sees: `observation_size(rules)` numbers, as tabled in rules/observation.h.
std::vector<float> observe(const Rules& rules, const GameState& state, Team team);

}  // namespace matchday::reference
