// Rules: every number that decides how a match goes, in one plain struct.
//
// Coordinates have their origin at the centre of the pitch; team A attacks +x, team B attacks -x. Lengths are in pitch
// units (u), times in steps, speeds in u/step. `Rules` is trivially copyable, so that kernels take it by value.
#pragma once

#include <cstdint>
#include <type_traits>

#include "rules/game_traits.h"

namespace matchday {

/// Largest number of players per team.
inline constexpr int max_players = 11;

struct Rules {
  Game game = Game::arena;

  std::int32_t players = 5;   ///< players per team (N), 1 to 11
  std::int32_t steps = 180;   ///< length of a match in steps
  std::int32_t substeps = 6;  ///< physics advances in a step (arena)

  float half_length = 40.0F;      ///< u, centre to end line
  float half_width = 25.0F;       ///< u, centre to side line
  float goal_half_width = 13.0F;  ///< u, half of the goal mouth

  float player_speed = 3.0F;     ///< u/step, top speed; FootyAI: distance covered in a step by a move of length 1
  float player_response = 0.6F;  ///< share of the wanted change of velocity made in a step (arena)
  float player_radius = 1.5F;    ///< u (arena)
  float player_mass = 1.0F;      ///< (arena)

  float ball_radius = 0.7F;     ///< u (arena)
  float ball_mass = 0.2F;       ///< in players' masses (arena)
  float ball_keep = 0.92F;      ///< share of its speed that a free ball keeps over a step (arena, footyai_v2)
  float ball_top_speed = 7.5F;  ///< u/step, cap (arena)

  float kick_reach = 3.0F;      ///< u, centre to centre
  float kick_speed = 7.0F;      ///< u/step given to the ball by a kick of length 1
  float kick_dead_zone = 0.1F;  ///< kicks no longer than this are ignored (arena)

  float post_radius = 0.7F;              ///< u, the four posts stand at (+-half_length, +-goal_half_width) (arena)
  float restitution_players = 0.2F;      ///< speed kept by two players who run into each other (arena)
  float restitution_player_ball = 0.5F;  ///< the same for the ball off a player (arena)
  float restitution_wall = 0.8F;         ///< the same for the ball off a wall (arena, FootyAI)
  float restitution_post = 0.8F;         ///< the same for the ball off a post (arena)

  float start_noise = 3.0F;  ///< u, each coordinate of a start or kick-off position is moved by up to this (arena)

  float shaping_ball = 1.0F;    ///< reward for moving the ball by half a pitch (arena)
  float shaping_player = 0.5F;  ///< reward for the nearest player coming half a pitch nearer (arena)
  float shaping_mean = 0.0F;    ///< reward for the players' mean distance to the ball shrinking by 1 u (FootyAI)
};

static_assert(std::is_trivially_copyable_v<Rules>, "kernels take Rules by value");

/// Share of the ball's speed kept over one substep: the substeps-th root of ball_keep.
/// Newton's method in + - * / only, so that every machine gets the same bits (pow differs between libraries).
inline float ball_keep_per_substep(const Rules& rules) {
  const int n = rules.substeps;
  double root = 1.0;
  for (int iteration = 0; iteration < 60; ++iteration) {
    double power = 1.0;
    for (int k = 1; k < n; ++k) power *= root;
    const double next = root - (root * power - static_cast<double>(rules.ball_keep)) / (n * power);
    if (next == root) break;
    root = next;
  }
  return static_cast<float>(root);
}

/// Whether both teams see the pitch from their own side (B's view rotated by 180 degrees), or both from above as
/// FootyAI did.
inline bool sees_own_side(const Rules& rules) { return traits_of(rules.game).own_side; }

/// Bound of an action component in the FootyAI games. The original has none: this one only keeps the state finite.
/// Arena clips actions to the unit disc instead.
inline constexpr float footyai_action_bound = 1000.0F;

}  // namespace matchday
