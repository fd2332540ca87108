// The mirror image of a match in which the teams swap sides: the pitch rotated by 180 degrees.
//
// Numbers are negated as 0 - x, never -x, so that 0 stays +0, as in play.
#pragma once

#include <ATen/ATen.h>

#include "rules/rules.h"
#include "sim/match_state.h"

namespace matchday {

/// The pitch rotated by 180 degrees and the sides swapped.
inline MatchState rotated(const Rules& rules, const MatchState& state) {
  const std::int64_t n = rules.players;
  const at::Tensor& bodies = state.bodies;
  const at::Tensor exchanged = at::cat({bodies.narrow(1, n, n), bodies.narrow(1, 0, n), bodies.narrow(1, 2 * n, 1)}, 1);
  return {0.0 - exchanged, state.score.flip(0), state.clock, state.episode, 0.0 - state.potential};
}

/// The teams swap their actions. Arena's are in the own view and mean the same on the other side; FootyAI's are in the
/// view from above, so they rotate with the pitch.
inline at::Tensor rotated(const Rules& rules, const at::Tensor& action) {
  const at::Tensor exchanged = action.flip(0);
  return sees_own_side(rules) ? exchanged : 0.0 - exchanged;
}

}  // namespace matchday
