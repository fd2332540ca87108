// A team that keeps the ball: mates stand in triangles round it, it goes to the freest of them as soon as an opponent
// comes near, and at the goal from close by alone.
#pragma once

#include "kernels/bots/kicking.h"
#include "kernels/bots/running.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// Where number k of those who offer themselves goes.
template <class Lane>
MATCHDAY_BODY Vec<Lane> place_round_ball(const OwnView<Lane>& view, int k) {
  // Nobody crowds a goalkeeper or a side line. u
  constexpr float deepest = -32.0F;
  constexpr float highest = 34.0F;
  constexpr float wall_distance = 3.0F;
  const Lane widest = view.constants.half_width - wall_distance;
  const Place& place = view.constants.round[k];
  return {clamp(view.ball.x + Lane(place.x), Lane(deepest), Lane(highest)),
          clamp(view.ball.y + Lane(place.y), Lane(0.0F) - widest, widest)};
}

/// A pass to the mate who has most room, -infinity worth if the way to all is shut.
template <class Lane>
MATCHDAY_BODY Choice<Lane> pass_to_freest(const OwnView<Lane>& view) {
  // Passes are for where the mate will be. steps
  constexpr float lead = 2.0F;
  // Over these distances, on ways that no opponent is nearer to than that, but for their beginning: who presses is
  // always near to it. u, and a share of the way
  constexpr float shortest = 7.0F;
  constexpr float longest = 30.0F;
  constexpr float free_lane = 4.0F;
  constexpr float pressed_share = 0.3F;
  // More room than this makes nobody freer. u; and what 1 u forward counts against 1 u of room
  constexpr float room_enough = 12.0F;
  constexpr float forward_weight = 1.0F;
  // Firm passes: half as fast again as a player runs.
  constexpr float arrival_share = 1.5F;

  Choice<Lane> best{{Lane(0.0F), Lane(0.0F)}, Lane(-infinity)};
  for (int k = view.first_field_player(); k < view.players(); ++k) {
    const Vec<Lane> mate = view.player(k) + view.velocity_of_player(k) * Lane(lead);
    const Vec<Lane> way = mate - view.ball;
    const Lane distance = length(way);
    const Lane from_ball = length(view.player(k) - view.ball);
    const Lane width = lane_width(view, way, pressed_share);
    const auto possible = (from_ball > Lane(view.constants.kick_reach)) & (distance > Lane(shortest)) &
                          (distance < Lane(longest)) & (width > Lane(free_lane));
    const Lane worth = smaller(room_at(view, mate), Lane(room_enough)) + way.x * Lane(forward_weight);
    const Lane strength = pass_strength(view, distance, arrival_share);
    choose(best, {way * (strength / larger(distance, Lane(tiny))), select(possible, worth, Lane(-infinity))});
  }
  return best;
}

/// What all but the goalkeeper do with the ball. theirs: how near to it the nearest opponent is. u
template <class Lane>
MATCHDAY_BODY Vec<Lane> keep_or_finish(const OwnView<Lane>& view, const Choice<Lane>& pass, Lane theirs) {
  // An opponent that near makes the ball go on. u
  constexpr float pressing_distance = 5.0F;
  // The ball is walked towards the goal by kicks of this length, pressed and without a mate a little away from the
  // opponent.
  constexpr float walk = 0.75F;
  constexpr float away_weight = 0.3F;
  // Shots are from near, or a little farther if a lane is open. u
  constexpr float near_goal = 16.0F;
  constexpr float farthest_shot = 22.0F;
  constexpr float shot_lane = 2.0F;

  const Vec<Lane> goal = view.goal() - view.ball;
  const Vec<Lane> forward = unit(goal);
  const Lane distance = length(goal);
  const Choice<Lane> shot = best_shot(view);
  const auto shoots =
      (distance < Lane(near_goal)) | ((shot.worth > Lane(shot_lane)) & (distance < Lane(farthest_shot)));
  const Vec<Lane> evade = unit(forward + unit(view.ball - nearest_opponent(view, view.ball)) * Lane(away_weight));
  const Vec<Lane> when_pressed = select(pass.worth > Lane(-infinity), pass.kick, evade);
  return select(shoots, shot.kick, select(theirs < Lane(pressing_distance), when_pressed, forward * Lane(walk)));
}

template <class Lane, class Put>
MATCHDAY_BODY void pass_on(const OwnView<Lane>& view, const Put& put) {
  // Who is nearest to where the ball will be runs to where it will be a little sooner. steps
  constexpr float lead = 3.0F;
  constexpr float run_lead = 2.0F;
  // Without the ball the others stand between it and their goal: share of the way, and u from one to the next.
  constexpr float depth = 0.3F;
  constexpr float apart = 5.5F;

  const Lane ours = square_root(squared_distance_of_nearest(view, 0, view.ball));
  const Lane theirs = room_at(view, view.ball);
  const auto possession = ours < theirs;
  const Choice<Lane> pass = pass_to_freest(view);
  const Vec<Lane> kick = keep_or_finish(view, pass, theirs);
  if (view.has_keeper())
    put(0, Decision<Lane>{run_to(view, 0, guard_goal(view, early_rush())),
                          select(pass.worth > Lane(-infinity), pass.kick, clearance(view))});
  const int first = view.first_field_player();
  const Vec<Lane> ball_soon = ball_after(view, lead);
  const Lane nearest = squared_distance_of_nearest(view, first, ball_soon);
  for (int k = first; k < view.players(); ++k) {
    const auto goes = squared_length(view.player(k) - ball_soon) == nearest;
    const Vec<Lane> others = select(possession, place_round_ball(view, k - first),
                                    place_in_block(view, k - first, view.players() - first, depth, apart));
    put(k, Decision<Lane>{run_to(view, k, select(goes, ball_after(view, run_lead), others)), kick});
  }
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
