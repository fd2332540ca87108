// Distances to the ball and the shaping potentials made of them.
#pragma once

#include <algorithm>
#include <cmath>

#include "sim/reference/game_state.h"

namespace matchday::reference {

inline float distance(Vec a, Vec b) { return std::sqrt(dot(b - a, b - a)); }

/// Mean distance of a team's players to a place, u.
inline float mean_distance(const Rules& rules, const PerPlayer<Body>& players, Vec place) {
  float sum = 0.0F;
  for (int i = 0; i < rules.players; ++i) sum += distance(players[i].position, place);
  return sum * (1.0F / static_cast<float>(rules.players));
}

/// Distance of a team's nearest player to a place, u.
inline float nearest_distance(const Rules& rules, const PerPlayer<Body>& players, Vec place) {
  float nearest = distance(players[0].position, place);
  for (int i = 1; i < rules.players; ++i) nearest = std::min(nearest, distance(players[i].position, place));
  return nearest;
}

/// FootyAI's potential: how much nearer A's players are to a place than B's, on average. Here and below, + 0 makes the
/// -0 of a negative number times a weight of 0 into +0.
inline float mean_potential(const Rules& rules, const GameState& state, Vec place) {
  const float nearer =
      mean_distance(rules, state.players[team_b], place) - mean_distance(rules, state.players[team_a], place);
  return nearer * rules.shaping_mean + 0.0F;
}

/// Arena's potential: how far the ball is up the pitch, and how much nearer A's nearest player is to it than B's.
inline float arena_potential(const Rules& rules, const GameState& state) {
  const float per_half_length = 1.0F / rules.half_length;
  const Vec ball = state.ball.position;
  const float nearer =
      nearest_distance(rules, state.players[team_b], ball) - nearest_distance(rules, state.players[team_a], ball);
  return rules.shaping_ball * (ball.x * per_half_length) + rules.shaping_player * (nearer * per_half_length) + 0.0F;
}

}  // namespace matchday::reference
