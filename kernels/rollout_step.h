// rollout_step: one step of a rollout, from the networks' outputs to their next observations.
#pragma once

#include "kernels/sample.h"
#include "kernels/step.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Advances the matches from b on, one a lane. `show` and the return value are as in `step`.
template <Game game, class Float, int players, class Show>
MATCHDAY_HOST_DEVICE int rollout_step(const MatchConstants& constants, const MatchArrays& arrays,
                                      const RolloutArrays& rollout, std::int64_t b, const Show& show) {
  constexpr int lanes = FloatTraits<Float>::lanes;

  // 1. Actions: drawn, except for players that a bot moves.
  if (rollout.samples.mean != nullptr)
    sample_actions<Float>(
        {arrays.matches, players, constants.seed, rollout.first_slot, arrays.match, arrays.episode, arrays.clock},
        rollout.samples, b);

  // 2. The step. With autoreset, observations are written only after the restarts.
  StepArrays arrays_of_step = rollout.step;
  if (rollout.autoreset) arrays_of_step.observation = nullptr;
  const int nonfinite_actions = step<game, Float, players>(constants, arrays, arrays_of_step, b, show);

  // 3. The score, before the next matches start.
  if (rollout.score != nullptr)
    for (int lane = 0; lane < lanes; ++lane)
      for (int team = 0; team < 2; ++team)
        rollout.score[team * arrays.matches + b + lane] = arrays.score[team * arrays.score_stride + b + lane];
  if (rollout.autoreset) {
    for (int lane = 0; lane < lanes; ++lane)
      if (rollout.step.terminated[b + lane]) start<game, players>(constants, arrays, b + lane);
    if (rollout.step.observation != nullptr) look<Float, players>(arrays, b, show);
  }
  return nonfinite_actions;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
