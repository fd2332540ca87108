// Where to run: to places, to the ball, between the ball and the goal.
#pragma once

#include "kernels/bots/own_view.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// A player slows down within this many steps' run of its target, so that it does not overshoot.
inline constexpr float braking_steps = 2.0F;

/// Player k's move towards a point: at full speed, slower close to it.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> run_to(const OwnView<Float>& view, int k, Vec<Float> target) {
  return within_unit_disc((target - view.player(k)) * Float(1.0F / (braking_steps * view.constants.player_speed)));
}

/// Where the ball is a number of steps later, if nobody touches it and nothing slows it down.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> ball_after(const OwnView<Float>& view, float steps) {
  return view.ball + view.ball_velocity * Float(steps);
}

/// Player k's base place moved by shares of the ball's x and y.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> base_moved(const OwnView<Float>& view, int k, float share_of_x, float share_of_y) {
  const Place& base = view.constants.duty[k].base;
  return {Float(base.x) + view.ball.x * Float(share_of_x), Float(base.y) + view.ball.y * Float(share_of_y)};
}

/// Squared distance from the point to the nearest of the players from `first` on. u^2
template <class Float>
MATCHDAY_HOST_DEVICE Float squared_distance_of_nearest(const OwnView<Float>& view, int first, Vec<Float> point) {
  Float nearest = squared_length(view.player(first) - point);
  for (int k = first + 1; k < view.players(); ++k) nearest = smaller(nearest, squared_length(view.player(k) - point));
  return nearest;
}

/// The opponent nearest to a point; on a tie the first one.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> nearest_opponent(const OwnView<Float>& view, Vec<Float> point) {
  Vec<Float> opponent = view.opponent(0);
  Float nearest = squared_length(point - opponent);
  for (int other = 1; other < view.players(); ++other) {
    const Float distance = squared_length(point - view.opponent(other));
    const auto nearer = distance < nearest;
    opponent = select(nearer, view.opponent(other), opponent);
    nearest = select(nearer, distance, nearest);
  }
  return opponent;
}

/// The place of player k of `count` players who stand side by side between the ball and their own goal. depth: share of
/// the way from ball to goal; apart: distance between neighbours, u.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> place_in_block(const OwnView<Float>& view, int k, int count, float depth, float apart) {
  const Vec<Float> centre = view.ball + (view.own_goal() - view.ball) * Float(depth);
  return {centre.x, centre.y + Float((static_cast<float>(k) - 0.5F * static_cast<float>(count - 1)) * apart)};
}

/// When a goalkeeper leaves its goal to meet the ball.
struct Rush {
  float reach;   ///< u, the goalkeeper's distance from the ball is below this
  float before;  ///< u, and the ball's x is below this
};

/// The rush of goalkeepers who leave their goal early.
MATCHDAY_HOST_DEVICE constexpr Rush early_rush() { return {.reach = 7.0F, .before = -26.0F}; }

/// Where the goalkeeper goes: between ball and goal, to where a shot crosses its line, or out to the ball.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> guard_goal(const OwnView<Float>& view, const Rush& rush) {
  // It stands this share of the ball's distance in front of its goal, within bounds: far enough out to narrow the
  // angle, near enough to be back before a shot.
  constexpr float standing_share = 0.2F;
  constexpr float nearest_stand = 3.0F;   // u
  constexpr float farthest_stand = 8.0F;  // u
  // A ball that comes faster than this share of a kick's speed, and would arrive within `shot_steps`, is a shot.
  constexpr float shot_share = 1.0F / 7.0F;
  constexpr float shot_steps = 12.0F;  // about how long a keeper needs from post to post
  // The line on which it meets shots lies this far in front of the goal. u
  constexpr float dive_depth = 2.0F;
  // It follows shots up to this far outside the goal mouth: the ball may still come in off a post. u
  constexpr float outside_mouth = 1.0F;
  // It stops at this share of the mouth's half width: from there it reaches the post.
  constexpr float dive_share = 0.9F;

  const Vec<Float> ball = view.ball;
  const Vec<Float> velocity = view.ball_velocity;
  const Vec<Float> from_goal = ball - view.own_goal();
  const Float distance = length(from_goal);
  const Float share = clamp(Float(standing_share) * distance, Float(nearest_stand), Float(farthest_stand)) /
                      larger(distance, Float(tiny));
  const Vec<Float> stand = view.own_goal() + from_goal * share;

  const Float shot_speed = shot_share * view.constants.kick_speed;
  const Float steps = (ball.x + Float(bot_half_length - dive_depth)) / larger(Float(0.0F) - velocity.x, shot_speed);
  const Float crossing = ball.y + velocity.y * steps;
  const auto is_shot = (velocity.x < Float(0.0F) - shot_speed) & (steps < Float(shot_steps)) &
                       (absolute(crossing) < Float(view.constants.goal_half_width + outside_mouth));
  const Float reach = dive_share * view.constants.goal_half_width;
  const Vec<Float> dive{Float(dive_depth - bot_half_length), clamp(crossing, Float(0.0F) - reach, reach)};

  const auto rushes = (length(view.player(0) - ball) < Float(rush.reach)) & (ball.x < Float(rush.before));
  return select(rushes, ball_after(view, 1.0F), select(is_shot, dive, stand));
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
