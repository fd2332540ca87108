// What a team sees of its matches from its own side: it attacks +x.
//
// Bots measure every pitch with one yardstick: `half_length` units from the centre to an end line. In arena that is the
// rules' own u; on FootyAI's longer pitch a bot's unit is 1.25 u. So all their distances are written once, for arena.
#pragma once

#include <ATen/core/Tensor.h>

#include "policy/policy.h"

namespace matchday::tensor_bots {

/// From the centre to an end line, in the bots' units: arena's u.
inline constexpr float half_length = 40.0F;

/// Points and velocities are float32 [2, bodies, matches]: x and y, in the bots' units and steps.
struct OwnView {
  at::Tensor players;        ///< [2, N, B]
  at::Tensor velocities;     ///< [2, N, B], the players'
  at::Tensor opponents;      ///< [2, N, B]
  at::Tensor ball;           ///< [2, 1, B]
  at::Tensor ball_velocity;  ///< [2, 1, B]

  at::Tensor goal;      ///< [2, 1, 1], the middle of the one to attack
  at::Tensor own_goal;  ///< [2, 1, 1]

  float half_width;       ///< centre to side line, 25 in arena
  float goal_half_width;  ///< half of the goal mouth, 13 in arena
  float kick_reach;       ///< 3 in arena
  float player_speed;     ///< a step, 3 in arena
  float kick_speed;       ///< a step, given by a kick of length 1; 7 in arena
  float ball_keep;        ///< share of its speed that the ball keeps over a step, 0.92 in arena
};

OwnView own_view(const Side& side);

/// Moves [2, N, B] and kicks [2, 1 or N, B] in the own view -> [B, N, 4] in the view in which this team's actions are
/// given.
at::Tensor to_action(const Side& side, const at::Tensor& move, const at::Tensor& kick);

/// Has the team a goalkeeper, its player 0? One who is alone must go for the ball.
inline bool has_keeper(const OwnView& view) { return view.players.size(1) > 1; }

/// Of [..., N, B], the rows of all players but the goalkeeper.
inline at::Tensor field_players(const OwnView& view, const at::Tensor& rows) {
  return has_keeper(view) ? rows.slice(-2, 1) : rows;
}

}  // namespace matchday::tensor_bots
