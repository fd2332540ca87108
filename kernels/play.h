// play: a step from what the networks say to what they see next, as a rollout wants it.
#pragma once

#include "kernels/sample.h"
#include "kernels/step.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Plays on in the matches from b on, a lane of them. `show` and what is given are as in `step`.
template <Game game, class Lane, int players, class Show>
MATCHDAY_BODY int play(const MatchConstants& constants, const MatchArrays& arrays, const PlayArrays& play,
                       std::int64_t b, const Show& show) {
  constexpr int lane = LaneTraits<Lane>::matches;

  // 1. What all players do: drawn, but for those that a bot moves.
  if (play.samples.mean != nullptr)
    sample_actions<Lane>(
        {arrays.matches, players, constants.seed, play.first_slot, arrays.match, arrays.episode, arrays.clock},
        play.samples, b);

  // 2. The step. Who starts the next match sees nothing of the one that is over.
  StepArrays arrays_of_step = play.step;
  if (play.next_match_at_once) arrays_of_step.observation = nullptr;
  const int bad_numbers = step<game, Lane, players>(constants, arrays, arrays_of_step, b, show);

  // 3. How it stands, before the next matches start.
  if (play.score != nullptr)
    for (int place = 0; place < lane; ++place)
      for (int team = 0; team < 2; ++team)
        play.score[team * arrays.matches + b + place] = arrays.score[team * arrays.score_pitch + b + place];
  if (play.next_match_at_once) {
    for (int place = 0; place < lane; ++place)
      if (play.step.terminated[b + place]) start<game, players>(constants, arrays, b + place);
    if (play.step.observation != nullptr) look<Lane, players>(arrays, b, show);
  }
  return bad_numbers;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
