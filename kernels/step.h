// step: one decision of all players, the football that follows, what it is worth and what the teams then see.
#pragma once

#include "kernels/arena.h"
#include "kernels/footyai.h"
#include "kernels/line_up.h"
#include "kernels/observe.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// Plays one step of the matches from b on, a lane of them. `show(match, scoreboard)` then observes them, if that is
/// wanted. Gives the number of non-finite action components.
template <Game game, class Lane, int players, class Show>
MATCHDAY_BODY int step(const MatchConstants& constants, const MatchArrays& arrays, const StepArrays& step,
                       std::int64_t b, const Show& show) {
  const Rules& rules = constants.rules;
  const Lane zero = 0.0F;
  int bad_numbers = 0;

  // 1. The matches as they stand.
  Match<Lane, players> match;
  Scoreboard<Lane> board;
  Lane potential_before;
  load_bodies(match, arrays, b);
  load(board.goals_of_a, arrays.score + b);
  load(board.goals_of_b, arrays.score + arrays.score_pitch + b);
  load(board.clock, arrays.clock + b);
  load(potential_before, arrays.potential + b);

  // 2. The game's own rules: kicks, moves, physics, goals. 3. FootyAI's second game measures its potential in between.
  Lane goal;
  Lane potential_after;
  if constexpr (game == Game::arena)
    goal = play_arena(constants, step, arrays.matches, b, match, bad_numbers);
  else if constexpr (game == Game::footyai_v1)
    goal = play_footyai_v1(rules, step, arrays.matches, b, match, bad_numbers);
  else
    goal = play_footyai_v2(rules, step, arrays.matches, b, match, bad_numbers, potential_after);

  // 4. Score and clock.
  const IntegerOf<Lane> one = 1;
  const IntegerOf<Lane> none = 0;
  const auto scored = !(goal == zero);
  board.goals_of_a = board.goals_of_a + select(goal > zero, one, none);
  board.goals_of_b = board.goals_of_b + select(goal < zero, one, none);
  board.clock = board.clock + one;

  // 5. Kick-off by the team that conceded (FootyAI's players stay where they are).
  if constexpr (game == Game::arena)
    if (any(scored))
      for (int place = 0; place < LaneTraits<Lane>::matches; ++place)
        if (is_set(scored, place))
          line_up(constants, at_place(goal, place) > 0.0F ? Occasion::kick_off_by_b : Occasion::kick_off_by_a,
                  {arrays.match[b + place], arrays.episode[b + place], at_place(board.clock, place)}, match, place);

  // 6. Reward: goals, and the change of potential. Where a goal puts everybody elsewhere it counts alone, so that the
  // jump is nobody's merit; FootyAI's first game counts the jump.
  if constexpr (game != Game::footyai_v2) potential_after = potential<game>(rules, match);
  const Lane shaped = Lane(*step.shaping) * (potential_after - potential_before);
  const Lane reward = game == Game::footyai_v1 ? goal + shaped : select(scored, goal, shaped) + zero;

  // 7. The matches as they stand now, and what the teams see of them.
  store_bodies(match, arrays, b);
  store(board.goals_of_a, arrays.score + b);
  store(board.goals_of_b, arrays.score + arrays.score_pitch + b);
  store(board.clock, arrays.clock + b);
  store(potential_after, arrays.potential + b);
  store(reward, step.reward + b);
  store(board.clock >= IntegerOf<Lane>(rules.steps), step.terminated + b);
  if (step.observation != nullptr) show(match, board);
  return bad_numbers;
}

/// Starts the next match at place b.
template <Game game, int players>
MATCHDAY_BODY void start(const MatchConstants& constants, const MatchArrays& arrays, std::int64_t b) {
  const std::int32_t episode = ++arrays.episode[b];
  Match<float, players> match;
  line_up(constants, Occasion::start, {arrays.match[b], episode, 0}, match, 0);
  store_bodies(match, arrays, b);
  arrays.score[b] = 0;
  arrays.score[arrays.score_pitch + b] = 0;
  arrays.clock[b] = 0;
  arrays.potential[b] = potential<game>(constants.rules, match);
}

/// Shows the matches from b on as they stand.
template <class Lane, int players, class Show>
MATCHDAY_BODY void look(const MatchArrays& arrays, std::int64_t b, const Show& show) {
  Match<Lane, players> match;
  Scoreboard<Lane> board;
  load_bodies(match, arrays, b);
  load(board.goals_of_a, arrays.score + b);
  load(board.goals_of_b, arrays.score + arrays.score_pitch + b);
  load(board.clock, arrays.clock + b);
  show(match, board);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
