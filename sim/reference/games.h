// The steps of the three games, called by core.h's `step`.
#pragma once

#include "sim/reference/game_state.h"

namespace matchday::reference {

/// One step of each game. `actions` must be finite, within bounds and as seen from above for both teams.
Outcome step_footyai_v1(const Rules& rules, GameState state, const Actions& actions, float shaping);
Outcome step_footyai_v2(const Rules& rules, GameState state, const Actions& actions, float shaping);
Outcome step_arena(const Rules& rules, GameState state, const Actions& actions, float shaping);

/// Places all bodies, at rest: at the start of a match (`conceder` < 0) or for the kick-off of team `conceder`.
void line_up(const Rules& rules, GameState& state, int conceder);

}  // namespace matchday::reference
