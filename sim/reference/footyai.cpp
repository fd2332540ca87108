// FootyAI's two games: point players who pass through each other. Both keep the original's quirks on purpose.
#include <algorithm>
#include <cmath>

#include "sim/reference/games.h"
#include "sim/reference/reward.h"

namespace matchday::reference {
namespace {

Vec clamped_to_pitch(const Rules& rules, Vec place) {
  return {std::clamp(place.x, -rules.half_length, rules.half_length),
          std::clamp(place.y, -rules.half_width, rules.half_width)};
}

bool in_goal_mouth(const Rules& rules, Vec place) { return std::abs(place.y) <= rules.goal_half_width; }

/// A velocity component after a bounce off a wall. 0 - v, not -v, so that 0 stays +0.
float bounced(const Rules& rules, float velocity) { return 0.0F - velocity * rules.restitution_wall; }

/// Counts a goal for the team that scored it; the ball goes back to the centre, at rest, and the players stay where
/// they are. `goal` is +1 for A, -1 for B.
void score_goal(GameState& state, float goal) {
  ++state.score[goal > 0.0F ? team_a : team_b];
  state.ball = Body{};
}

}  // namespace

Outcome step_footyai_v1(const Rules& rules, GameState state, const Actions& actions, float shaping) {
  // 1. Kicks, judged at the positions before the step: all players in reach of the ball add theirs to its velocity.
  const float reach = rules.kick_reach * rules.kick_reach;
  PerTeam<Vec> kicks{};
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i) {
      const Vec gap = state.ball.position - state.players[team][i].position;
      if (dot(gap, gap) <= reach) kicks[team] = kicks[team] + actions[team][i].kick;
    }
  state.ball.velocity = state.ball.velocity + (kicks[team_a] + kicks[team_b]) * rules.kick_speed;

  // 2. Players move without inertia; at an edge of the pitch the velocity component across it becomes 0.
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i) {
      Body& player = state.players[team][i];
      player.velocity = without_negative_zero(actions[team][i].move * rules.player_speed);
      player.position = clamped_to_pitch(rules, player.position + player.velocity);
      if (std::abs(player.position.x) >= rules.half_length) player.velocity.x = 0.0F;
      if (std::abs(player.position.y) >= rules.half_width) player.velocity.y = 0.0F;
    }

  // 3. The ball moves, without friction.
  Body& ball = state.ball;
  ball.position = ball.position + ball.velocity;

  // 4. Goal, or else 5. walls, which reverse the ball's velocity with a loss.
  float goal = 0.0F;
  if (in_goal_mouth(rules, ball.position) && std::abs(ball.position.x) >= rules.half_length) {
    goal = ball.position.x > 0.0F ? 1.0F : -1.0F;
    score_goal(state, goal);
  } else {
    if (std::abs(ball.position.x) >= rules.half_length) ball.velocity.x = bounced(rules, ball.velocity.x);
    if (std::abs(ball.position.y) >= rules.half_width) ball.velocity.y = bounced(rules, ball.velocity.y);
    ball.position = clamped_to_pitch(rules, ball.position);
  }

  // 6. Reward: goals, plus the change of potential, which jumps when the ball goes back to the centre.
  const float potential = mean_potential(rules, state, ball.position);
  const float reward = goal + shaping * (potential - state.potential);
  state.potential = potential;
  ++state.clock;
  return {state, reward};
}

Outcome step_footyai_v2(const Rules& rules, GameState state, const Actions& actions, float shaping) {
  // 1. Players move without inertia; in this game they have no velocity.
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i) {
      Body& player = state.players[team][i];
      player = {clamped_to_pitch(rules, player.position + actions[team][i].move * rules.player_speed), Vec{}};
    }

  // The potential is measured here: players have moved, the ball has not.
  Body& ball = state.ball;
  const float potential = mean_potential(rules, state, ball.position);

  // 2. Kicks: the mean kick of all players in reach of the ball replaces its velocity; without one it slows down.
  const float reach = rules.kick_reach * rules.kick_reach;
  PerTeam<Vec> kicks{};
  float kickers = 0.0F;
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i) {
      const Vec gap = ball.position - state.players[team][i].position;
      if (dot(gap, gap) < reach) {
        kicks[team] = kicks[team] + actions[team][i].kick;
        kickers += 1.0F;
      }
    }
  const Vec kick = kicks[team_a] + kicks[team_b];
  ball.velocity = without_negative_zero(kickers > 0.0F ? Vec{kick.x / kickers, kick.y / kickers} * rules.kick_speed
                                                       : ball.velocity * rules.ball_keep);

  // 3. The ball moves; walls reverse its velocity.
  ball.position = ball.position + ball.velocity;
  const bool past_end = std::abs(ball.position.x) > rules.half_length;
  const bool past_side = std::abs(ball.position.y) > rules.half_width;
  if (past_end) ball.velocity.x = bounced(rules, ball.velocity.x);
  if (past_side) ball.velocity.y = bounced(rules, ball.velocity.y);
  ball.position = clamped_to_pitch(rules, ball.position);

  // 4. Goal.
  float goal = 0.0F;
  if (past_end && in_goal_mouth(rules, ball.position)) {
    goal = ball.position.x > 0.0F ? 1.0F : -1.0F;
    score_goal(state, goal);
  }

  // 5. Reward: a goal counts alone.
  const float reward = goal != 0.0F ? goal : shaping * (potential - state.potential) + 0.0F;
  state.potential = potential;
  ++state.clock;
  return {state, reward};
}

}  // namespace matchday::reference
