// FootyAI's two games in ATen operations. sim/reference/footyai.cpp explains the rules.
#include <ATen/ATen.h>

#include "sim/tensor/games.h"

namespace matchday::tensor {
namespace {

/// Pieces of [4, 2N+1, B] bodies.
struct Parts {
  at::Tensor position;  ///< players', [2, 2N, B]
  at::Tensor ball;      ///< [2, B]
  at::Tensor ball_velocity;
};

Parts parts_of(const Rules& rules, const at::Tensor& bodies) {
  const std::int64_t n = rules.players;
  return {bodies.slice(0, 0, 2).narrow(1, 0, 2 * n), bodies.slice(0, 0, 2).select(1, 2 * n),
          bodies.slice(0, 2, 4).select(1, 2 * n)};
}

at::Tensor bodies_from(const at::Tensor& position, const at::Tensor& velocity, const at::Tensor& ball,
                       const at::Tensor& ball_velocity) {
  return at::cat({at::cat({position, ball.unsqueeze(1)}, 1), at::cat({velocity, ball_velocity.unsqueeze(1)}, 1)});
}

at::Tensor clamped(const at::Tensor& place, const at::Tensor& limit) {
  return at::minimum(at::maximum(place, -limit), limit);
}

/// Sum of the kicks of all `kickers`, bool [2N, B], A's and B's each in index order: [2, B].
at::Tensor sum_of_kicks(const Rules& rules, const at::Tensor& act, const at::Tensor& kickers) {
  const at::Tensor kicks = at::where(kickers, act.slice(0, 2, 4), 0.0F).view({2, 2, rules.players, -1});
  const at::Tensor sums = sum_in_order(kicks, 2);
  return sums.select(1, 0) + sums.select(1, 1);
}

at::Tensor squared_gaps(const Parts& parts) {
  const at::Tensor gap = parts.ball.unsqueeze(1) - parts.position;
  return gap[0] * gap[0] + gap[1] * gap[1];
}

/// +1 where the ball (at `ball`, beyond an end line where `past_end`) is in B's goal, -1 in A's, else 0: float32 [B].
at::Tensor goals(const Rules& rules, const at::Tensor& ball, const at::Tensor& past_end) {
  const at::Tensor scored = past_end.logical_and(ball[1].abs() <= rules.goal_half_width);
  return at::where(scored, at::where(ball[0] > 0.0, 1.0F, -1.0F), 0.0F);
}

/// Adds the goals to the score and the step to the clock.
void book(MatchState& state, const at::Tensor& goal) {
  state.score = state.score + at::stack({goal > 0.0, goal < 0.0});
  state.clock = state.clock + 1;
}

}  // namespace

at::Tensor step_footyai_v1(const MatchSetup& setup, MatchState& state, const at::Tensor& act,
                           const at::Tensor& shaping) {
  const Rules& rules = setup.rules;
  const Parts before = parts_of(rules, state.bodies);
  const at::Tensor& limit = setup.pitch_limit;

  // 1. Kicks add up.
  const at::Tensor kickers = squared_gaps(before) <= rules.kick_reach * rules.kick_reach;
  at::Tensor ball_velocity = before.ball_velocity + sum_of_kicks(rules, act, kickers) * rules.kick_speed;

  // 2. Players move without inertia; at an edge the velocity component across it becomes 0.
  at::Tensor velocity = (act.slice(0, 0, 2) * rules.player_speed).add_(0.0);  // -0 becomes +0
  const at::Tensor position = clamped(before.position + velocity, limit.unsqueeze(1));
  velocity = at::where(position.abs() >= limit.unsqueeze(1), 0.0F, velocity);

  // 3. The ball moves.
  at::Tensor ball = before.ball + ball_velocity;

  // 4. Goal, or 5. walls.
  const at::Tensor at_edge = ball.abs() >= limit;
  const at::Tensor goal = goals(rules, ball, at_edge[0]);
  const at::Tensor scored = goal != 0.0;
  ball_velocity = at::where(at_edge, 0.0 - ball_velocity * rules.restitution_wall, ball_velocity);
  ball_velocity = at::where(scored, 0.0F, ball_velocity);
  ball = at::where(scored, 0.0F, clamped(ball, limit));

  // 6. Reward.
  state.bodies = bodies_from(position, velocity, ball, ball_velocity);
  book(state, goal);
  const at::Tensor potential = mean_potential(rules, state.bodies, state.bodies);
  const at::Tensor reward = goal + shaping * (potential - state.potential);
  state.potential = potential;
  return reward;
}

at::Tensor step_footyai_v2(const MatchSetup& setup, MatchState& state, const at::Tensor& act,
                           const at::Tensor& shaping) {
  const Rules& rules = setup.rules;
  const Parts before = parts_of(rules, state.bodies);
  const at::Tensor& limit = setup.pitch_limit;

  // 1. Players move without inertia. The potential is measured here: players have moved, the ball has not.
  const at::Tensor position = clamped(before.position + act.slice(0, 0, 2) * rules.player_speed, limit.unsqueeze(1));
  const at::Tensor potential = mean_potential(rules, position, state.bodies);

  // 2. The mean kick replaces the ball's velocity; without a kick it slows down.
  const at::Tensor kickers =
      squared_gaps({position, before.ball, before.ball_velocity}) < rules.kick_reach * rules.kick_reach;
  const at::Tensor count = kickers.sum(0).to(at::kFloat);
  const at::Tensor kick = sum_of_kicks(rules, act, kickers) / count.clamp_min(1.0) * rules.kick_speed;
  at::Tensor ball_velocity = at::where(count > 0.0, kick, before.ball_velocity * rules.ball_keep).add_(0.0);  // no -0

  // 3. The ball moves; walls reverse its velocity.
  at::Tensor ball = before.ball + ball_velocity;
  const at::Tensor past = ball.abs() > limit;
  ball_velocity = at::where(past, 0.0 - ball_velocity * rules.restitution_wall, ball_velocity);
  ball = clamped(ball, limit);

  // 4. Goal.
  const at::Tensor goal = goals(rules, ball, past[0]);
  const at::Tensor scored = goal != 0.0;
  ball_velocity = at::where(scored, 0.0F, ball_velocity);
  ball = at::where(scored, 0.0F, ball);

  // 5. Reward: a goal counts alone.
  const at::Tensor reward = at::where(scored, goal, shaping * (potential - state.potential)).add_(0.0);
  state.bodies = bodies_from(position, at::zeros_like(position), ball, ball_velocity);
  state.potential = potential;
  book(state, goal);
  return reward;
}

}  // namespace matchday::tensor
