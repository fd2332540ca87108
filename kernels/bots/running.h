// Where to run: to places, to the ball, into the goal's way.
#pragma once

#include "kernels/bots/own_view.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// A player slows down within this many steps' run of where it wants to be, and so does not overshoot. steps
inline constexpr float braking_steps = 2.0F;

/// Player k's move towards a point: at full speed, slower close to it.
template <class Lane>
MATCHDAY_BODY Vec<Lane> run_to(const OwnView<Lane>& view, int k, Vec<Lane> target) {
  return within_unit_disc((target - view.player(k)) * Lane(1.0F / (braking_steps * view.constants.player_speed)));
}

/// Where the ball is a number of steps later, if nobody touches it and nothing slows it down.
template <class Lane>
MATCHDAY_BODY Vec<Lane> ball_after(const OwnView<Lane>& view, float steps) {
  return view.ball + view.ball_velocity * Lane(steps);
}

/// Player k's base place moved by shares of the ball's x and y.
template <class Lane>
MATCHDAY_BODY Vec<Lane> base_moved(const OwnView<Lane>& view, int k, float share_of_x, float share_of_y) {
  const Place& base = view.constants.duty[k].base;
  return {Lane(base.x) + view.ball.x * Lane(share_of_x), Lane(base.y) + view.ball.y * Lane(share_of_y)};
}

/// How near to the point the nearest of the players from `first` on is, squared. u^2
template <class Lane>
MATCHDAY_BODY Lane squared_distance_of_nearest(const OwnView<Lane>& view, int first, Vec<Lane> point) {
  Lane nearest = squared_length(view.player(first) - point);
  for (int k = first + 1; k < view.players(); ++k) nearest = smaller(nearest, squared_length(view.player(k) - point));
  return nearest;
}

/// The opponent nearest to a point; of several exactly as near the first.
template <class Lane>
MATCHDAY_BODY Vec<Lane> nearest_opponent(const OwnView<Lane>& view, Vec<Lane> point) {
  Vec<Lane> opponent = view.opponent(0);
  Lane nearest = squared_length(point - opponent);
  for (int other = 1; other < view.players(); ++other) {
    const Lane distance = squared_length(point - view.opponent(other));
    const auto nearer = distance < nearest;
    opponent = select(nearer, view.opponent(other), opponent);
    nearest = select(nearer, distance, nearest);
  }
  return opponent;
}

/// A place for number k of so many players who stand side by side between the ball and their own goal. depth: share of
/// that way; apart: u from one to the next.
template <class Lane>
MATCHDAY_BODY Vec<Lane> place_in_block(const OwnView<Lane>& view, int k, int count, float depth, float apart) {
  const Vec<Lane> centre = view.ball + (view.own_goal() - view.ball) * Lane(depth);
  return {centre.x, centre.y + Lane((static_cast<float>(k) - 0.5F * static_cast<float>(count - 1)) * apart)};
}

/// When a goalkeeper leaves its goal to meet the ball.
struct Rush {
  float reach;   ///< u, it is that near to the ball
  float before;  ///< u, and the ball's x is below this
};

/// That of the goalkeepers who leave it early.
MATCHDAY_BODY constexpr Rush early_rush() { return {.reach = 7.0F, .before = -26.0F}; }

/// Where the goalkeeper goes: between ball and goal, to where a shot crosses its line, or out to the ball.
template <class Lane>
MATCHDAY_BODY Vec<Lane> guard_goal(const OwnView<Lane>& view, const Rush& rush) {
  // It stands this share of the ball's distance before its goal, within bounds: far enough out to narrow the angle,
  // near enough to be back before a shot.
  constexpr float standing_share = 0.2F;
  constexpr float nearest_stand = 3.0F;   // u
  constexpr float farthest_stand = 8.0F;  // u
  // A ball that comes faster than this share of a kick's speed, and would be there within some steps, is a shot.
  constexpr float shot_share = 1.0F / 7.0F;
  constexpr float shot_steps = 12.0F;  // about how long a keeper needs from post to post
  // The line on which it meets shots lies this far before the goal. u
  constexpr float dive_depth = 2.0F;
  // Shots are followed so far outside the mouth: the ball may still come in off a post. u
  constexpr float outside_mouth = 1.0F;
  // It stops at this share of the mouth: from there it reaches the post.
  constexpr float dive_share = 0.9F;

  const Vec<Lane> ball = view.ball;
  const Vec<Lane> velocity = view.ball_velocity;
  const Vec<Lane> from_goal = ball - view.own_goal();
  const Lane distance = length(from_goal);
  const Lane share =
      clamp(Lane(standing_share) * distance, Lane(nearest_stand), Lane(farthest_stand)) / larger(distance, Lane(tiny));
  const Vec<Lane> stand = view.own_goal() + from_goal * share;

  const Lane shot_speed = shot_share * view.constants.kick_speed;
  const Lane steps = (ball.x + Lane(bot_half_length - dive_depth)) / larger(Lane(0.0F) - velocity.x, shot_speed);
  const Lane crossing = ball.y + velocity.y * steps;
  const auto is_shot = (velocity.x < Lane(0.0F) - shot_speed) & (steps < Lane(shot_steps)) &
                       (absolute(crossing) < Lane(view.constants.goal_half_width + outside_mouth));
  const Lane reach = dive_share * view.constants.goal_half_width;
  const Vec<Lane> dive{Lane(dive_depth - bot_half_length), clamp(crossing, Lane(0.0F) - reach, reach)};

  const auto rushes = (length(view.player(0) - ball) < Lane(rush.reach)) & (ball.x < Lane(rush.before));
  return select(rushes, ball_after(view, 1.0F), select(is_shot, dive, stand));
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
