// Football's mirror that exchanges the teams: the pitch turned by 180 degrees.
//
// Mirrors are written 0 - x, never -x, so that 0 stays +0 as it does in play.
#pragma once

#include <ATen/ATen.h>

#include "rules/rules.h"
#include "sim/match_state.h"

namespace matchday {

/// The pitch turned by 180 degrees and the teams exchanged.
inline MatchState turned(const Rules& rules, const MatchState& state) {
  const std::int64_t n = rules.players;
  const at::Tensor& bodies = state.bodies;
  const at::Tensor exchanged = at::cat({bodies.narrow(1, n, n), bodies.narrow(1, 0, n), bodies.narrow(1, 2 * n, 1)}, 1);
  return {0.0 - exchanged, state.score.flip(0), state.clock, state.episode, 0.0 - state.potential};
}

/// The teams exchange their actions. Arena's are in the own view and mean the same on the other side; FootyAI's are
/// seen from above, so they turn with the pitch.
inline at::Tensor turned(const Rules& rules, const at::Tensor& action) {
  const at::Tensor exchanged = action.flip(0);
  return sees_own_side(rules) ? exchanged : 0.0 - exchanged;
}

}  // namespace matchday
