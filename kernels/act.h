// act: players' actions, made finite and clipped to their bounds.
#pragma once

#include <cfloat>

#include "kernels/match.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// One player's action as seen from above.
template <class Float>
struct Act {
  Vec<Float> move;
  Vec<Float> kick;
};

/// The vector, shortened to length 1 if it is longer. It is divided by its larger component first, so that no length
/// overflows. Each division is skipped if it would be by 1 in all lanes.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> clipped_into_unit_disc(Vec<Float> v) {
  const Float one = 1.0F;
  const Float larger_component = larger(larger(absolute(v.x), absolute(v.y)), one);
  if (any(larger_component > one)) v = {v.x / larger_component, v.y / larger_component};
  const Float squared = dot(v, v);
  if (any(squared > one)) v = v * (one / larger(square_root(squared), one));
  return v;
}

/// Reads player k's action in the matches from b on. Non-finite components become 0 and are counted, the action is
/// clipped to its bounds, and B's is rotated where B sees the pitch from its own side.
template <Game game, int players, class Float>
MATCHDAY_HOST_DEVICE void read_act(Act<Float>& act, const StepArrays& step, std::int64_t matches, std::int64_t b, int k,
                                   int& nonfinite_actions) {
  const bool of_b = k >= players;
  const std::int64_t row = of_b ? matches + b : b;
  Float wanted[4];
  load_four(wanted, step.action + (row * players + (of_b ? k - players : k)) * action_size, players * action_size);
  MATCHDAY_UNROLL
  for (int c = 0; c < 4; ++c) {
    const auto finite = absolute(wanted[c]) <= Float(FLT_MAX);
    nonfinite_actions += count(!finite);
    wanted[c] =
        select(finite, wanted[c], Float(0.0F)) + Float(0.0F);  // -0 becomes +0: mirrored matches agree in every bit
  }
  act = {{wanted[0], wanted[1]}, {wanted[2], wanted[3]}};
  if constexpr (game == Game::arena) {
    act = {clipped_into_unit_disc(act.move), clipped_into_unit_disc(act.kick)};
    const Vec<Float> zero{0.0F, 0.0F};
    if (of_b) act = {zero - act.move, zero - act.kick};
  } else {
    const Vec<Float> bound{footyai_action_bound, footyai_action_bound};
    act = {kept_within(bound, act.move), kept_within(bound, act.kick)};
  }
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
