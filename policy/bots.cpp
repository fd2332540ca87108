// Scripted teams. Each sees the pitch from its own side: it attacks +x, the other goal is at (half length, 0).
#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/bots.h"
#include "rules/bad_input.h"
#include "rules/observation.h"
#include "rules/randomness.h"

namespace matchday {
namespace {

/// Distance from which a player runs at full speed to where it wants to be. u
constexpr float full_speed_distance = 6.0F;

/// Keeps the division defined for a ball exactly on the goal's centre. u^2
constexpr float tiny = 1e-12F;

/// The own players' places and the ball as team 0 or 1 sees them.
struct OwnView {
  at::Tensor players;        ///< float32 [2, N, B]
  at::Tensor ball;           ///< float32 [2, 1, B]
  at::Tensor ball_velocity;  ///< float32 [2, 1, B]
};

OwnView own_view(const Side& side) {
  const std::int64_t n = side.simulator.rules().players;
  const at::Tensor matches = side.simulator.state().bodies.narrow(2, side.first, side.count);
  const at::Tensor bodies = side.team == 0 ? matches : -matches;
  const at::Tensor position = bodies.slice(0, 0, 2);
  return {position.narrow(1, side.team * n, n), position.narrow(1, 2 * n, 1),
          bodies.slice(0, 2, 4).narrow(1, 2 * n, 1)};
}

/// Moves and kicks [2, N, B] in the own view -> [B, N, 4] in the view in which this team's actions are given.
at::Tensor to_action(const Side& side, const at::Tensor& move, const at::Tensor& kick) {
  const at::Tensor own = at::cat({move, kick}).permute({2, 1, 0}).contiguous();
  return side.team == 0 || sees_own_side(side.simulator.rules()) ? own : -own;
}

at::Tensor run_to(const at::Tensor& target, const at::Tensor& players) {
  const at::Tensor way = (target - players) * (1.0F / full_speed_distance);
  return way / way.square().sum(0).sqrt().clamp_min(1.0);
}

at::Tensor chase(const Side& side) {
  const OwnView view = own_view(side);
  const at::Tensor goal =
      at::stack({at::full_like(view.ball[0], side.simulator.rules().half_length), at::zeros_like(view.ball[1])});
  const at::Tensor to_goal = goal - view.ball;
  const at::Tensor kick = to_goal / to_goal.square().sum(0).add(tiny).sqrt();
  return to_action(side, run_to(view.ball + view.ball_velocity, view.players), kick.expand_as(view.players));
}

Policy random_bot() {
  return {"random", [](const Side& side) {
            return side.simulator.noise(slot_bot)[side.team].narrow(0, side.first, side.count).clamp(-1.0, 1.0);
          }};
}

Policy chaser_bot() { return {"chaser", chase}; }

}  // namespace

std::vector<std::string> bot_names() { return {"random", "chaser"}; }

Policy make_bot(const std::string& name) {
  if (name == "random") return random_bot();
  if (name == "chaser") return chaser_bot();
  throw BadInput(fmt::format("there is no bot \"{}\"; the bots are {}", name, fmt::join(bot_names(), ", ")));
}

}  // namespace matchday
