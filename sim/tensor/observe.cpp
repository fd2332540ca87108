#include <ATen/ATen.h>

#include <cmath>

#include "rules/observation.h"
#include "sim/tensor/games.h"

namespace matchday::tensor {
namespace {

/// float32 [G, K, B] groups of components -> [G * K, B] rows.
at::Tensor rows(const at::Tensor& groups) { return groups.reshape({-1, groups.size(-1)}); }

/// Multiplies the x, y, vx, vy rows of bodies [4, ...] by their scales and puts them innermost but one: [..., 4, B].
at::Tensor scaled(const at::Tensor& bodies, float x, float y, float velocity) {
  return at::stack({bodies[0] * x, bodies[1] * y, bodies[2] * velocity, bodies[3] * velocity}, -2);
}

at::Tensor time_left(const Rules& rules, const MatchState& state) {
  return (rules.steps - state.clock).to(at::kFloat) * (1.0F / static_cast<float>(rules.steps));
}

/// FootyAI's vector, the same for both teams, and each team's one-hot: [2, D, B].
at::Tensor with_team(const at::Tensor& rows_of_both) {
  const at::Tensor one = at::ones({1, rows_of_both.size(1)}, rows_of_both.options());
  const at::Tensor zero = at::zeros_like(one);
  return at::stack({at::cat({rows_of_both, one, zero}), at::cat({rows_of_both, zero, one})});
}

at::Tensor footyai_v1_rows(const Rules& rules, const MatchState& state) {
  const float per_speed = 1.0F / rules.player_speed;
  at::Tensor bodies = state.bodies.clone();
  bodies[row_x] += rules.half_length;
  bodies[row_y] += rules.half_width;
  return at::cat({rows(scaled(bodies, 1.0F / (2.0F * rules.half_length), 1.0F / (2.0F * rules.half_width), per_speed)),
                  state.score.to(at::kFloat), time_left(rules, state).unsqueeze(0)});
}

at::Tensor footyai_v2_rows(const Rules& rules, const MatchState& state) {
  const std::int64_t n = rules.players;
  const at::Tensor all =
      scaled(state.bodies, 1.0F / rules.half_length, 1.0F / rules.half_width, 1.0F / rules.kick_speed);
  const at::Tensor time = state.clock.to(at::kFloat) * (1.0F / static_cast<float>(rules.steps));
  return at::cat({rows(all.narrow(0, 0, 2 * n).narrow(1, 0, 2)), all[2 * n],
                  state.score.to(at::kFloat) * (1.0F / footyai_score_scale), time.unsqueeze(0)});
}

/// All bodies as B sees them: rotated by 180 degrees, its own players first.
at::Tensor seen_by_b(const Rules& rules, const at::Tensor& bodies) {
  const std::int64_t n = rules.players;
  return 0.0 - at::cat({bodies.narrow(1, n, n), bodies.narrow(1, 0, n), bodies.narrow(1, 2 * n, 1)}, 1);
}

/// The score difference, scaled and clamped. lead: int32 [B], own goals minus the opponents'.
at::Tensor scaled_lead(const at::Tensor& lead) {
  return (lead.to(at::kFloat) * (1.0F / score_difference_scale))
      .clamp_(-score_difference_limit, score_difference_limit);
}

/// One team's view; bodies [4, 2N+1, B] with the own players first, lead int32 [B]: own goals minus theirs.
at::Tensor arena_rows(const Rules& rules, const at::Tensor& bodies, const at::Tensor& lead, const at::Tensor& left) {
  const std::int64_t n = rules.players;
  const float per_length = 1.0F / rules.half_length;
  const float per_width = 1.0F / rules.half_width;
  const at::Tensor players = bodies.narrow(1, 0, 2 * n);
  const at::Tensor ball = bodies.narrow(1, 2 * n, 1);
  const at::Tensor gap = ball.slice(0, 0, 2) - players.slice(0, 0, 2);
  const at::Tensor per_reach = exact_sqrt(gap[0] * gap[0] + gap[1] * gap[1]).add_(ball_relative_scale).reciprocal_();
  return at::cat({rows(scaled(players, per_length, per_width, 1.0F / rules.player_speed)),
                  rows(scaled(ball, per_length, per_width, 1.0F / rules.kick_speed)),
                  rows((gap * per_reach).transpose(0, 1)), scaled_lead(lead).unsqueeze(0), left.unsqueeze(0)});
}

/// `others` [4, M, B] as each of the players `own` [4, N, B] sees them, nearest first: rx, ry, vx, vy of each, scaled,
/// [4 * count, N, B]. masked: bool [N, M, 1], the others that a player does not see.
at::Tensor others_by_distance(const Rules& rules, const at::Tensor& own, const at::Tensor& others,
                              const at::Tensor& masked, std::int64_t count) {
  const at::Tensor gap = others.slice(0, 0, 2).unsqueeze(1) - own.slice(0, 0, 2).unsqueeze(2);  // [2, N, M, B]
  const at::Tensor squared = (gap[0] * gap[0] + gap[1] * gap[1]).masked_fill_(masked, INFINITY);
  const at::Tensor order = std::get<1>(at::sort(squared, true, 1, false)).narrow(1, 0, count);  // [N, count, B]
  const at::Tensor velocity = others.slice(0, 2, 4).unsqueeze(1).expand_as(gap);
  const auto sorted = [&](const at::Tensor& component, float scale) { return component.gather(1, order) * scale; };
  const float per_view = 1.0F / player_view_scale;
  const float per_speed = 1.0F / rules.player_speed;
  return at::stack({sorted(gap[0], per_view), sorted(gap[1], per_view), sorted(velocity[0], per_speed),
                    sorted(velocity[1], per_speed)})  // [4, N, count, B]
      .permute({2, 0, 1, 3})
      .flatten(0, 1);
}

/// One team's players' views, [P, N, B]; arguments as in arena_rows.
at::Tensor player_rows(const Rules& rules, const at::Tensor& bodies, const at::Tensor& lead, const at::Tensor& left) {
  const std::int64_t n = rules.players;
  const at::Tensor own = bodies.narrow(1, 0, n);
  const at::Tensor ball = bodies.narrow(1, 2 * n, 1);
  const at::Tensor gap = ball.slice(0, 0, 2) - own.slice(0, 0, 2);  // [2, N, B]
  const at::Tensor squared = gap[0] * gap[0] + gap[1] * gap[1];
  const at::Tensor per_reach = exact_sqrt(squared).add_(ball_relative_scale).reciprocal_();
  const at::Tensor ball_velocity = (ball.slice(0, 2, 4) * (1.0F / rules.kick_speed)).expand({2, n, -1});
  const at::Tensor self = at::eye(n, bodies.options()).unsqueeze(2);  // [N, N, 1]
  const at::Tensor nobody = at::zeros({n, n, 1}, bodies.options().dtype(at::kBool));
  const at::Tensor first = at::arange(n, bodies.options());
  const at::Tensor is_before = first.unsqueeze(0) < first.unsqueeze(1);  // [N, N]: column before row
  const at::Tensor theirs = squared.unsqueeze(0);
  const at::Tensor mine = squared.unsqueeze(1);
  const at::Tensor nearer = (theirs < mine).logical_or((theirs == mine).logical_and(is_before.unsqueeze(2)));
  const at::Tensor rank = nearer.sum(1).unsqueeze(0) == at::arange(n, bodies.options()).view({n, 1, 1});
  const auto everybody = [&](const at::Tensor& row) { return row.expand({1, n, -1}); };
  return at::cat(
      {scaled(own, 1.0F / rules.half_length, 1.0F / rules.half_width, 1.0F / rules.player_speed).transpose(0, 1),
       gap * (1.0F / player_view_scale), gap * per_reach, ball_velocity,
       others_by_distance(rules, own, own, self.to(at::kBool), n - 1),
       others_by_distance(rules, own, bodies.narrow(1, n, n), nobody, n), everybody(scaled_lead(lead)), everybody(left),
       self.expand({n, n, bodies.size(2)}), rank.to(at::kFloat)});
}

at::Tensor arena_views(const Rules& rules, const MatchState& state) {
  const at::Tensor& bodies = state.bodies;
  const at::Tensor rotated = seen_by_b(rules, bodies);
  const at::Tensor lead = state.score[0] - state.score[1];
  const at::Tensor left = time_left(rules, state);
  return at::stack({arena_rows(rules, bodies, lead, left), arena_rows(rules, rotated, -lead, left)});
}

}  // namespace

at::Tensor observe(const Rules& rules, const MatchState& state) {
  at::Tensor views;  // [2, D, B]
  switch (rules.game) {
    case Game::footyai_v1:
      views = with_team(footyai_v1_rows(rules, state));
      break;
    case Game::footyai_v2:
      views = with_team(footyai_v2_rows(rules, state));
      break;
    case Game::arena:
      views = arena_views(rules, state);
      break;
  }
  return views.transpose(1, 2).contiguous();
}

at::Tensor observe_players(const Rules& rules, const MatchState& state) {
  const at::Tensor lead = state.score[0] - state.score[1];
  const at::Tensor left = time_left(rules, state);
  return at::stack({player_rows(rules, state.bodies, lead, left),
                    player_rows(rules, seen_by_b(rules, state.bodies), -lead, left)})  // [2, P, N, B]
      .permute({0, 3, 2, 1})
      .contiguous();
}

}  // namespace matchday::tensor
