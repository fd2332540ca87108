// observe: what both teams see of a lane of matches, as tabled in rules/observation.h.
//
// `put(team, d, number)` takes component d of a team's observation; it turns batch-innermost lanes into match-major
// rows in a tile, in registers or shared memory.
#pragma once

#include "kernels/match.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// What the scoreboard shows.
template <class Lane>
struct Scoreboard {
  IntegerOf<Lane> goals_of_a;
  IntegerOf<Lane> goals_of_b;
  IntegerOf<Lane> clock;
};

/// FootyAI's: the same for both teams but for the one-hot at the end.
template <Game game, int players, class Lane, class Put>
MATCHDAY_BODY void observe_footyai(const Rules& rules, const Match<Lane, players>& match, const Scoreboard<Lane>& board,
                                   const Put& put) {
  int d = 0;
  const auto show = [&](Lane number) {
    put(0, d, number);
    put(1, d, number);
    ++d;
  };
  const Lane per_step = 1.0F / static_cast<float>(rules.steps);
  if constexpr (game == Game::footyai_v1) {
    const Lane per_length = 1.0F / (2.0F * rules.half_length);
    const Lane per_width = 1.0F / (2.0F * rules.half_width);
    const Lane per_speed = 1.0F / rules.player_speed;
    MATCHDAY_UNROLL
    for (int k = 0; k <= 2 * players; ++k) {
      show((match.position[k].x + Lane(rules.half_length)) * per_length);
      show((match.position[k].y + Lane(rules.half_width)) * per_width);
      show(match.velocity[k].x * per_speed);
      show(match.velocity[k].y * per_speed);
    }
    show(to_float(board.goals_of_a));
    show(to_float(board.goals_of_b));
    show(to_float(IntegerOf<Lane>(rules.steps) - board.clock) * per_step);
  } else {
    const Lane per_length = 1.0F / rules.half_length;
    const Lane per_width = 1.0F / rules.half_width;
    const Lane per_speed = 1.0F / rules.kick_speed;
    const Lane per_goal = 1.0F / footyai_score_scale;
    MATCHDAY_UNROLL
    for (int k = 0; k <= 2 * players; ++k) {
      show(match.position[k].x * per_length);
      show(match.position[k].y * per_width);
    }
    show(match.velocity[match.ball].x * per_speed);
    show(match.velocity[match.ball].y * per_speed);
    show(to_float(board.goals_of_a) * per_goal);
    show(to_float(board.goals_of_b) * per_goal);
    show(to_float(board.clock) * per_step);
  }
  put(0, d, Lane(1.0F));
  put(1, d, Lane(0.0F));
  put(0, d + 1, Lane(0.0F));
  put(1, d + 1, Lane(1.0F));
}

/// Arena's, in each team's own view: for B turned by 180 degrees, so that both attack +x.
template <class Lane, int players, class Put>
MATCHDAY_BODY void observe_arena(const Rules& rules, const Match<Lane, players>& match, const Scoreboard<Lane>& board,
                                 const Put& put) {
  constexpr int ball_row = 4 * 2 * players;
  constexpr int relative_row = ball_row + 4;
  constexpr int score_row = relative_row + 2 * 2 * players;
  const Lane per_length = 1.0F / rules.half_length;
  const Lane per_width = 1.0F / rules.half_width;
  const auto show = [&](int row_of_a, int row_of_b, Lane number, Lane scale) {
    put(0, row_of_a, number * scale);
    put(1, row_of_b, (Lane(0.0F) - number) * scale);
  };
  const auto show_body = [&](int row_of_a, int row_of_b, int body, float speed) {
    const Lane per_speed = 1.0F / speed;
    show(row_of_a, row_of_b, match.position[body].x, per_length);
    show(row_of_a + 1, row_of_b + 1, match.position[body].y, per_width);
    show(row_of_a + 2, row_of_b + 2, match.velocity[body].x, per_speed);
    show(row_of_a + 3, row_of_b + 3, match.velocity[body].y, per_speed);
  };
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    const int as_b_counts = k < players ? k + players : k - players;  // own players first
    show_body(4 * k, 4 * as_b_counts, k, rules.player_speed);
    const Vec<Lane> gap = match.position[match.ball] - match.position[k];
    const Lane per_reach = Lane(1.0F) / (square_root(dot(gap, gap)) + Lane(ball_relative_scale));
    show(relative_row + 2 * k, relative_row + 2 * as_b_counts, gap.x, per_reach);
    show(relative_row + 2 * k + 1, relative_row + 2 * as_b_counts + 1, gap.y, per_reach);
  }
  show_body(ball_row, ball_row, match.ball, rules.kick_speed);

  const auto scaled = [&](IntegerOf<Lane> lead) {
    return clamp(to_float(lead) * Lane(1.0F / score_difference_scale), Lane(-score_difference_limit),
                 Lane(score_difference_limit));
  };
  put(0, score_row, scaled(board.goals_of_a - board.goals_of_b));
  put(1, score_row, scaled(board.goals_of_b - board.goals_of_a));
  const Lane left = to_float(IntegerOf<Lane>(rules.steps) - board.clock) * Lane(1.0F / static_cast<float>(rules.steps));
  put(0, score_row + 1, left);
  put(1, score_row + 1, left);
}

template <Game game, class Lane, int players, class Put>
MATCHDAY_BODY void observe(const Rules& rules, const Match<Lane, players>& match, const Scoreboard<Lane>& board,
                           const Put& put) {
  if constexpr (game == Game::arena)
    observe_arena(rules, match, board, put);
  else
    observe_footyai<game>(rules, match, board, put);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
