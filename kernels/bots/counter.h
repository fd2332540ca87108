// A team that waits: all but one stay close together between the ball and their own goal, win it there and play it long
// to a lone striker upfield, who goes for the goal alone.
#pragma once

#include "kernels/bots/kicking.h"
#include "kernels/bots/running.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// Where the striker waits for the long ball: ahead of it and on the other side of the pitch.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> waiting_place(const OwnView<Float>& view) {
  // This far ahead of the ball, but neither in the own half nor close to the other goalkeeper. u
  constexpr float ahead = 20.0F;
  constexpr float nearest_wait = 4.0F;
  constexpr float farthest_wait = 16.0F;
  // Share of the ball's y, with the sign reversed.
  constexpr float across = 0.4F;
  return {clamp(view.ball.x + Float(ahead), Float(nearest_wait), Float(farthest_wait)),
          Float(0.0F) - view.ball.y * Float(across)};
}

/// Where player k of the block's `count` players waits.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> low_place(const OwnView<Float>& view, int k, int count) {
  // Share of the way from the ball to the own goal, and distance between neighbours, u.
  constexpr float depth = 0.35F;
  constexpr float apart = 6.0F;
  // The block stays behind this line. u
  constexpr float most_forward = -8.0F;
  const Vec<Float> place = place_in_block(view, k, count, depth, apart);
  return {smaller(place.x, Float(most_forward)), place.y};
}

/// The long ball: the most open of three ways, to where the striker runs and past the striker on either side.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> long_ball(const OwnView<Float>& view, int striker) {
  constexpr float lead = 6.0F;    // steps
  constexpr float aside = 14.0F;  // u
  const Vec<Float> way = view.player(striker) + view.velocity_of_player(striker) * Float(lead) - view.ball;
  Choice<Float> best{way, lane_width(view, way)};
  for (int k = 0; k < 2; ++k) {
    const Vec<Float> other{way.x, way.y + Float(k == 0 ? -aside : aside)};
    choose(best, {other, lane_width(view, other)});
  }
  return unit(best.kick);
}

/// The striker's kick: a shot if a lane is open within range or the goal is near; else a short kick to run on with the
/// ball.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> finish(const OwnView<Float>& view) {
  constexpr float shot_lane = 1.0F;       // u
  constexpr float shot_distance = 20.0F;  // u
  constexpr float farthest_shot = 42.0F;  // u
  constexpr float pace = 0.6F;            // length of the kick that takes the ball along
  const Choice<Float> shot = best_shot(view);
  const Vec<Float> goal = view.goal() - view.ball;
  const Float distance = length(goal);
  const auto shoots =
      (distance < Float(shot_distance)) | ((shot.worth > Float(shot_lane)) & (distance < Float(farthest_shot)));
  return select(shoots, shot.kick, unit(goal) * Float(pace));
}

template <class Float, class Put>
MATCHDAY_HOST_DEVICE void counter_attack(const OwnView<Float>& view, const Put& put) {
  // The player nearest to the ball's place after `lead` steps runs to its place after `run_lead` steps.
  constexpr float lead = 3.0F;
  constexpr float run_lead = 2.0F;
  // The block presses no ball beyond the first line; the striker chases all balls beyond the second. u
  constexpr float highest_press = 4.0F;
  constexpr float lowest_chase = 2.0F;

  const int first = view.first_field_player();
  const int striker = view.players() - 1;
  const Vec<Float> away = long_ball(view, striker);
  if (view.has_keeper()) put(0, Decision<Float>{run_to(view, 0, guard_goal(view, early_rush())), away});
  const Vec<Float> ball_soon = ball_after(view, lead);
  const Vec<Float> meeting = ball_after(view, run_lead);
  const Float nearest = squared_distance_of_nearest(view, first, ball_soon);
  for (int k = first; k < striker; ++k) {
    const auto presses = (squared_length(view.player(k) - ball_soon) == nearest) & (view.ball.x < Float(highest_press));
    put(k,
        Decision<Float>{run_to(view, k, select(presses, meeting, low_place(view, k - first, striker - first))), away});
  }
  const auto chases =
      (squared_length(view.player(striker) - ball_soon) == nearest) | (ball_soon.x > Float(lowest_chase));
  put(striker, Decision<Float>{run_to(view, striker, select(chases, meeting, waiting_place(view))), finish(view)});
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
