// A team that keeps the ball: mates stand in triangles round it, the freest gets a pass as soon as an opponent comes
// near, and shots are taken only from close to the goal.
#pragma once

#include "kernels/bots/kicking.h"
#include "kernels/bots/running.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// Where the k-th field player goes to offer itself for a pass.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> place_round_ball(const OwnView<Float>& view, int k) {
  // Nobody crowds a goalkeeper or a side line. u
  constexpr float deepest = -32.0F;
  constexpr float highest = 34.0F;
  constexpr float wall_distance = 3.0F;
  const Float widest = view.constants.half_width - wall_distance;
  const Place& place = view.constants.round[k];
  return {clamp(view.ball.x + Float(place.x), Float(deepest), Float(highest)),
          clamp(view.ball.y + Float(place.y), Float(0.0F) - widest, widest)};
}

/// A pass to the mate with the most room; worth -infinity if the lanes to all are shut.
template <class Float>
MATCHDAY_HOST_DEVICE Choice<Float> pass_to_freest(const OwnView<Float>& view) {
  // Passes aim at the mate's place this many steps later.
  constexpr float lead = 2.0F;
  // Distances of a pass and the least width of its lane, u. The first `pressed_share` of the lane may be narrower: a
  // pressing opponent is always near it.
  constexpr float shortest = 7.0F;
  constexpr float longest = 30.0F;
  constexpr float free_lane = 4.0F;
  constexpr float pressed_share = 0.3F;
  // Room beyond this adds nothing, u; and the weight of 1 u forward against 1 u of room.
  constexpr float room_enough = 12.0F;
  constexpr float forward_weight = 1.0F;
  // Firm passes: they arrive at 1.5 times a player's top speed.
  constexpr float arrival_share = 1.5F;

  Choice<Float> best{{Float(0.0F), Float(0.0F)}, Float(-infinity)};
  for (int k = view.first_field_player(); k < view.players(); ++k) {
    const Vec<Float> mate = view.player(k) + view.velocity_of_player(k) * Float(lead);
    const Vec<Float> way = mate - view.ball;
    const Float distance = length(way);
    const Float from_ball = length(view.player(k) - view.ball);
    const Float width = lane_width(view, way, pressed_share);
    const auto possible = (from_ball > Float(view.constants.kick_reach)) & (distance > Float(shortest)) &
                          (distance < Float(longest)) & (width > Float(free_lane));
    const Float worth = smaller(room_at(view, mate), Float(room_enough)) + way.x * Float(forward_weight);
    const Float strength = pass_strength(view, distance, arrival_share);
    choose(best, {way * (strength / larger(distance, Float(tiny))), select(possible, worth, Float(-infinity))});
  }
  return best;
}

/// The field players' kick. theirs: distance of the nearest opponent from the ball. u
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> keep_or_finish(const OwnView<Float>& view, const Choice<Float>& pass, Float theirs) {
  // With an opponent this near, the ball is passed on. u
  constexpr float pressing_distance = 5.0F;
  // Unpressed, the ball is walked towards the goal by kicks of this length; pressed and without a pass, it is kicked
  // towards the goal and, with this weight, away from the opponent.
  constexpr float walk = 0.75F;
  constexpr float away_weight = 0.3F;
  // Shots are taken from near, or from a little farther if a lane is open. u
  constexpr float near_goal = 16.0F;
  constexpr float farthest_shot = 22.0F;
  constexpr float shot_lane = 2.0F;

  const Vec<Float> goal = view.goal() - view.ball;
  const Vec<Float> forward = unit(goal);
  const Float distance = length(goal);
  const Choice<Float> shot = best_shot(view);
  const auto shoots =
      (distance < Float(near_goal)) | ((shot.worth > Float(shot_lane)) & (distance < Float(farthest_shot)));
  const Vec<Float> evade = unit(forward + unit(view.ball - nearest_opponent(view, view.ball)) * Float(away_weight));
  const Vec<Float> when_pressed = select(pass.worth > Float(-infinity), pass.kick, evade);
  return select(shoots, shot.kick, select(theirs < Float(pressing_distance), when_pressed, forward * Float(walk)));
}

template <class Float, class Put>
MATCHDAY_HOST_DEVICE void pass_on(const OwnView<Float>& view, const Put& put) {
  // The player nearest to the ball's place after `lead` steps runs to its place after `run_lead` steps.
  constexpr float lead = 3.0F;
  constexpr float run_lead = 2.0F;
  // Without the ball the others stand between it and their goal: share of the way, and distance between neighbours, u.
  constexpr float depth = 0.3F;
  constexpr float apart = 5.5F;

  const Float ours = square_root(squared_distance_of_nearest(view, 0, view.ball));
  const Float theirs = room_at(view, view.ball);
  const auto possession = ours < theirs;
  const Choice<Float> pass = pass_to_freest(view);
  const Vec<Float> kick = keep_or_finish(view, pass, theirs);
  if (view.has_keeper())
    put(0, Decision<Float>{run_to(view, 0, guard_goal(view, early_rush())),
                           select(pass.worth > Float(-infinity), pass.kick, clearance(view))});
  const int first = view.first_field_player();
  const Vec<Float> ball_soon = ball_after(view, lead);
  const Float nearest = squared_distance_of_nearest(view, first, ball_soon);
  for (int k = first; k < view.players(); ++k) {
    const auto goes = squared_length(view.player(k) - ball_soon) == nearest;
    const Vec<Float> others = select(possession, place_round_ball(view, k - first),
                                     place_in_block(view, k - first, view.players() - first, depth, apart));
    put(k, Decision<Float>{run_to(view, k, select(goes, ball_after(view, run_lead), others)), kick});
  }
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
