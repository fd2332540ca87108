// Distances to the ball and the shaping potentials computed from them.
#pragma once

#include "kernels/match.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

template <class Float>
MATCHDAY_HOST_DEVICE Float squared_distance(Vec<Float> a, Vec<Float> b) {
  const Vec<Float> gap = b - a;
  return dot(gap, gap);
}

/// FootyAI's potential: how much nearer A's players are to the ball than B's, on average, u.
template <class Float, int players>
MATCHDAY_HOST_DEVICE Float mean_potential(const Rules& rules, const Match<Float, players>& match) {
  Float sum[2] = {0.0F, 0.0F};
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    Float& of_team = sum[k < players ? 0 : 1];
    of_team = of_team + square_root(squared_distance(match.position[k], match.position[match.ball]));
  }
  const float per_player = 1.0F / static_cast<float>(players);
  return (sum[1] * Float(per_player) - sum[0] * Float(per_player)) * Float(rules.shaping_mean) + Float(0.0F);
}

/// Arena's potential: how far the ball is up the pitch, and how much nearer A's nearest player is to it than B's.
template <class Float, int players>
MATCHDAY_HOST_DEVICE Float arena_potential(const Rules& rules, const Match<Float, players>& match) {
  const Float per_half_length = 1.0F / rules.half_length;
  const Vec<Float> ball = match.position[match.ball];
  Float nearest[2];
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    const Float squared = squared_distance(match.position[k], ball);
    Float& of_team = nearest[k < players ? 0 : 1];
    of_team = k % players == 0 ? squared : smaller(of_team, squared);
  }
  const Float nearer = square_root(nearest[1]) - square_root(nearest[0]);
  return Float(rules.shaping_ball) * (ball.x * per_half_length) +
         Float(rules.shaping_player) * (nearer * per_half_length) + Float(0.0F);
}

template <Game game, class Float, int players>
MATCHDAY_HOST_DEVICE Float potential(const Rules& rules, const Match<Float, players>& match) {
  if constexpr (game == Game::arena) return arena_potential(rules, match);
  return mean_potential(rules, match);
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
