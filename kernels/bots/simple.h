// Bots of one idea each, and the one that has a goalkeeper. A bot calls put(k, decision) for every player k of its
// team.
#pragma once

#include "kernels/bots/kicking.h"
#include "kernels/bots/running.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

template <class Lane, class Put>
MATCHDAY_BODY void stand_still(const OwnView<Lane>& view, const Put& put) {
  const Vec<Lane> nothing{Lane(0.0F), Lane(0.0F)};
  for (int k = 0; k < view.players(); ++k) put(k, Decision<Lane>{nothing, nothing});
}

template <class Lane, class Put>
MATCHDAY_BODY void chase(const OwnView<Lane>& view, const Put& put) {
  const Vec<Lane> kick = unit(view.goal() - view.ball);
  for (int k = 0; k < view.players(); ++k) put(k, Decision<Lane>{run_to(view, k, ball_after(view, 1.0F)), kick});
}

template <class Lane, class Put>
MATCHDAY_BODY void press(const OwnView<Lane>& view, const Put& put) {
  const Vec<Lane> kick = unit(view.goal() - view.ball);
  const Lane nearest = squared_distance_of_nearest(view, 0, view.ball);
  for (int k = 0; k < view.players(); ++k) {
    const auto presses = squared_length(view.player(k) - view.ball) == nearest;
    const Place& base = view.constants.duty[k].base;
    const Vec<Lane> target = select(presses, ball_after(view, 1.0F), Vec<Lane>{Lane(base.x), Lane(base.y)});
    put(k, Decision<Lane>{run_to(view, k, target), kick});
  }
}

/// The nearest field player goes to the ball, the rest keep a shape that moves with it.
template <class Lane, class Put>
MATCHDAY_BODY void keep_goal(const OwnView<Lane>& view, const Put& put) {
  // Shares of the ball's way along and across the pitch that the base places move with it.
  constexpr float shape_follows_x = 0.45F;
  constexpr float shape_follows_y = 0.3F;
  // The goalkeeper comes out for balls this near to it and to the goal.
  constexpr Rush rush{.reach = 6.0F, .before = -30.0F};

  const int first = view.first_field_player();
  if (view.has_keeper()) put(0, Decision<Lane>{run_to(view, 0, guard_goal(view, rush)), clearance(view)});
  const Vec<Lane> shot = best_shot(view).kick;
  const Lane nearest = squared_distance_of_nearest(view, first, view.ball);
  for (int k = first; k < view.players(); ++k) {
    const auto presses = squared_length(view.player(k) - view.ball) == nearest;
    const Vec<Lane> target =
        select(presses, ball_after(view, 1.0F), base_moved(view, k, shape_follows_x, shape_follows_y));
    put(k, Decision<Lane>{run_to(view, k, target), shot});
  }
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
