// A team in which everyone has a role: one goes to the ball; with the ball the others offer themselves, without it they
// mark; whoever has the ball shoots, passes or dribbles.
#pragma once

#include "kernels/bots/kicking.h"
#include "kernels/bots/running.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// Where player k goes when the own team has the ball.
template <class Lane>
MATCHDAY_BODY Vec<Lane> support(const OwnView<Lane>& view, int k) {
  // Supporters neither crowd the other goal's keeper nor their own. u
  constexpr float highest_support = 33.0F;
  constexpr float deepest_support = -33.0F;
  const Duty& duty = view.constants.duty[k];
  return {clamp(view.ball.x + Lane(duty.support.x), Lane(deepest_support), Lane(highest_support)),
          Lane(duty.support.y) + view.ball.y * Lane(duty.follows)};
}

/// And when it has not: half-way between the player's place and the opponent nearest to that.
template <class Lane>
MATCHDAY_BODY Vec<Lane> mark(const OwnView<Lane>& view, int k) {
  // Shares of the ball's way along and across the pitch that the base places move with it.
  constexpr float shape_follows_x = 0.7F;
  constexpr float shape_follows_y = 0.3F;
  // A marker stands that far on its own goal's side of its opponent. u
  constexpr float marking_distance = 4.0F;
  const Vec<Lane> place = base_moved(view, k, shape_follows_x, shape_follows_y);
  const Vec<Lane> opponent = nearest_opponent(view, place);
  return (place + opponent + unit(view.own_goal() - opponent) * Lane(marking_distance)) * Lane(0.5F);
}

/// The sideways direction that leads round the first opponent on the way to the goal; 0 if none is there.
template <class Lane>
MATCHDAY_BODY Vec<Lane> way_round(const OwnView<Lane>& view, Vec<Lane> forward) {
  // Opponents in this strip before the ball block a dribble. u
  constexpr float block_begin = -1.0F;
  constexpr float block_end = 14.0F;
  constexpr float block_half_width = 7.0F;
  // That near to a side line a dribble goes straight on: the wall is no way round anyone. u
  constexpr float wall_distance = 4.0F;
  const Vec<Lane> sideways = sideways_of(forward);
  Lane first = infinity;
  Lane first_aside = 0.0F;
  for (int k = 0; k < view.players(); ++k) {
    const Vec<Lane> opponent = view.opponent(k) - view.ball;
    const Lane along = dot(opponent, forward);
    const Lane aside = dot(opponent, sideways);
    const auto blocks = (along > Lane(block_begin)) & (along < Lane(block_end)) &
                        (absolute(aside) < Lane(block_half_width)) & (along < first);
    first = select(blocks, along, first);
    first_aside = select(blocks, aside, first_aside);
  }
  const auto blocked =
      (first < Lane(block_end)) & (absolute(view.ball.y) < Lane(view.constants.half_width - wall_distance));
  const Lane away = select(first_aside > Lane(0.0F), Lane(-1.0F), Lane(1.0F));
  return sideways * (away * select(blocked, Lane(1.0F), Lane(0.0F)));
}

/// What all but the goalkeeper do with the ball. pressed: an opponent is near it.
template <class Lane>
MATCHDAY_BODY Vec<Lane> field_kick(const OwnView<Lane>& view, const Choice<Lane>& pass, MaskOf<Lane> can_pass,
                                   MaskOf<Lane> pressed) {
  // Dribbling rolls the ball ahead at this many times a player's top speed; drag brings it back to the runner.
  constexpr float dribble_pace = 1.6F;
  // Sideways parts, for 1 straight on, of a dribble round an opponent and of a kick past one who presses.
  constexpr float dribble_sideways = 0.9F;
  constexpr float escape_sideways = 0.8F;
  // Pressed behind this line, without a mate to pass to, the ball is cleared. u
  constexpr float clearing_line = -20.0F;
  // A shot wants a lane so wide, or the goal so near, or not much farther when pressed. u
  constexpr float shot_lane = 1.5F;
  constexpr float shot_distance = 18.0F;
  constexpr float hurried_shot_distance = 30.0F;

  const Vec<Lane> goal = view.goal() - view.ball;
  const Vec<Lane> forward = unit(goal);
  const Vec<Lane> round = way_round(view, forward);
  const Lane distance = length(goal);
  const Choice<Lane> shot = best_shot(view);
  const auto shoots = (shot.worth > Lane(shot_lane)) | (distance < Lane(shot_distance)) |
                      (pressed & (distance < Lane(hurried_shot_distance)));
  const Lane pace = smaller(1.0F, dribble_pace * view.constants.player_speed / view.constants.kick_speed);

  const Vec<Lane> dribble = unit(forward + round * Lane(dribble_sideways)) * pace;
  const Vec<Lane> escape =
      select(view.ball.x < Lane(clearing_line), clearance(view), unit(forward + round * Lane(escape_sideways)));
  const Vec<Lane> when_pressed = select(can_pass, pass.kick, escape);
  return select(shoots, shot.kick, select(pressed, when_pressed, dribble));
}

template <class Lane, class Put>
MATCHDAY_BODY void play_roles(const OwnView<Lane>& view, const Put& put) {
  // The presser is who is nearest to where the ball will be, and runs to where it will be a little sooner. steps
  constexpr float presser_lead = 4.0F;
  constexpr float presser_run_lead = 2.0F;
  // Against an opponent with the ball the presser keeps that far on its own goal's side. u
  constexpr float presser_goal_side = 1.0F;
  // An opponent that near to the ball forces a decision. u
  constexpr float pressing_distance = 7.0F;

  // 1. Who has the ball, and what to do with it.
  const Lane ours = square_root(squared_distance_of_nearest(view, 0, view.ball));
  const Lane theirs = room_at(view, view.ball);
  const auto possession = ours < theirs;
  const Choice<Lane> pass = best_pass(view);
  const auto can_pass = pass.worth > Lane(-infinity);
  const Vec<Lane> kick = field_kick(view, pass, can_pass, theirs < Lane(pressing_distance));

  // 2. The goalkeeper.
  if (view.has_keeper())
    put(0,
        Decision<Lane>{run_to(view, 0, guard_goal(view, early_rush())), select(can_pass, pass.kick, clearance(view))});

  // 3. The others: the presser, and all who support him or mark.
  const int first = view.first_field_player();
  const Vec<Lane> ball_soon = ball_after(view, presser_lead);
  const Lane nearest = squared_distance_of_nearest(view, first, ball_soon);
  const Vec<Lane> meeting = ball_after(view, presser_run_lead);
  const Vec<Lane> pressing =
      select(possession, meeting, meeting + unit(view.own_goal() - meeting) * Lane(presser_goal_side));
  for (int k = first; k < view.players(); ++k) {
    const auto presses = squared_length(view.player(k) - ball_soon) == nearest;
    const Vec<Lane> target = select(presses, pressing, select(possession, support(view, k), mark(view, k)));
    put(k, Decision<Lane>{run_to(view, k, target), kick});
  }
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
