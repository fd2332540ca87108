// A team in which everyone has a role: one goes to the ball; with the ball the others offer themselves, without it they
// mark; whoever has the ball shoots, passes or dribbles.
#pragma once

#include "kernels/bots/kicking.h"
#include "kernels/bots/running.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// Where player k goes when the own team has the ball.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> support(const OwnView<Float>& view, int k) {
  // Supporters crowd neither goalkeeper. u
  constexpr float highest_support = 33.0F;
  constexpr float deepest_support = -33.0F;
  const Duty& duty = view.constants.duty[k];
  return {clamp(view.ball.x + Float(duty.support.x), Float(deepest_support), Float(highest_support)),
          Float(duty.support.y) + view.ball.y * Float(duty.follows)};
}

/// Where player k goes otherwise: half-way between its own place and the opponent nearest to that place.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> mark(const OwnView<Float>& view, int k) {
  // Shares of the ball's x and y by which the base places move.
  constexpr float shape_follows_x = 0.7F;
  constexpr float shape_follows_y = 0.3F;
  // A marker aims this far on its own goal's side of the opponent. u
  constexpr float marking_distance = 4.0F;
  const Vec<Float> place = base_moved(view, k, shape_follows_x, shape_follows_y);
  const Vec<Float> opponent = nearest_opponent(view, place);
  return (place + opponent + unit(view.own_goal() - opponent) * Float(marking_distance)) * Float(0.5F);
}

/// The sideways direction that leads round the first opponent on the way to the goal; 0 if none is there.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> way_round(const OwnView<Float>& view, Vec<Float> forward) {
  // Opponents in this strip ahead of the ball block a dribble. u
  constexpr float block_begin = -1.0F;
  constexpr float block_end = 14.0F;
  constexpr float block_half_width = 7.0F;
  // This near to a side line a dribble goes straight on: the wall leaves no way round. u
  constexpr float wall_distance = 4.0F;
  const Vec<Float> sideways = sideways_of(forward);
  Float first = infinity;
  Float first_aside = 0.0F;
  for (int k = 0; k < view.players(); ++k) {
    const Vec<Float> opponent = view.opponent(k) - view.ball;
    const Float along = dot(opponent, forward);
    const Float aside = dot(opponent, sideways);
    const auto blocks = (along > Float(block_begin)) & (along < Float(block_end)) &
                        (absolute(aside) < Float(block_half_width)) & (along < first);
    first = select(blocks, along, first);
    first_aside = select(blocks, aside, first_aside);
  }
  const auto blocked =
      (first < Float(block_end)) & (absolute(view.ball.y) < Float(view.constants.half_width - wall_distance));
  const Float away = select(first_aside > Float(0.0F), Float(-1.0F), Float(1.0F));
  return sideways * (away * select(blocked, Float(1.0F), Float(0.0F)));
}

/// The field players' kick. pressed: an opponent is near the ball.
template <class Float>
MATCHDAY_HOST_DEVICE Vec<Float> field_kick(const OwnView<Float>& view, const Choice<Float>& pass,
                                           MaskOf<Float> can_pass, MaskOf<Float> pressed) {
  // Dribbling rolls the ball ahead at this many times a player's top speed; drag brings it back to the runner.
  constexpr float dribble_pace = 1.6F;
  // Sideways parts, per 1 forward, of a dribble round an opponent and of a kick past a pressing opponent.
  constexpr float dribble_sideways = 0.9F;
  constexpr float escape_sideways = 0.8F;
  // A player pressed behind this line clears the ball if there is no mate to pass to. u
  constexpr float clearing_line = -20.0F;
  // A shot needs a lane this wide, or the goal this near, or, when pressed, a little farther. u
  constexpr float shot_lane = 1.5F;
  constexpr float shot_distance = 18.0F;
  constexpr float hurried_shot_distance = 30.0F;

  const Vec<Float> goal = view.goal() - view.ball;
  const Vec<Float> forward = unit(goal);
  const Vec<Float> round = way_round(view, forward);
  const Float distance = length(goal);
  const Choice<Float> shot = best_shot(view);
  const auto shoots = (shot.worth > Float(shot_lane)) | (distance < Float(shot_distance)) |
                      (pressed & (distance < Float(hurried_shot_distance)));
  const Float pace = smaller(1.0F, dribble_pace * view.constants.player_speed / view.constants.kick_speed);

  const Vec<Float> dribble = unit(forward + round * Float(dribble_sideways)) * pace;
  const Vec<Float> escape =
      select(view.ball.x < Float(clearing_line), clearance(view), unit(forward + round * Float(escape_sideways)));
  const Vec<Float> when_pressed = select(can_pass, pass.kick, escape);
  return select(shoots, shot.kick, select(pressed, when_pressed, dribble));
}

template <class Float, class Put>
MATCHDAY_HOST_DEVICE void play_roles(const OwnView<Float>& view, const Put& put) {
  // The player nearest to the ball's place after the first lead presses; it runs to that after the second. steps
  constexpr float presser_lead = 4.0F;
  constexpr float presser_run_lead = 2.0F;
  // Against an opponent with the ball the presser keeps this far on its own goal's side. u
  constexpr float presser_goal_side = 1.0F;
  // An opponent this near to the ball forces a decision. u
  constexpr float pressing_distance = 7.0F;

  // 1. Who has the ball, and what to do with it.
  const Float ours = square_root(squared_distance_of_nearest(view, 0, view.ball));
  const Float theirs = room_at(view, view.ball);
  const auto possession = ours < theirs;
  const Choice<Float> pass = best_pass(view);
  const auto can_pass = pass.worth > Float(-infinity);
  const Vec<Float> kick = field_kick(view, pass, can_pass, theirs < Float(pressing_distance));

  // 2. The goalkeeper.
  if (view.has_keeper())
    put(0,
        Decision<Float>{run_to(view, 0, guard_goal(view, early_rush())), select(can_pass, pass.kick, clearance(view))});

  // 3. The others: the presser, and the players who support or mark.
  const int first = view.first_field_player();
  const Vec<Float> ball_soon = ball_after(view, presser_lead);
  const Float nearest = squared_distance_of_nearest(view, first, ball_soon);
  const Vec<Float> meeting = ball_after(view, presser_run_lead);
  const Vec<Float> pressing =
      select(possession, meeting, meeting + unit(view.own_goal() - meeting) * Float(presser_goal_side));
  for (int k = first; k < view.players(); ++k) {
    const auto presses = squared_length(view.player(k) - ball_soon) == nearest;
    const Vec<Float> target = select(presses, pressing, select(possession, support(view, k), mark(view, k)));
    put(k, Decision<Float>{run_to(view, k, target), kick});
  }
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
