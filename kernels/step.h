// step: one decision of all players, the physics that follows, its reward and the teams' next observations.
#pragma once

#include "kernels/arena.h"
#include "kernels/footyai.h"
#include "kernels/line_up.h"
#include "kernels/observe.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Plays one step of the matches from b on, one a lane. `show(match, scoreboard)` then writes observations, if there is
/// a buffer for them. Returns the number of non-finite action components.
template <Game game, class Float, int players, class Show>
MATCHDAY_HOST_DEVICE int step(const MatchConstants& constants, const MatchArrays& arrays, const StepArrays& step,
                              std::int64_t b, const Show& show) {
  const Rules& rules = constants.rules;
  const Float zero = 0.0F;
  int nonfinite_actions = 0;

  // 1. Load the matches.
  Match<Float, players> match;
  Scoreboard<Float> board;
  Float potential_before;
  load_bodies(match, arrays, b);
  load(board.goals_of_a, arrays.score + b);
  load(board.goals_of_b, arrays.score + arrays.score_stride + b);
  load(board.clock, arrays.clock + b);
  load(potential_before, arrays.potential + b);

  // 2. The game's own rules: kicks, moves, physics, goals. 3. FootyAI's second game measures its potential in between.
  Float goal;
  Float potential_after;
  if constexpr (game == Game::arena)
    goal = step_arena(constants, step, arrays.matches, b, match, nonfinite_actions);
  else if constexpr (game == Game::footyai_v1)
    goal = step_footyai_v1(rules, step, arrays.matches, b, match, nonfinite_actions);
  else
    goal = step_footyai_v2(rules, step, arrays.matches, b, match, nonfinite_actions, potential_after);

  // 4. Score and clock.
  const IntegerOf<Float> one = 1;
  const IntegerOf<Float> none = 0;
  const auto scored = !(goal == zero);
  board.goals_of_a = board.goals_of_a + select(goal > zero, one, none);
  board.goals_of_b = board.goals_of_b + select(goal < zero, one, none);
  board.clock = board.clock + one;

  // 5. Kick-off by the team that conceded (FootyAI's players stay where they are).
  if constexpr (game == Game::arena)
    if (any(scored))
      for (int lane = 0; lane < FloatTraits<Float>::lanes; ++lane)
        if (is_set(scored, lane))
          line_up(constants, at_lane(goal, lane) > 0.0F ? Occasion::kick_off_by_b : Occasion::kick_off_by_a,
                  {arrays.match[b + lane], arrays.episode[b + lane], at_lane(board.clock, lane)}, match, lane);

  // 6. Reward: goals, and the change of potential. A goal counts alone, since the reset of positions that follows makes
  // the potential jump; FootyAI's first game counts that jump.
  if constexpr (game != Game::footyai_v2) potential_after = potential<game>(rules, match);
  const Float shaped = Float(*step.shaping) * (potential_after - potential_before);
  const Float reward = game == Game::footyai_v1 ? goal + shaped : select(scored, goal, shaped) + zero;

  // 7. Store the matches and write the observations.
  store_bodies(match, arrays, b);
  store(board.goals_of_a, arrays.score + b);
  store(board.goals_of_b, arrays.score + arrays.score_stride + b);
  store(board.clock, arrays.clock + b);
  store(potential_after, arrays.potential + b);
  store(reward, step.reward + b);
  store(board.clock >= IntegerOf<Float>(rules.steps), step.terminated + b);
  if (step.observation != nullptr) show(match, board);
  return nonfinite_actions;
}

/// Starts the next match at place b.
template <Game game, int players>
MATCHDAY_HOST_DEVICE void start(const MatchConstants& constants, const MatchArrays& arrays, std::int64_t b) {
  const std::int32_t episode = ++arrays.episode[b];
  Match<float, players> match;
  line_up(constants, Occasion::start, {arrays.match[b], episode, 0}, match, 0);
  store_bodies(match, arrays, b);
  arrays.score[b] = 0;
  arrays.score[arrays.score_stride + b] = 0;
  arrays.clock[b] = 0;
  arrays.potential[b] = potential<game>(constants.rules, match);
}

/// Loads the matches from b on and calls `show` on them.
template <class Float, int players, class Show>
MATCHDAY_HOST_DEVICE void look(const MatchArrays& arrays, std::int64_t b, const Show& show) {
  Match<Float, players> match;
  Scoreboard<Float> board;
  load_bodies(match, arrays, b);
  load(board.goals_of_a, arrays.score + b);
  load(board.goals_of_b, arrays.score + arrays.score_stride + b);
  load(board.clock, arrays.clock + b);
  show(match, board);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
