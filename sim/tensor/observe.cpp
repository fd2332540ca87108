#include <ATen/ATen.h>

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

/// The original's vector, the same for both teams, and each team's one-hot: [2, D, B].
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

/// One team's view; bodies [4, 2N+1, B] with the own players first, lead int32 [B]: own goals less theirs.
at::Tensor arena_rows(const Rules& rules, const at::Tensor& bodies, const at::Tensor& lead, const at::Tensor& left) {
  const std::int64_t n = rules.players;
  const float per_length = 1.0F / rules.half_length;
  const float per_width = 1.0F / rules.half_width;
  const at::Tensor players = bodies.narrow(1, 0, 2 * n);
  const at::Tensor ball = bodies.narrow(1, 2 * n, 1);
  const at::Tensor gap = ball.slice(0, 0, 2) - players.slice(0, 0, 2);
  const at::Tensor per_reach = exact_sqrt(gap[0] * gap[0] + gap[1] * gap[1]).add_(ball_relative_scale).reciprocal_();
  const at::Tensor score =
      (lead.to(at::kFloat) * (1.0F / score_difference_scale)).clamp_(-score_difference_limit, score_difference_limit);
  return at::cat({rows(scaled(players, per_length, per_width, 1.0F / rules.player_speed)),
                  rows(scaled(ball, per_length, per_width, 1.0F / rules.kick_speed)),
                  rows((gap * per_reach).transpose(0, 1)), score.unsqueeze(0), left.unsqueeze(0)});
}

at::Tensor arena_views(const Rules& rules, const MatchState& state) {
  const std::int64_t n = rules.players;
  const at::Tensor& bodies = state.bodies;
  const at::Tensor turned =
      0.0 - at::cat({bodies.narrow(1, n, n), bodies.narrow(1, 0, n), bodies.narrow(1, 2 * n, 1)}, 1);
  const at::Tensor lead = state.score[0] - state.score[1];
  const at::Tensor left = time_left(rules, state);
  return at::stack({arena_rows(rules, bodies, lead, left), arena_rows(rules, turned, -lead, left)});
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

}  // namespace matchday::tensor
