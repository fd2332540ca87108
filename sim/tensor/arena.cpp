// Arena in ATen operations. The reference core's arena.cpp tells it in words.
#include <ATen/ATen.h>

#include <limits>

#include "sim/tensor/games.h"

namespace matchday::tensor {
namespace {

/// Two coordinates, each float32 [K, B] or [B].
struct Vec {
  at::Tensor x;
  at::Tensor y;
};

Vec operator-(const Vec& a, const Vec& b) { return {a.x - b.x, a.y - b.y}; }
at::Tensor dot(const Vec& a, const Vec& b) { return a.x * b.x + a.y * b.y; }

/// Bodies taken apart; the tensors are views that the substeps write through.
struct Moving {
  at::Tensor position;  ///< [2, K, B]
  at::Tensor velocity;  ///< [2, K, B]
};

Vec vec(const at::Tensor& rows) { return {rows[0], rows[1]}; }

/// How circles meet along a line between their centres.
struct Meeting {
  Vec normal;           ///< from the pushed one to the other, unit length where they touch
  at::Tensor overlap;   ///< u, negative where they touch, else 0: distance less reach
  at::Tensor approach;  ///< u/step, negative where they touch and approach, else 0
};

/// gap, relative velocity: of the other from the pushed one's point of view. Coincident centres don't touch.
Meeting meet(const Vec& gap, const Vec& relative_velocity, float reach) {
  const at::Tensor squared = dot(gap, gap);
  const at::Tensor touching = (squared < reach * reach).logical_and_(squared > 0.0);
  const at::Tensor length = exact_sqrt(at::where(touching, squared, 1.0F));
  const Vec normal{gap.x / length, gap.y / length};
  return {normal, at::where(touching, length - reach, 0.0F),
          at::where(touching, dot(relative_velocity, normal).clamp_max_(0.0), 0.0F)};
}

/// What a meeting does to one who takes `share` of it: [4, K, B], changes of x, y, vx, vy.
at::Tensor pushes(const Meeting& meeting, float share, float bounce) {
  const at::Tensor correction = meeting.overlap * share;
  const at::Tensor impulse = meeting.approach * bounce * share;
  return at::stack({meeting.normal.x * correction, meeting.normal.y * correction, meeting.normal.x * impulse,
                    meeting.normal.y * impulse});
}

/// The sum over all players, A's and B's each in index order: [R, 2N, B] -> [R, B].
at::Tensor sum_over_teams(const Rules& rules, const at::Tensor& terms) {
  const at::Tensor sums = sum_in_order(terms.view({terms.size(0), 2, rules.players, -1}), 2);
  return sums.select(1, 0) + sums.select(1, 1);
}

/// All contacts, from the same places and velocities, then applied together (Jacobi). bodies: [4, 2N+1, B].
at::Tensor after_contacts(const Fixture& fixture, const at::Tensor& bodies) {
  const Rules& rules = fixture.rules;
  const std::int64_t n = rules.players;
  const float masses = rules.player_mass + rules.ball_mass;

  const at::Tensor first = bodies.index_select(1, fixture.pair_first);
  const at::Tensor gap = bodies.index_select(1, fixture.pair_second) - first;
  const at::Tensor on_first =
      pushes(meet({gap[0], gap[1]}, {gap[2], gap[3]}, rules.player_radius + rules.player_radius), 0.5F,
             1.0F + rules.restitution_players);
  const at::Tensor zero = at::zeros({4, 1, bodies.size(2)}, bodies.options());
  const at::Tensor by_players =
      at::cat({on_first, -on_first, zero}, 1).index_select(1, fixture.pushes_on_player).view({4, 2, n, 2 * n, -1});
  const at::Tensor sums = sum_in_order(by_players, 2);

  const at::Tensor to_ball = bodies.narrow(1, 2 * n, 1) - bodies.narrow(1, 0, 2 * n);
  const Meeting ball =
      meet({to_ball[0], to_ball[1]}, {to_ball[2], to_ball[3]}, rules.player_radius + rules.ball_radius);
  const float bounce = 1.0F + rules.restitution_player_ball;
  const at::Tensor by_ball = pushes(ball, rules.ball_mass / masses, bounce);
  const at::Tensor on_ball = sum_over_teams(rules, -pushes(ball, rules.player_mass / masses, bounce));

  const at::Tensor on_players = (sums.select(1, 0) + sums.select(1, 1)) + by_ball;
  return bodies + at::cat({on_players, on_ball.unsqueeze(1)}, 1);
}

/// Players' centres stay on the pitch; at its edge they stand still in that direction.
void keep_on_pitch(const Fixture& fixture, Moving players) {
  const at::Tensor limit = fixture.pitch_limit.unsqueeze(1);
  players.velocity.masked_fill_(players.position.abs() > limit, 0.0);
  players.position.copy_(at::minimum(at::maximum(players.position, -limit), limit));
}

/// The ball off the post in its quarter of the pitch. ball: [2, B] each.
void bounce_off_post(const Rules& rules, Moving ball) {
  const auto side = [](const at::Tensor& coordinate) { return at::where(coordinate < 0.0, -1.0F, 1.0F); };
  const Vec post{side(ball.position[0]) * rules.half_length, side(ball.position[1]) * rules.goal_half_width};
  const Meeting meeting = meet(vec(ball.position) - post, vec(ball.velocity), rules.ball_radius + rules.post_radius);
  const at::Tensor normal = at::stack({meeting.normal.x, meeting.normal.y});
  ball.position.sub_(normal * meeting.overlap);
  ball.velocity.sub_(normal * (meeting.approach * (1.0F + rules.restitution_post)));
}

/// One coordinate of the ball off its wall, where `met` allows one. It turns round only if it moves outward.
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
  const at::Tensor squared = dot(vec(gap), vec(gap));
  const at::Tensor kick = act.slice(0, 2, 4);
  const at::Tensor kicks = (squared <= rules.kick_reach * rules.kick_reach)
                               .logical_and_(dot(vec(kick), vec(kick)) > rules.kick_dead_zone * rules.kick_dead_zone);
  const at::Tensor distance = at::where(kicks, squared, nobody);
  const at::Tensor kickers = kicks.logical_and(distance == distance.amin(0));
  const at::Tensor count = kickers.sum(0).to(at::kFloat);
  const at::Tensor sum = sum_over_teams(rules, at::where(kickers, kick, 0.0F));
  return at::where(count > 0.0, sum / count.clamp_min(1.0) * rules.kick_speed, bodies.slice(0, 2, 4).select(1, 2 * n));
}

/// One physics advance of `bodies`. Gives +1 where the ball is in B's goal, -1 in A's, else 0: float32 [B].
at::Tensor substep(const Fixture& fixture, at::Tensor& bodies) {
  const Rules& rules = fixture.rules;
  const std::int64_t n = rules.players;
  const float h = 1.0F / static_cast<float>(rules.substeps);

  // a. The ball slows down; everything moves.
  bodies.slice(0, 2, 4).select(1, 2 * n).mul_(ball_keep_per_substep(rules));
  bodies.slice(0, 0, 2).add_(bodies.slice(0, 2, 4) * h);

  // b. Bodies push each other; then players are kept on the pitch, since a push may have taken them off it.
  bodies = after_contacts(fixture, bodies);
  keep_on_pitch(fixture, {bodies.slice(0, 0, 2).narrow(1, 0, 2 * n), bodies.slice(0, 2, 4).narrow(1, 0, 2 * n)});

  // c. The ball off posts and walls. The end wall is open at the goal.
  const Moving ball{bodies.slice(0, 0, 2).select(1, 2 * n), bodies.slice(0, 2, 4).select(1, 2 * n)};
  bounce_off_post(rules, ball);
  const at::Tensor everywhere = at::ones({1}, bodies.options().dtype(at::kBool));
  bounce_off_wall(rules, rules.half_width - rules.ball_radius, ball.position[1], ball.velocity[1], everywhere);
  const at::Tensor in_mouth = ball.position[1].abs() < rules.goal_half_width;
  bounce_off_wall(rules, rules.half_length - rules.ball_radius, ball.position[0], ball.velocity[0],
                  in_mouth.logical_not());

  // d. The cap, without which a squeezed ball could pass through a body.
  const at::Tensor squared = dot(vec(ball.velocity), vec(ball.velocity));
  const at::Tensor too_fast = squared > rules.ball_top_speed * rules.ball_top_speed;
  const at::Tensor brake = at::full({1}, rules.ball_top_speed, bodies.options()) / exact_sqrt(squared);
  ball.velocity.copy_(at::where(too_fast, ball.velocity * brake, ball.velocity).add_(0.0));  // -0 becomes +0

  // e. Goal.
  const at::Tensor scored = in_mouth.logical_and(ball.position[0].abs() >= rules.half_length);
  return at::where(scored, at::where(ball.position[0] > 0.0, 1.0F, -1.0F), 0.0F);
}

}  // namespace

at::Tensor step_arena(const Fixture& fixture, MatchState& state, const at::Tensor& act, const at::Tensor& shaping) {
  const Rules& rules = fixture.rules;
  const std::int64_t n = rules.players;
  at::Tensor bodies = state.bodies.clone();

  // 1. The kick, at the places where the step begins.
  bodies.slice(0, 2, 4).select(1, 2 * n).copy_(kicked(rules, bodies, act));

  // 2. Players' velocities turn towards what they want.
  const at::Tensor velocity = bodies.slice(0, 2, 4).narrow(1, 0, 2 * n);
  velocity.add_((act.slice(0, 0, 2) * rules.player_speed - velocity) * rules.player_response);

  // 3. Substeps. The first goal counts; what a match does after its goal is overwritten by the kick-off.
  at::Tensor goal = substep(fixture, bodies);
  for (int k = 1; k < rules.substeps; ++k) {
    const at::Tensor later_goal = substep(fixture, bodies);
    goal = at::where(goal != 0.0, goal, later_goal);
  }

  // 4. Score, clock, and the kick-off by the team that conceded.
  const at::Tensor a_scored = goal > 0.0;
  const at::Tensor scored = goal != 0.0;
  state.score = state.score + at::stack({a_scored, goal < 0.0});
  state.clock = state.clock + 1;
  state.bodies = at::where(scored, kick_off_bodies(fixture, state, a_scored), bodies);

  // 5. Reward: a goal counts alone, so that a kick-off's jump of potential is nobody's merit.
  const at::Tensor potential = arena_potential(rules, state.bodies);
  const at::Tensor reward = at::where(scored, goal, shaping * (potential - state.potential));
  state.potential = potential;
  return reward;
}

}  // namespace matchday::tensor
