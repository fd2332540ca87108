// Distances to the ball and the shaping potentials made of them.
#pragma once

#include "kernels/match.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

template <class Lane>
MATCHDAY_BODY Lane squared_distance(Vec<Lane> a, Vec<Lane> b) {
  const Vec<Lane> gap = b - a;
  return dot(gap, gap);
}

/// FootyAI's potential: how much nearer A's players are to the ball than B's, on average, u.
template <class Lane, int players>
MATCHDAY_BODY Lane mean_potential(const Rules& rules, const Match<Lane, players>& match) {
  Lane sum[2] = {0.0F, 0.0F};
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    Lane& of_team = sum[k < players ? 0 : 1];
    of_team = of_team + square_root(squared_distance(match.position[k], match.position[match.ball]));
  }
  const float per_player = 1.0F / static_cast<float>(players);
  return (sum[1] * Lane(per_player) - sum[0] * Lane(per_player)) * Lane(rules.shaping_mean) + Lane(0.0F);
}

/// Arena's potential: how far the ball is up the pitch, and how much nearer A's nearest player is to it than B's.
template <class Lane, int players>
MATCHDAY_BODY Lane arena_potential(const Rules& rules, const Match<Lane, players>& match) {
  const Lane per_half_length = 1.0F / rules.half_length;
  const Vec<Lane> ball = match.position[match.ball];
  Lane nearest[2];
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    const Lane squared = squared_distance(match.position[k], ball);
    Lane& of_team = nearest[k < players ? 0 : 1];
    of_team = k % players == 0 ? squared : smaller(of_team, squared);
  }
  const Lane nearer = square_root(nearest[1]) - square_root(nearest[0]);
  return Lane(rules.shaping_ball) * (ball.x * per_half_length) +
         Lane(rules.shaping_player) * (nearer * per_half_length) + Lane(0.0F);
}

template <Game game, class Lane, int players>
MATCHDAY_BODY Lane potential(const Rules& rules, const Match<Lane, players>& match) {
  if constexpr (game == Game::arena) return arena_potential(rules, match);
  return mean_potential(rules, match);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
