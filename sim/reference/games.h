// The three games' own steps, behind core.h's `step`.
#pragma once

#include "sim/reference/game_state.h"

namespace matchday::reference {

/// What players do once bad numbers are out, bounds are kept and B's view is turned: vectors on the pitch.
Outcome step_footyai_v1(const Rules& rules, GameState state, const Actions& actions, float shaping);
Outcome step_footyai_v2(const Rules& rules, GameState state, const Actions& actions, float shaping);
Outcome step_arena(const Rules& rules, GameState state, const Actions& actions, float shaping);

/// Puts everybody in place, at rest: at the start of a match (`conceder` < 0) or for the kick-off of team `conceder`.
void line_up(const Rules& rules, GameState& state, int conceder);

}  // namespace matchday::reference
