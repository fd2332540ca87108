#include "tests/support/tensor_bots/running.h"

#include "tests/support/tensor_bots/geometry.h"

namespace matchday::tensor_bots {
namespace {

/// A player slows down within this many steps' run of where it wants to be, and so does not overshoot. steps
constexpr float braking_steps = 2.0F;

/// Half the width of the pitch that the table of places is made for. u
constexpr float half_width_of_places = 25.0F;

/// The goalkeeper stands this share of the ball's distance before its goal, within bounds: far enough out to narrow the
/// angle, near enough to be back before a shot.
constexpr float standing_share = 0.2F;
constexpr float nearest_stand = 3.0F;   ///< u
constexpr float farthest_stand = 8.0F;  ///< u

/// A ball that comes faster than this share of a kick's speed, and would be there within some steps, is a shot.
constexpr float shot_share = 1.0F / 7.0F;
constexpr float shot_steps = 12.0F;  ///< steps, about how long a keeper needs from post to post

/// The line on which the goalkeeper meets shots lies this far before the goal. u
constexpr float dive_depth = 2.0F;

/// Shots are followed so far outside the mouth: the ball may still come in off a post. u
constexpr float outside_mouth = 1.0F;

/// The goalkeeper stops at this share of the mouth: from there it reaches the post.
constexpr float dive_share = 0.9F;

}  // namespace

at::Tensor run_to(const OwnView& view, const at::Tensor& target) {
  return within_unit_disc((target - view.players) * (1.0F / (braking_steps * view.player_speed)));
}

at::Tensor column(const OwnView& view, float (*number)(const Duty&)) {
  const std::vector<Duty> team = duties(view.players.size(1));
  const at::Tensor rows = at::empty({view.players.size(1), 1}, view.ball.options());
  // One by one: a copy of host memory would make the host wait for the device.
  for (std::size_t k = 0; k < team.size(); ++k) rows[static_cast<std::int64_t>(k)].fill_(number(team[k]));
  return rows;
}

at::Tensor base(const OwnView& view) {
  return points(column(view, [](const Duty& duty) { return duty.base.x; }),
                column(view, [](const Duty& duty) { return duty.base.y; }) * (view.half_width / half_width_of_places));
}

at::Tensor base_moved(const OwnView& view, float share_of_x, float share_of_y) {
  return base(view) + points(view.ball[0] * share_of_x, view.ball[1] * share_of_y);
}

at::Tensor nearest(const at::Tensor& players, const at::Tensor& point) {
  const at::Tensor distance = (players - point).square().sum(0);
  return distance == distance.amin(0, true);
}

at::Tensor guard_goal(const OwnView& view, const Rush& rush) {
  const at::Tensor x = view.ball[0], y = view.ball[1];
  const at::Tensor vx = view.ball_velocity[0], vy = view.ball_velocity[1];

  const at::Tensor from_goal = view.ball - view.own_goal;
  const at::Tensor distance = length(from_goal);
  const at::Tensor share = (standing_share * distance).clamp(nearest_stand, farthest_stand) / distance.clamp_min(tiny);
  const at::Tensor stand = view.own_goal + from_goal * share;

  const float shot_speed = shot_share * view.kick_speed;
  const at::Tensor steps = (x + (half_length - dive_depth)) / (-vx).clamp_min(shot_speed);
  const at::Tensor crossing = y + vy * steps;
  const at::Tensor is_shot =
      (vx < -shot_speed) & (steps < shot_steps) & (crossing.abs() < view.goal_half_width + outside_mouth);
  const float reach = dive_share * view.goal_half_width;
  const at::Tensor dive = points(at::full_like(x, dive_depth - half_length), crossing.clamp(-reach, reach));

  const at::Tensor rushes = (length(view.players.narrow(1, 0, 1) - view.ball) < rush.reach) & (x < rush.before);
  return at::where(rushes, view.ball + view.ball_velocity, at::where(is_shot, dive, stand));
}

at::Tensor with_keeper(const OwnView& view, const at::Tensor& keeper, const at::Tensor& field) {
  return has_keeper(view) ? at::cat({keeper, field}, 1) : field;
}

}  // namespace matchday::tensor_bots
