// The steps of FootyAI's two games: point players who pass through each other.
#pragma once

#include "kernels/act.h"
#include "kernels/potential.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

/// The kicks of all who reach the ball.
template <class Lane>
struct Kicks {
  Vec<Lane> of_a{0.0F, 0.0F};
  Vec<Lane> of_b{0.0F, 0.0F};
  Lane kickers = 0.0F;
};

template <class Lane, class Mask>
MATCHDAY_BODY void join_kicks(Mask kicks, Vec<Lane> kick, bool of_b, Kicks<Lane>& all) {
  Vec<Lane>& of_team = of_b ? all.of_b : all.of_a;
  of_team = of_team + select(kicks, kick, Vec<Lane>{0.0F, 0.0F});
  all.kickers = all.kickers + select(kicks, Lane(1.0F), Lane(0.0F));
}

/// +1 where the ball, at an end line where `at_end`, is in B's goal, -1 in A's, else 0.
template <class Lane, class Mask>
MATCHDAY_BODY Lane goal_at(const Rules& rules, Mask at_end, Vec<Lane> ball) {
  const auto scored = at_end & (absolute(ball.y) <= Lane(rules.goal_half_width));
  return select(scored, select(ball.x > Lane(0.0F), Lane(1.0F), Lane(-1.0F)), Lane(0.0F));
}

/// The ball turned round where it is at a wall, kept on the pitch, and put at rest in the centre after a goal.
template <class Lane, class Mask>
MATCHDAY_BODY void keep_ball(const Rules& rules, Mask at_end, Mask at_side, Lane goal, Vec<Lane>& ball,
                             Vec<Lane>& velocity) {
  const Lane kept = rules.restitution_wall;
  const Lane zero = 0.0F;
  velocity.x = select(at_end, zero - velocity.x * kept, velocity.x);
  velocity.y = select(at_side, zero - velocity.y * kept, velocity.y);
  ball = kept_within({rules.half_length, rules.half_width}, ball);
  const auto scored = !(goal == zero);
  velocity = select(scored, Vec<Lane>{zero, zero}, velocity);
  ball = select(scored, Vec<Lane>{zero, zero}, ball);
}

/// One step of the first game. Gives the goal: +1 A's, -1 B's, 0 none.
template <class Lane, int players>
MATCHDAY_BODY Lane play_footyai_v1(const Rules& rules, const StepArrays& step, std::int64_t matches, std::int64_t b,
                                   Match<Lane, players>& match, int& bad_numbers) {
  const Vec<Lane> limit{rules.half_length, rules.half_width};
  const Lane zero = 0.0F;
  Vec<Lane>& ball = match.position[match.ball];
  Vec<Lane>& ball_velocity = match.velocity[match.ball];

  // 1. Kicks, judged where the step begins, add up. 2. Players move at once; at the edge they stand still.
  Kicks<Lane> kicks;
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    Act<Lane> act;
    read_act<Game::footyai_v1, players>(act, step, matches, b, k, bad_numbers);
    const auto reaches = squared_distance(match.position[k], ball) <= Lane(rules.kick_reach * rules.kick_reach);
    join_kicks(reaches, act.kick, k >= players, kicks);
    Vec<Lane> velocity = act.move * Lane(rules.player_speed) + Vec<Lane>{zero, zero};  // -0 becomes +0
    const Vec<Lane> position = kept_within(limit, match.position[k] + velocity);
    velocity.x = select(absolute(position.x) >= limit.x, zero, velocity.x);
    velocity.y = select(absolute(position.y) >= limit.y, zero, velocity.y);
    match.position[k] = position;
    match.velocity[k] = velocity;
  }
  ball_velocity = ball_velocity + (kicks.of_a + kicks.of_b) * Lane(rules.kick_speed);

  // 3. The ball moves. 4. Goal, or 5. walls.
  ball = ball + ball_velocity;
  const auto at_end = absolute(ball.x) >= limit.x;
  const auto at_side = absolute(ball.y) >= limit.y;
  const Lane goal = goal_at(rules, at_end, ball);
  keep_ball(rules, at_end, at_side, goal, ball, ball_velocity);
  return goal;
}

/// One step of the second game; gives the goal. `potential` is measured half way: players have moved, the ball has not.
template <class Lane, int players>
MATCHDAY_BODY Lane play_footyai_v2(const Rules& rules, const StepArrays& step, std::int64_t matches, std::int64_t b,
                                   Match<Lane, players>& match, int& bad_numbers, Lane& potential) {
  const Vec<Lane> limit{rules.half_length, rules.half_width};
  const Vec<Lane> rest{0.0F, 0.0F};
  Vec<Lane>& ball = match.position[match.ball];
  Vec<Lane>& ball_velocity = match.velocity[match.ball];

  // 1. Players move at once; here they have no velocity.
  Kicks<Lane> kicks;
  MATCHDAY_UNROLL
  for (int k = 0; k < 2 * players; ++k) {
    Act<Lane> act;
    read_act<Game::footyai_v2, players>(act, step, matches, b, k, bad_numbers);
    match.position[k] = kept_within(limit, match.position[k] + act.move * Lane(rules.player_speed));
    match.velocity[k] = rest;
    const Lane squared = squared_distance(match.position[k], ball);
    join_kicks(squared < Lane(rules.kick_reach * rules.kick_reach), act.kick, k >= players, kicks);
  }
  potential = mean_potential(rules, match);

  // 2. The mean kick of all who reach the ball replaces its velocity; untouched it slows down.
  const auto kicked = kicks.kickers > Lane(0.0F);
  const Vec<Lane> sum = kicks.of_a + kicks.of_b;
  const Lane kickers = larger(kicks.kickers, Lane(1.0F));
  const Vec<Lane> mean{sum.x / kickers, sum.y / kickers};
  ball_velocity =
      select(kicked, mean * Lane(rules.kick_speed), ball_velocity * Lane(rules.ball_keep)) + rest;  // -0 becomes +0

  // 3. The ball moves; 4. walls turn it round; goal.
  ball = ball + ball_velocity;
  const auto past_end = absolute(ball.x) > limit.x;
  const auto past_side = absolute(ball.y) > limit.y;
  const Vec<Lane> moved = kept_within(limit, ball);
  const Lane goal = goal_at(rules, past_end, moved);
  keep_ball(rules, past_end, past_side, goal, ball, ball_velocity);
  return goal;
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
