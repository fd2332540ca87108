#include "train/rollout.h"

#include <ATen/ATen.h>

#include "policy/network_policy.h"
#include "rules/observation.h"

namespace matchday {
namespace {

Trajectory empty_trajectory(const Simulator& simulator, std::int64_t steps) {
  const Rules& rules = simulator.rules();
  const std::int64_t matches = simulator.matches();
  const at::TensorOptions floats = at::TensorOptions(simulator.device()).dtype(at::kFloat);
  return {at::empty({steps, 2, matches, observation_size(rules)}, floats),
          at::empty({steps, 2, matches, rules.players * action_size}, floats), at::empty({steps, matches}, floats),
          at::empty({steps, matches}, floats.dtype(at::kBool))};
}

}  // namespace

ActionDistribution decide(TeamNetworks& networks, const at::Tensor& observation) {
  if (networks.size() == 1) return networks[0]->forward(observation);
  const ActionDistribution a = networks[0]->forward(observation.select(-3, 0));
  const ActionDistribution b = networks[1]->forward(observation.select(-3, 1));
  return {a.squash, at::stack({a.mean, b.mean}, -3), at::stack({a.log_std, b.log_std}, -3)};
}

Trajectory rollout(Simulator& simulator, TeamNetworks& networks, std::int64_t steps, const at::Tensor& shaping) {
  const at::NoGradGuard no_gradient;
  Trajectory trajectory = empty_trajectory(simulator, steps);
  trajectory.observation[0].copy_(simulator.observe());
  for (std::int64_t t = 0; t < steps; ++t) {
    const at::Tensor observation = trajectory.observation[t];
    const ActionDistribution distribution = decide(networks, observation);
    const DrawnActions drawn = draw(simulator, distribution);
    trajectory.pre_squash[t].copy_(drawn.pre_squash);
    const at::Tensor next = t + 1 < steps ? trajectory.observation[t + 1] : at::Tensor();
    simulator.step(drawn.action, shaping, {trajectory.reward[t], trajectory.terminated[t], next});
  }
  return trajectory;
}

}  // namespace matchday
