// A team with a goalkeeper: the nearest other player goes to the ball, the rest keep a shape that moves with it.
#include "tests/support/tensor_bots/geometry.h"
#include "tests/support/tensor_bots/kicking.h"
#include "tests/support/tensor_bots/running.h"
#include "tests/support/tensor_bots/tensor_bots.h"

namespace matchday::tensor_bots {
namespace {

/// Shares of the ball's way along and across the pitch that the base places move with it.
constexpr float shape_follows_x = 0.45F;
constexpr float shape_follows_y = 0.3F;

/// The goalkeeper comes out for balls this near to it and to the goal.
constexpr Rush rush{.reach = 6.0F, .before = -30.0F};

}  // namespace

at::Tensor keeper(const Side& side) {
  const OwnView view = own_view(side);
  const at::Tensor shape = field_players(view, base_moved(view, shape_follows_x, shape_follows_y));
  const at::Tensor field =
      at::where(nearest(field_players(view, view.players), view.ball), view.ball + view.ball_velocity, shape);
  const at::Tensor shot = best_shot(view).kick.expand_as(field);
  return to_action(side, run_to(view, with_keeper(view, guard_goal(view, rush), field)),
                   with_keeper(view, clearance(view), shot));
}

}  // namespace matchday::tensor_bots
