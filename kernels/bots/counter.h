// A team that waits: all but one stay close together between the ball and their own goal, win it there and play it long
// to a lone striker upfield, who goes for the goal by himself.
#pragma once

#include "kernels/bots/kicking.h"
#include "kernels/bots/running.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// Where the striker waits for the long ball: before it, and across the pitch from it.
template <class Lane>
MATCHDAY_BODY Vec<Lane> waiting_place(const OwnView<Lane>& view) {
  // So far before the ball, but neither in the own half nor with the other goalkeeper. u
  constexpr float ahead = 20.0F;
  constexpr float nearest_wait = 4.0F;
  constexpr float farthest_wait = 16.0F;
  // Share of the ball's y, on the other side.
  constexpr float across = 0.4F;
  return {clamp(view.ball.x + Lane(ahead), Lane(nearest_wait), Lane(farthest_wait)),
          Lane(0.0F) - view.ball.y * Lane(across)};
}

/// Where number k of so many others waits.
template <class Lane>
MATCHDAY_BODY Vec<Lane> low_place(const OwnView<Lane>& view, int k, int count) {
  // Share of the way from the ball to the goal, and u from one to the next.
  constexpr float depth = 0.35F;
  constexpr float apart = 6.0F;
  // The block stays behind this line. u
  constexpr float most_forward = -8.0F;
  const Vec<Lane> place = place_in_block(view, k, count, depth, apart);
  return {smaller(place.x, Lane(most_forward)), place.y};
}

/// The long ball: the most open of three ways, to where the striker runs and past him on either side.
template <class Lane>
MATCHDAY_BODY Vec<Lane> long_ball(const OwnView<Lane>& view, int striker) {
  constexpr float lead = 6.0F;    // steps
  constexpr float aside = 14.0F;  // u
  const Vec<Lane> way = view.player(striker) + view.velocity_of_player(striker) * Lane(lead) - view.ball;
  Choice<Lane> best{way, lane_width(view, way)};
  for (int k = 0; k < 2; ++k) {
    const Vec<Lane> other{way.x, way.y + Lane(k == 0 ? -aside : aside)};
    choose(best, {other, lane_width(view, other)});
  }
  return unit(best.kick);
}

/// What the striker does with the ball: shoots from wherever a lane is open, and from near in any case; else he runs on
/// with it.
template <class Lane>
MATCHDAY_BODY Vec<Lane> finish(const OwnView<Lane>& view) {
  constexpr float shot_lane = 1.0F;       // u
  constexpr float shot_distance = 20.0F;  // u
  constexpr float farthest_shot = 42.0F;  // u
  constexpr float pace = 0.6F;            // of the kick that takes the ball along
  const Choice<Lane> shot = best_shot(view);
  const Vec<Lane> goal = view.goal() - view.ball;
  const Lane distance = length(goal);
  const auto shoots =
      (distance < Lane(shot_distance)) | ((shot.worth > Lane(shot_lane)) & (distance < Lane(farthest_shot)));
  return select(shoots, shot.kick, unit(goal) * Lane(pace));
}

template <class Lane, class Put>
MATCHDAY_BODY void counter_attack(const OwnView<Lane>& view, const Put& put) {
  // Who is nearest to where the ball will be runs to where it will be a little sooner. steps
  constexpr float lead = 3.0F;
  constexpr float run_lead = 2.0F;
  // The block leaves balls beyond this line to the striker, and he those before that one. u
  constexpr float highest_press = 4.0F;
  constexpr float lowest_chase = 2.0F;

  const int first = view.first_field_player();
  const int striker = view.players() - 1;
  const Vec<Lane> away = long_ball(view, striker);
  if (view.has_keeper()) put(0, Decision<Lane>{run_to(view, 0, guard_goal(view, early_rush())), away});
  const Vec<Lane> ball_soon = ball_after(view, lead);
  const Vec<Lane> meeting = ball_after(view, run_lead);
  const Lane nearest = squared_distance_of_nearest(view, first, ball_soon);
  for (int k = first; k < striker; ++k) {
    const auto presses = (squared_length(view.player(k) - ball_soon) == nearest) & (view.ball.x < Lane(highest_press));
    put(k,
        Decision<Lane>{run_to(view, k, select(presses, meeting, low_place(view, k - first, striker - first))), away});
  }
  const auto chases =
      (squared_length(view.player(striker) - ball_soon) == nearest) | (ball_soon.x > Lane(lowest_chase));
  put(striker, Decision<Lane>{run_to(view, striker, select(chases, meeting, waiting_place(view))), finish(view)});
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
