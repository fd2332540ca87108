// act: what players may do, made of what they want to do.
#pragma once

#include <cfloat>

#include "kernels/match.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// A player's deed as seen from above.
template <class Lane>
struct Act {
  Vec<Lane> move;
  Vec<Lane> kick;
};

/// A vector made no longer than 1. First divided by its larger component, so that no length overflows. Either division
/// is left out where it would be by 1 in all matches.
template <class Lane>
MATCHDAY_BODY Vec<Lane> clipped_into_unit_disc(Vec<Lane> v) {
  const Lane one = 1.0F;
  const Lane larger_component = larger(larger(absolute(v.x), absolute(v.y)), one);
  if (any(larger_component > one)) v = {v.x / larger_component, v.y / larger_component};
  const Lane squared = dot(v, v);
  if (any(squared > one)) v = v * (one / larger(square_root(squared), one));
  return v;
}

/// Reads what player k does in the matches from b on. Bad numbers count as 0 and are counted, bounds are kept, B's view
/// is turned where B sees the pitch from its own side.
template <Game game, int players, class Lane>
MATCHDAY_BODY void read_act(Act<Lane>& act, const StepArrays& step, std::int64_t matches, std::int64_t b, int k,
                            int& bad_numbers) {
  const bool of_b = k >= players;
  const std::int64_t row = of_b ? matches + b : b;
  Lane wanted[4];
  load_four(wanted, step.action + (row * players + (of_b ? k - players : k)) * action_size, players * action_size);
  MATCHDAY_UNROLL
  for (int c = 0; c < 4; ++c) {
    const auto finite = absolute(wanted[c]) <= Lane(FLT_MAX);
    bad_numbers += count(!finite);
    wanted[c] =
        select(finite, wanted[c], Lane(0.0F)) + Lane(0.0F);  // -0 becomes +0: mirrored matches agree in every bit
  }
  act = {{wanted[0], wanted[1]}, {wanted[2], wanted[3]}};
  if constexpr (game == Game::arena) {
    act = {clipped_into_unit_disc(act.move), clipped_into_unit_disc(act.kick)};
    const Vec<Lane> zero{0.0F, 0.0F};
    if (of_b) act = {zero - act.move, zero - act.kick};
  } else {
    const Vec<Lane> bound{footyai_action_bound, footyai_action_bound};
    act = {kept_within(bound, act.move), kept_within(bound, act.kick)};
  }
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
