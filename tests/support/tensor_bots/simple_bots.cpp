// Bots of one idea each.
#include "rules/observation.h"
#include "rules/randomness.h"
#include "tests/support/tensor_bots/geometry.h"
#include "tests/support/tensor_bots/running.h"
#include "tests/support/tensor_bots/tensor_bots.h"

namespace matchday::tensor_bots {

at::Tensor still(const Side& side) {
  const Simulator& simulator = side.simulator;
  return at::zeros({side.count, simulator.rules().players, action_size}, simulator.state().bodies.options());
}

at::Tensor random(const Side& side) {
  return side.simulator.noise(slot_bot)[side.team].narrow(0, side.first, side.count).clamp(-1.0, 1.0);
}

at::Tensor chaser(const Side& side) {
  const OwnView view = own_view(side);
  return to_action(side, run_to(view, view.ball + view.ball_velocity), unit(view.goal - view.ball));
}

at::Tensor presser(const Side& side) {
  const OwnView view = own_view(side);
  const at::Tensor target = at::where(nearest(view.players, view.ball), view.ball + view.ball_velocity, base(view));
  return to_action(side, run_to(view, target), unit(view.goal - view.ball));
}

}  // namespace matchday::tensor_bots
