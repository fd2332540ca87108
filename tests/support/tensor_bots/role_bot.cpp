// A team in which everyone has a role: one goes to the ball; with the ball the others offer themselves, without it they
// mark; whoever has the ball shoots, passes or dribbles.
#include <algorithm>
#include <limits>

#include "tests/support/tensor_bots/geometry.h"
#include "tests/support/tensor_bots/kicking.h"
#include "tests/support/tensor_bots/running.h"
#include "tests/support/tensor_bots/tensor_bots.h"

namespace matchday::tensor_bots {
namespace {

/// The goalkeeper comes out for balls this near to it and to the goal.
constexpr Rush rush{.reach = 7.0F, .before = -26.0F};

/// The presser is who is nearest to where the ball will be, and runs to where it will be a little sooner. steps
constexpr float presser_lead = 4.0F;
constexpr float presser_run_lead = 2.0F;

/// Against an opponent with the ball the presser keeps that far on its own goal's side. u
constexpr float presser_goal_side = 1.0F;

/// Supporters neither crowd the other goal's keeper nor their own. u
constexpr float highest_support = 33.0F;
constexpr float deepest_support = -33.0F;

/// Shares of the ball's way along and across the pitch that the base places move with it when the others have it.
constexpr float shape_follows_x = 0.7F;
constexpr float shape_follows_y = 0.3F;

/// A marker stands that far on its own goal's side of its opponent. u
constexpr float marking_distance = 4.0F;

/// An opponent that near to the ball forces a decision. u
constexpr float pressing_distance = 7.0F;

/// Opponents in this strip before the ball, on the way to the goal, block a dribble. u
constexpr float block_begin = -1.0F;
constexpr float block_end = 14.0F;
constexpr float block_half_width = 7.0F;

/// That near to a side line a dribble goes straight on: the wall is no way round anyone. u
constexpr float wall_distance = 4.0F;

/// Dribbling rolls the ball ahead at this many times a player's top speed; drag brings it back to the runner.
constexpr float dribble_pace = 1.6F;

/// Sideways parts, for 1 straight on, of a dribble round an opponent and of a kick past one who presses.
constexpr float dribble_sideways = 0.9F;
constexpr float escape_sideways = 0.8F;

/// Pressed behind this line, without a mate to pass to, the ball is cleared. u
constexpr float clearing_line = -20.0F;

/// A shot wants a lane so wide, or the goal so near, or not much farther when pressed. u
constexpr float shot_lane = 1.5F;
constexpr float shot_distance = 18.0F;
constexpr float hurried_shot_distance = 30.0F;

/// Where the others go when the own team has the ball, [2, N, B].
at::Tensor support(const OwnView& view) {
  const at::Tensor x = view.ball[0] + column(view, [](const Duty& duty) { return duty.support.x; });
  const at::Tensor y = column(view, [](const Duty& duty) { return duty.support.y; }) +
                       view.ball[1] * column(view, [](const Duty& duty) { return duty.follows; });
  return points(x.clamp(deepest_support, highest_support), y);
}

/// And when it has not: half-way between their places and the opponents nearest to those, [2, N, B].
at::Tensor mark(const OwnView& view) {
  const at::Tensor place = base_moved(view, shape_follows_x, shape_follows_y);
  const at::Tensor distance = (place.unsqueeze(2) - view.opponents.unsqueeze(1)).square().sum(0);  // [N, N, B]
  const at::Tensor opponent = pick(view.opponents, distance.argmin(1));
  return 0.5 * (place + opponent + marking_distance * unit(view.own_goal - opponent));
}

/// Where all but the goalkeeper go.
at::Tensor field_places(const OwnView& view, const at::Tensor& possession) {
  const at::Tensor others = at::where(possession, support(view), mark(view));
  const at::Tensor meeting = view.ball + presser_run_lead * view.ball_velocity;
  const at::Tensor press = at::where(possession, meeting, meeting + presser_goal_side * unit(view.own_goal - meeting));
  const at::Tensor presses = nearest(field_players(view, view.players), view.ball + presser_lead * view.ball_velocity);
  return at::where(presses, press, field_players(view, others));
}

/// The sideways direction that leads round the first opponent on the way to the goal, [2, 1, B]; 0 if none is there.
at::Tensor way_round(const OwnView& view, const at::Tensor& forward) {
  const at::Tensor sideways = points(-forward[1], forward[0]);
  const at::Tensor opponents = view.opponents - view.ball;
  const at::Tensor along = scalar_product(opponents, forward), aside = scalar_product(opponents, sideways);  // [N, B]
  const at::Tensor blocks = (along > block_begin) & (along < block_end) & (aside.abs() < block_half_width);
  const auto [first, blocker] = at::where(blocks, along, std::numeric_limits<float>::infinity()).min(0, true);
  const at::Tensor blocked = (first < block_end) & (view.ball[1].abs() < view.half_width - wall_distance);
  const at::Tensor away = at::where(aside.gather(0, blocker) > 0.0, -1.0F, 1.0F);
  return sideways * (away * blocked);
}

/// What all but the goalkeeper do with the ball, [2, 1, B].
at::Tensor field_kick(const OwnView& view, const Choice& pass, const at::Tensor& pressed) {
  const at::Tensor goal = view.goal - view.ball, forward = unit(goal), round = way_round(view, forward);
  const at::Tensor distance = length(goal);
  const at::Tensor can_pass = pass.worth.isfinite();
  const Choice shot = best_shot(view);
  const at::Tensor shoots =
      (shot.worth > shot_lane) | (distance < shot_distance) | (pressed & (distance < hurried_shot_distance));
  const float pace = std::min(1.0F, dribble_pace * view.player_speed / view.kick_speed);

  const at::Tensor dribble = pace * unit(forward + dribble_sideways * round);
  const at::Tensor escape =
      at::where(view.ball[0] < clearing_line, clearance(view), unit(forward + escape_sideways * round));
  const at::Tensor when_pressed = at::where(can_pass, pass.kick, escape);
  return at::where(shoots, shot.kick, at::where(pressed, when_pressed, dribble));
}

}  // namespace

at::Tensor role(const Side& side) {
  const OwnView view = own_view(side);
  const at::Tensor ours = length(view.players - view.ball).amin(0, true);
  const at::Tensor theirs = length(view.opponents - view.ball).amin(0, true);
  const at::Tensor field = field_places(view, ours < theirs);
  const Choice pass = best_pass(view);
  const at::Tensor keeper_kick = at::where(pass.worth.isfinite(), pass.kick, clearance(view));
  const at::Tensor kick = field_kick(view, pass, theirs < pressing_distance).expand_as(field);
  return to_action(side, run_to(view, with_keeper(view, guard_goal(view, rush), field)),
                   with_keeper(view, keeper_kick, kick));
}

}  // namespace matchday::tensor_bots
