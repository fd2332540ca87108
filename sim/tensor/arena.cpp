// Arena in ATen operations. sim/reference/arena.cpp explains the rules.
#include <ATen/ATen.h>

#include <limits>

#include "sim/tensor/games.h"

namespace matchday::tensor {
namespace {

/// The scalar product of vectors, float32 [2, ..., B] each.
at::Tensor scalar_product(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor products = a * b;
  return products[0] + products[1];
}

/// Positions and velocities of bodies; the tensors are views that the substeps write through.
struct Moving {
  at::Tensor position;  ///< [2, K, B]
  at::Tensor velocity;  ///< [2, K, B]
};

/// Contacts of circles along the line between their centres.
struct Meeting {
  at::Tensor normal;    ///< [2, K, B]: from the pushed body to the other, unit length where they touch
  at::Tensor overlap;   ///< [K, B], u: distance less reach, so negative, where they touch; else 0
  at::Tensor approach;  ///< [K, B], u/step: negative where they touch and approach; else 0
};

/// gap, relative_velocity: of the other body relative to the pushed one, [2, K, B]. reach: u, a number or [K, 1];
/// squared_reach: its square. Coincident centres don't touch.
template <class Reach>
Meeting meet(const at::Tensor& gap, const at::Tensor& relative_velocity, const Reach& reach,
             const Reach& squared_reach) {
  const at::Tensor squared = scalar_product(gap, gap);
  const at::Tensor touching = (squared < squared_reach).logical_and_(squared > 0.0);
  const at::Tensor length = exact_sqrt(at::where(touching, squared, 1.0F));
  const at::Tensor normal = gap * length.reciprocal();
  return {normal, at::where(touching, length - reach, 0.0F),
          at::where(touching, scalar_product(relative_velocity, normal).clamp_max_(0.0), 0.0F)};
}

/// The sum over A's players plus the sum over B's, each in index order: [R, 2, N, ..., B] -> [R, ..., B].
at::Tensor sum_over_teams(const at::Tensor& terms) {
  const at::Tensor sums = sum_in_order(terms, 2);
  return sums.select(1, 0) + sums.select(1, 1);
}

/// The bodies after all contacts, computed from one state and then applied together (Jacobi). bodies: [4, 2N+1, B].
at::Tensor after_contacts(const MatchSetup& setup, const at::Tensor& bodies) {
  const std::int64_t n = setup.rules.players;
  const Pairs& pairs = setup.pairs;
  const at::Tensor gap = bodies.index_select(1, pairs.second) - bodies.index_select(1, pairs.first);
  const Meeting meeting = meet(gap.slice(0, 0, 2), gap.slice(0, 2, 4), pairs.reach, pairs.squared_reach);

  // The pushes on the first and on the second body of each pair: [4, K, B], changes of x, y, vx, vy.
  const at::Tensor sizes = at::stack({meeting.overlap, meeting.approach * pairs.bounce}).unsqueeze(1);
  const at::Tensor on_first = (meeting.normal * (sizes * pairs.share_of_first)).flatten(0, 1);
  const at::Tensor on_second = -(meeting.normal * (sizes * pairs.share_of_second)).flatten(0, 1);

  const at::Tensor pushes = at::cat({on_first, on_second, at::zeros_like(on_first.narrow(1, 0, 1))}, 1);
  const at::Tensor by_players = pushes.index_select(1, pairs.pushes_on_player).view({4, 2 * n, 2 * n, -1});
  const at::Tensor by_ball = on_first.narrow(1, pairs.with_ball, 2 * n);
  const at::Tensor on_ball = on_second.narrow(1, pairs.with_ball, 2 * n).view({4, 2, n, 1, -1});
  return bodies + at::cat({sum_in_order(by_players, 1) + by_ball, sum_over_teams(on_ball)}, 1);
}

/// Clamps players' centres to the pitch; the velocity of a clamped coordinate becomes 0.
void keep_on_pitch(const MatchSetup& setup, Moving players) {
  const at::Tensor limit = setup.pitch_limit.unsqueeze(1);
  players.velocity.masked_fill_(players.position.abs() > limit, 0.0);
  players.position.copy_(at::minimum(at::maximum(players.position, -limit), limit));
}

/// Bounces the ball off the post in its quarter of the pitch. ball: [2, B] each.
void bounce_off_post(const MatchSetup& setup, Moving ball) {
  const Rules& rules = setup.rules;
  const float reach = rules.ball_radius + rules.post_radius;
  const at::Tensor side = at::where(ball.position < 0.0, -1.0F, 1.0F);
  const Meeting meeting = meet(ball.position - side * setup.post, ball.velocity, reach, reach * reach);
  ball.position.sub_(meeting.normal * meeting.overlap);
  ball.velocity.sub_(meeting.normal * (meeting.approach * (1.0F + rules.restitution_post)));
}

/// Bounces one coordinate of the ball off its wall, where `met` is set. Velocity is reversed only if it points outward.
void bounce_off_wall(const Rules& rules, float limit, at::Tensor position, at::Tensor velocity, const at::Tensor& met) {
  const at::Tensor beyond = met.logical_and(position.abs() > limit);
  const at::Tensor turns = beyond.logical_and(position * velocity > 0.0);
  velocity.copy_(at::where(turns, 0.0 - velocity * rules.restitution_wall, velocity));
  position.copy_(at::where(beyond, position.clamp(-limit, limit), position));
}

/// The ball's velocity after the kick of the nearest kicker of both teams, or the mean kick of those exactly as near.
at::Tensor kicked(const Rules& rules, const at::Tensor& bodies, const at::Tensor& act) {
  constexpr float nobody = std::numeric_limits<float>::infinity();
  const std::int64_t n = rules.players;
  const at::Tensor gap = bodies.slice(0, 0, 2).narrow(1, 2 * n, 1) - bodies.slice(0, 0, 2).narrow(1, 0, 2 * n);
  const at::Tensor squared = scalar_product(gap, gap);
  const at::Tensor kick = act.slice(0, 2, 4);
  const at::Tensor kicks = (squared <= rules.kick_reach * rules.kick_reach)
                               .logical_and_(scalar_product(kick, kick) > rules.kick_dead_zone * rules.kick_dead_zone);
  const at::Tensor distance = at::where(kicks, squared, nobody);
  const at::Tensor kickers = kicks.logical_and(distance == distance.amin(0));
  const at::Tensor count = kickers.sum(0).to(at::kFloat);
  const at::Tensor sum = sum_over_teams(at::where(kickers, kick, 0.0F).view({2, 2, n, -1}));
  return at::where(count > 0.0, sum / count.clamp_min(1.0) * rules.kick_speed, bodies.slice(0, 2, 4).select(1, 2 * n));
}

/// One physics substep of `bodies`. Returns +1 where the ball is in B's goal, -1 in A's, else 0: float32 [B].
at::Tensor substep(const MatchSetup& setup, at::Tensor& bodies) {
  const Rules& rules = setup.rules;
  const std::int64_t n = rules.players;
  const float h = 1.0F / static_cast<float>(rules.substeps);

  // a. The ball slows down; everything moves.
  bodies.slice(0, 2, 4).select(1, 2 * n).mul_(setup.ball_keep);
  bodies.slice(0, 0, 2).add_(bodies.slice(0, 2, 4) * h);

  // b. Bodies push each other; then players are kept on the pitch, since a push may have taken them off it.
  bodies = after_contacts(setup, bodies);
  keep_on_pitch(setup, {bodies.slice(0, 0, 2).narrow(1, 0, 2 * n), bodies.slice(0, 2, 4).narrow(1, 0, 2 * n)});

  // c. The ball bounces off posts and walls. The end wall is open at the goal.
  const Moving ball{bodies.slice(0, 0, 2).select(1, 2 * n), bodies.slice(0, 2, 4).select(1, 2 * n)};
  bounce_off_post(setup, ball);
  const at::Tensor everywhere = at::ones({1}, bodies.options().dtype(at::kBool));
  bounce_off_wall(rules, rules.half_width - rules.ball_radius, ball.position[1], ball.velocity[1], everywhere);
  const at::Tensor in_mouth = ball.position[1].abs() < rules.goal_half_width;
  bounce_off_wall(rules, rules.half_length - rules.ball_radius, ball.position[0], ball.velocity[0],
                  in_mouth.logical_not());

  // d. The ball's speed is capped, since a squeezed ball could pass through a body.
  const at::Tensor squared = scalar_product(ball.velocity, ball.velocity);
  const at::Tensor too_fast = squared > rules.ball_top_speed * rules.ball_top_speed;
  const at::Tensor brake = at::full({1}, rules.ball_top_speed, bodies.options()) / exact_sqrt(squared);
  ball.velocity.copy_(at::where(too_fast, ball.velocity * brake, ball.velocity).add_(0.0));  // -0 becomes +0

  // e. Goal.
  const at::Tensor scored = in_mouth.logical_and(ball.position[0].abs() >= rules.half_length);
  return at::where(scored, at::where(ball.position[0] > 0.0, 1.0F, -1.0F), 0.0F);
}

}  // namespace

at::Tensor step_arena(const MatchSetup& setup, MatchState& state, const at::Tensor& act, const at::Tensor& shaping) {
  const Rules& rules = setup.rules;
  const std::int64_t n = rules.players;
  at::Tensor bodies = state.bodies.clone();

  // 1. The kick, judged at the positions before the step.
  bodies.slice(0, 2, 4).select(1, 2 * n).copy_(kicked(rules, bodies, act));

  // 2. Players' velocities approach those that their actions ask for.
  const at::Tensor velocity = bodies.slice(0, 2, 4).narrow(1, 0, 2 * n);
  velocity.add_((act.slice(0, 0, 2) * rules.player_speed - velocity) * rules.player_response);

  // 3. Substeps. The first goal counts; what a match does after its goal is overwritten by the kick-off.
  at::Tensor goal = substep(setup, bodies);
  for (int k = 1; k < rules.substeps; ++k) {
    const at::Tensor later_goal = substep(setup, bodies);
    goal = at::where(goal != 0.0, goal, later_goal);
  }

  // 4. Score, clock, and the kick-off by the team that conceded.
  const at::Tensor a_scored = goal > 0.0;
  const at::Tensor scored = goal != 0.0;
  state.score = state.score + at::stack({a_scored, goal < 0.0});
  state.clock = state.clock + 1;
  state.bodies = at::where(scored, kick_off_bodies(setup, state, a_scored), bodies);

  // 5. Reward: a goal counts alone, so that the kick-off's jump of potential is not rewarded.
  const at::Tensor potential = arena_potential(rules, state.bodies);
  const at::Tensor reward = at::where(scored, goal, shaping * (potential - state.potential)).add_(0.0);
  state.potential = potential;
  return reward;
}

}  // namespace matchday::tensor
