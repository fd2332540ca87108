// observe: both teams' observations of matches, one a lane, in the layout of rules/observation.h.
//
// `put(team, d, number)` takes component d of a team's observation; it transposes batch-innermost lanes into
// match-major rows in a tile, in registers or shared memory.
#pragma once

#include "kernels/match.h"
#include "rules/observation.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// A match's goals and clock.
template <class Float>
struct Scoreboard {
  IntegerOf<Float> goals_of_a;
  IntegerOf<Float> goals_of_b;
  IntegerOf<Float> clock;
};

/// FootyAI's observation: the same for both teams except the one-hot at the end.
template <Game game, int players, class Float, class Put>
MATCHDAY_HOST_DEVICE void observe_footyai(const Rules& rules, const Match<Float, players>& match,
                                          const Scoreboard<Float>& board, const Put& put) {
  int d = 0;
  const auto show = [&](Float number) {
    put(0, d, number);
    put(1, d, number);
    ++d;
  };
  const Float per_step = 1.0F / static_cast<float>(rules.steps);
  if constexpr (game == Game::footyai_v1) {
    const Float per_length = 1.0F / (2.0F * rules.half_length);
    const Float per_width = 1.0F / (2.0F * rules.half_width);
    const Float per_speed = 1.0F / rules.player_speed;
    MATCHDAY_UNROLL
    for (int k = 0; k <= 2 * players; ++k) {
      show((match.position[k].x + Float(rules.half_length)) * per_length);
      show((match.position[k].y + Float(rules.half_width)) * per_width);
      show(match.velocity[k].x * per_speed);
      show(match.velocity[k].y * per_speed);
    }
    show(to_float(board.goals_of_a));
    show(to_float(board.goals_of_b));
    show(to_float(IntegerOf<Float>(rules.steps) - board.clock) * per_step);
  } else {
    const Float per_length = 1.0F / rules.half_length;
    const Float per_width = 1.0F / rules.half_width;
    const Float per_speed = 1.0F / rules.kick_speed;
    const Float per_goal = 1.0F / footyai_score_scale;
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
  put(0, d, Float(1.0F));
  put(1, d, Float(0.0F));
  put(0, d + 1, Float(0.0F));
  put(1, d + 1, Float(1.0F));
}

/// Arena's observation, in each team's own view: rotated by 180 degrees for B, so that both attack +x.
template <class Float, int players, class Put>
MATCHDAY_HOST_DEVICE void observe_arena(const Rules& rules, const Match<Float, players>& match,
                                        const Scoreboard<Float>& board, const Put& put) {
  constexpr int ball_row = 4 * 2 * players;
  constexpr int relative_row = ball_row + 4;
  constexpr int score_row = relative_row + 2 * 2 * players;
  const Float per_length = 1.0F / rules.half_length;
  const Float per_width = 1.0F / rules.half_width;
  const auto show = [&](int row_of_a, int row_of_b, Float number, Float scale) {
    put(0, row_of_a, number * scale);
    put(1, row_of_b, (Float(0.0F) - number) * scale);
  };
  const auto show_body = [&](int row_of_a, int row_of_b, int body, float speed) {
    const Float per_speed = 1.0F / speed;
    show(row_of_a, row_of_b, match.position[body].x, per_length);
    show(row_of_a + 1, row_of_b + 1, match.position[body].y, per_width);
    show(row_of_a + 2, row_of_b + 2, match.velocity[body].x, per_speed);
    show(row_of_a + 3, row_of_b + 3, match.velocity[body].y, per_speed);
  };
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    const int as_b_counts = k < players ? k + players : k - players;  // own players first
    show_body(4 * k, 4 * as_b_counts, k, rules.player_speed);
    const Vec<Float> gap = match.position[match.ball] - match.position[k];
    const Float per_reach = Float(1.0F) / (square_root(dot(gap, gap)) + Float(ball_relative_scale));
    show(relative_row + 2 * k, relative_row + 2 * as_b_counts, gap.x, per_reach);
    show(relative_row + 2 * k + 1, relative_row + 2 * as_b_counts + 1, gap.y, per_reach);
  }
  show_body(ball_row, ball_row, match.ball, rules.kick_speed);

  const auto scaled = [&](IntegerOf<Float> lead) {
    return clamp(to_float(lead) * Float(1.0F / score_difference_scale), Float(-score_difference_limit),
                 Float(score_difference_limit));
  };
  put(0, score_row, scaled(board.goals_of_a - board.goals_of_b));
  put(1, score_row, scaled(board.goals_of_b - board.goals_of_a));
  const Float left =
      to_float(IntegerOf<Float>(rules.steps) - board.clock) * Float(1.0F / static_cast<float>(rules.steps));
  put(0, score_row + 1, left);
  put(1, score_row + 1, left);
}

template <Game game, class Float, int players, class Put>
MATCHDAY_HOST_DEVICE void observe(const Rules& rules, const Match<Float, players>& match,
                                  const Scoreboard<Float>& board, const Put& put) {
  if constexpr (game == Game::arena)
    observe_arena(rules, match, board, put);
  else
    observe_footyai<game>(rules, match, board, put);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
