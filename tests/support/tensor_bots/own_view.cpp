#include "tests/support/tensor_bots/own_view.h"

#include <ATen/ATen.h>

#include "rules/rules.h"

namespace matchday::tensor_bots {
namespace {

/// The mirror image of x is 0 - x: there is no negative zero. In one operation, unlike C++'s 0.0 - x.
at::Tensor rotated(const at::Tensor& x) { return at::rsub(x, 0.0); }

}  // namespace

OwnView own_view(const Side& side) {
  const Rules& rules = side.simulator.rules();
  const std::int64_t n = rules.players;
  const float scale = half_length / rules.half_length;
  at::Tensor bodies = side.simulator.state().bodies.narrow(2, side.first, side.count);
  if (side.team == 1) bodies = rotated(bodies);
  if (scale != 1.0F) bodies = bodies * scale;
  const at::Tensor goal = at::zeros({2, 1, 1}, bodies.options());
  goal[0].fill_(half_length);
  const at::Tensor place = bodies.slice(0, 0, 2), velocity = bodies.slice(0, 2, 4);
  const std::int64_t own = side.team * n, theirs = n - own, ball = 2 * n;
  return {.players = place.narrow(1, own, n),
          .velocities = velocity.narrow(1, own, n),
          .opponents = place.narrow(1, theirs, n),
          .ball = place.narrow(1, ball, 1),
          .ball_velocity = velocity.narrow(1, ball, 1),
          .goal = goal,
          .own_goal = -goal,
          .half_width = rules.half_width * scale,
          .goal_half_width = rules.goal_half_width * scale,
          .kick_reach = rules.kick_reach * scale,
          .player_speed = rules.player_speed * scale,
          .kick_speed = rules.kick_speed * scale,
          .ball_keep = rules.ball_keep};
}

at::Tensor to_action(const Side& side, const at::Tensor& move, const at::Tensor& kick) {
  const at::Tensor own = at::cat({move, kick.expand_as(move)}).permute({2, 1, 0}).contiguous();
  return side.team == 0 || sees_own_side(side.simulator.rules()) ? own : rotated(own);
}

}  // namespace matchday::tensor_bots
