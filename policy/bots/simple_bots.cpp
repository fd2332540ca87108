// Bots of one idea each.
#include "policy/bots/each_bot.h"
#include "policy/bots/geometry.h"
#include "policy/bots/running.h"
#include "rules/observation.h"
#include "rules/randomness.h"

namespace matchday::bots {
namespace {

at::Tensor stand_still(const Side& side) {
  const Simulator& simulator = side.simulator;
  return at::zeros({side.count, simulator.rules().players, action_size}, simulator.state().bodies.options());
}

at::Tensor draw(const Side& side) {
  return side.simulator.noise(slot_bot)[side.team].narrow(0, side.first, side.count).clamp(-1.0, 1.0);
}

at::Tensor chase(const Side& side) {
  const OwnView view = own_view(side);
  return to_action(side, run_to(view, view.ball + view.ball_velocity), unit(view.goal - view.ball));
}

at::Tensor press(const Side& side) {
  const OwnView view = own_view(side);
  const at::Tensor target = at::where(nearest(view.players, view.ball), view.ball + view.ball_velocity, base(view));
  return to_action(side, run_to(view, target), unit(view.goal - view.ball));
}

}  // namespace

Policy still_bot() { return {"still", stand_still}; }
Policy random_bot() { return {"random", draw}; }
Policy chaser_bot() { return {"chaser", chase}; }
Policy presser_bot() { return {"presser", press}; }

}  // namespace matchday::bots
