// The steps of FootyAI's two games: point players who pass through each other.
#pragma once

#include "kernels/act.h"
#include "kernels/potential.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// The summed kicks of all players who reach the ball.
template <class Float>
struct Kicks {
  Vec<Float> of_a{0.0F, 0.0F};
  Vec<Float> of_b{0.0F, 0.0F};
  Float kickers = 0.0F;
};

template <class Float, class Mask>
MATCHDAY_HOST_DEVICE void join_kicks(Mask kicks, Vec<Float> kick, bool of_b, Kicks<Float>& all) {
  Vec<Float>& of_team = of_b ? all.of_b : all.of_a;
  of_team = of_team + select(kicks, kick, Vec<Float>{0.0F, 0.0F});
  all.kickers = all.kickers + select(kicks, Float(1.0F), Float(0.0F));
}

/// +1 where the ball is in B's goal, -1 in A's, else 0. at_end: whether the ball is at an end line.
template <class Float, class Mask>
MATCHDAY_HOST_DEVICE Float goal_at(const Rules& rules, Mask at_end, Vec<Float> ball) {
  const auto scored = at_end & (absolute(ball.y) <= Float(rules.goal_half_width));
  return select(scored, select(ball.x > Float(0.0F), Float(1.0F), Float(-1.0F)), Float(0.0F));
}

/// Reflects the ball at walls, keeps it on the pitch, and puts it at rest in the centre after a goal.
template <class Float, class Mask>
MATCHDAY_HOST_DEVICE void keep_ball(const Rules& rules, Mask at_end, Mask at_side, Float goal, Vec<Float>& ball,
                                    Vec<Float>& velocity) {
  const Float kept = rules.restitution_wall;
  const Float zero = 0.0F;
  velocity.x = select(at_end, zero - velocity.x * kept, velocity.x);
  velocity.y = select(at_side, zero - velocity.y * kept, velocity.y);
  ball = kept_within({rules.half_length, rules.half_width}, ball);
  const auto scored = !(goal == zero);
  velocity = select(scored, Vec<Float>{zero, zero}, velocity);
  ball = select(scored, Vec<Float>{zero, zero}, ball);
}

/// One step of the first game. Returns the goal: +1 A's, -1 B's, 0 none.
template <class Float, int players>
MATCHDAY_HOST_DEVICE Float step_footyai_v1(const Rules& rules, const StepArrays& step, std::int64_t matches,
                                           std::int64_t b, Match<Float, players>& match, int& nonfinite_actions) {
  const Vec<Float> limit{rules.half_length, rules.half_width};
  const Float zero = 0.0F;
  Vec<Float>& ball = match.position[match.ball];
  Vec<Float>& ball_velocity = match.velocity[match.ball];

  // 1. Kicks from the positions at the step's start add up. 2. Players move instantly; at an edge they stop.
  Kicks<Float> kicks;
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    Act<Float> act;
    read_act<Game::footyai_v1, players>(act, step, matches, b, k, nonfinite_actions);
    const auto reaches = squared_distance(match.position[k], ball) <= Float(rules.kick_reach * rules.kick_reach);
    join_kicks(reaches, act.kick, k >= players, kicks);
    Vec<Float> velocity = act.move * Float(rules.player_speed) + Vec<Float>{zero, zero};  // -0 becomes +0
    const Vec<Float> position = kept_within(limit, match.position[k] + velocity);
    velocity.x = select(absolute(position.x) >= limit.x, zero, velocity.x);
    velocity.y = select(absolute(position.y) >= limit.y, zero, velocity.y);
    match.position[k] = position;
    match.velocity[k] = velocity;
  }
  ball_velocity = ball_velocity + (kicks.of_a + kicks.of_b) * Float(rules.kick_speed);

  // 3. The ball moves. 4. Goal, or 5. walls.
  ball = ball + ball_velocity;
  const auto at_end = absolute(ball.x) >= limit.x;
  const auto at_side = absolute(ball.y) >= limit.y;
  const Float goal = goal_at(rules, at_end, ball);
  keep_ball(rules, at_end, at_side, goal, ball, ball_velocity);
  return goal;
}

/// One step of the second game; returns the goal. `potential` is measured after players move and before the ball does.
template <class Float, int players>
MATCHDAY_HOST_DEVICE Float step_footyai_v2(const Rules& rules, const StepArrays& step, std::int64_t matches,
                                           std::int64_t b, Match<Float, players>& match, int& nonfinite_actions,
                                           Float& potential) {
  const Vec<Float> limit{rules.half_length, rules.half_width};
  const Vec<Float> rest{0.0F, 0.0F};
  Vec<Float>& ball = match.position[match.ball];
  Vec<Float>& ball_velocity = match.velocity[match.ball];

  // 1. Players move instantly; in this game they have no velocity.
  Kicks<Float> kicks;
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    Act<Float> act;
    read_act<Game::footyai_v2, players>(act, step, matches, b, k, nonfinite_actions);
    match.position[k] = kept_within(limit, match.position[k] + act.move * Float(rules.player_speed));
    match.velocity[k] = rest;
    const Float squared = squared_distance(match.position[k], ball);
    join_kicks(squared < Float(rules.kick_reach * rules.kick_reach), act.kick, k >= players, kicks);
  }
  potential = mean_potential(rules, match);

  // 2. The mean kick of all players who reach the ball replaces its velocity; without a kick the ball slows down.
  const auto kicked = kicks.kickers > Float(0.0F);
  const Vec<Float> sum = kicks.of_a + kicks.of_b;
  const Float kickers = larger(kicks.kickers, Float(1.0F));
  const Vec<Float> mean{sum.x / kickers, sum.y / kickers};
  ball_velocity =
      select(kicked, mean * Float(rules.kick_speed), ball_velocity * Float(rules.ball_keep)) + rest;  // -0 becomes +0

  // 3. The ball moves; 4. goals count, and walls reflect it.
  ball = ball + ball_velocity;
  const auto past_end = absolute(ball.x) > limit.x;
  const auto past_side = absolute(ball.y) > limit.y;
  const Vec<Float> moved = kept_within(limit, ball);
  const Float goal = goal_at(rules, past_end, moved);
  keep_ball(rules, past_end, past_side, goal, ball, ball_velocity);
  return goal;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
