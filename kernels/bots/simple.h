// Bots with a single idea each, and the first one with a goalkeeper. A bot calls put(k, decision) for every player k of
// its team (Decide in bot_actions.h).
#pragma once

#include "kernels/bots/kicking.h"
#include "kernels/bots/running.h"
#include "kernels/gaussian.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

template <class Float, class Put>
MATCHDAY_HOST_DEVICE void stand_still(const OwnView<Float>& view, const Put& put) {
  const Vec<Float> nothing{Float(0.0F), Float(0.0F)};
  for (int k = 0; k < view.players(); ++k) put(k, Decision<Float>{nothing, nothing});
}

/// The random bot: noise, drawn separately for each player.
template <class Float, class Put>
MATCHDAY_HOST_DEVICE void act_at_random(const OwnView<Float>& view, const Put& put) {
  WordOf<Float> match;
  IntegerOf<Float> episode;
  IntegerOf<Float> clock;
  load(match, view.arrays.match + view.b);
  load(episode, view.arrays.episode + view.b);
  load(clock, view.arrays.clock + view.b);
  for (int k = 0; k < view.players(); ++k) {
    const auto slot = slot_bot + static_cast<std::uint32_t>(view.team * view.players() + k);
    Normals<Float> drawn = noise_at<Float>(match, episode, clock, slot, view.constants.seed);
    for (Float& number : drawn.number) number = clamp(number, Float(-1.0F), Float(1.0F));
    put.as_drawn(k, drawn.number);
  }
}

template <class Float, class Put>
MATCHDAY_HOST_DEVICE void chase(const OwnView<Float>& view, const Put& put) {
  const Vec<Float> kick = unit(view.goal() - view.ball);
  for (int k = 0; k < view.players(); ++k) put(k, Decision<Float>{run_to(view, k, ball_after(view, 1.0F)), kick});
}

template <class Float, class Put>
MATCHDAY_HOST_DEVICE void press(const OwnView<Float>& view, const Put& put) {
  const Vec<Float> kick = unit(view.goal() - view.ball);
  const Float nearest = squared_distance_of_nearest(view, 0, view.ball);
  for (int k = 0; k < view.players(); ++k) {
    const auto presses = squared_length(view.player(k) - view.ball) == nearest;
    const Place& base = view.constants.duty[k].base;
    const Vec<Float> target = select(presses, ball_after(view, 1.0F), Vec<Float>{Float(base.x), Float(base.y)});
    put(k, Decision<Float>{run_to(view, k, target), kick});
  }
}

/// The nearest field player goes to the ball, the rest keep a shape that moves with it.
template <class Float, class Put>
MATCHDAY_HOST_DEVICE void keep_goal(const OwnView<Float>& view, const Put& put) {
  // Shares of the ball's x and y by which the base places move.
  constexpr float shape_follows_x = 0.45F;
  constexpr float shape_follows_y = 0.3F;
  // The goalkeeper comes out for balls this near to it and to the goal.
  constexpr Rush rush{.reach = 6.0F, .before = -30.0F};

  const int first = view.first_field_player();
  if (view.has_keeper()) put(0, Decision<Float>{run_to(view, 0, guard_goal(view, rush)), clearance(view)});
  const Vec<Float> shot = best_shot(view).kick;
  const Float nearest = squared_distance_of_nearest(view, first, view.ball);
  for (int k = first; k < view.players(); ++k) {
    const auto presses = squared_length(view.player(k) - view.ball) == nearest;
    const Vec<Float> target =
        select(presses, ball_after(view, 1.0F), base_moved(view, k, shape_follows_x, shape_follows_y));
    put(k, Decision<Float>{run_to(view, k, target), shot});
  }
}

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
