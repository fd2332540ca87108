#include "train/rollout.h"

#include <ATen/ATen.h>

#include "policy/network_policy.h"
#include "rules/observation.h"

namespace matchday {
namespace {

Trajectory empty_trajectory(const Simulator& simulator, const NetworkOptions& options, std::int64_t sides,
                            std::int64_t steps) {
  const NetworkShape shape = network_shape(simulator.rules(), options);
  const at::TensorOptions floats = at::TensorOptions(simulator.device()).dtype(at::kFloat);
  return {at::empty({steps, sides, shape.rows, shape.inputs}, floats),
          at::empty({steps, sides, shape.rows, shape.outputs}, floats),
          at::empty({steps, sides, shape.rows}, floats),
          at::empty({steps, simulator.matches()}, floats),
          at::empty({steps, simulator.matches()}, floats.dtype(at::kBool)),
          {},
          at::zeros({}, floats.dtype(at::kLong))};
}

/// Both teams' distributions, [2, B, R, K]: the learning networks' and, after them, the opponents'.
ActionDistribution decide_for_all(const Networks& networks, const Opponents& opponents, const at::Tensor& observation) {
  const at::Tensor sides = observation.flatten(0, 1);
  const std::int64_t learning = opponents.learning_sides();
  const ActionDistribution own = decide(networks, sides.narrow(0, 0, learning));
  if (learning == sides.size(0))
    return {own.squash, own.mean.view({2, -1, own.mean.size(1), own.mean.size(2)}),
            own.log_std.reshape({2, -1, own.mean.size(1), own.mean.size(2)})};
  const ActionDistribution theirs = opponents.decide(sides.narrow(0, learning, sides.size(0) - learning));
  const auto all = [](const at::Tensor& a, const at::Tensor& b) {
    return at::cat({a, b}).view({2, -1, a.size(1), a.size(2)});
  };
  return {own.squash, all(own.mean, theirs.mean), all(own.log_std, theirs.log_std)};
}

}  // namespace

ActionDistribution decide(const Networks& networks, const at::Tensor& observation) {
  if (networks.size() == 1) return decide(networks[0], observation);
  const std::int64_t half = observation.size(-3) / 2;
  const ActionDistribution a = decide(networks[0], observation.narrow(-3, 0, half));
  const ActionDistribution b = decide(networks[1], observation.narrow(-3, half, half));
  return {a.squash, at::cat({a.mean, b.mean}, -3), at::cat({a.log_std, b.log_std}, -3)};
}

Trajectory rollout(Simulator& simulator, const Networks& networks, Opponents& opponents,
                   const RolloutOptions& options) {
  const at::NoGradGuard no_gradient;
  const NetworkOptions& network = networks[0].options;
  const std::int64_t learning = opponents.learning_sides();
  const auto of_learners = [&](const at::Tensor& of_all) { return of_all.flatten(0, 1).narrow(0, 0, learning); };
  Trajectory trajectory = empty_trajectory(simulator, network, learning, options.steps);
  at::Tensor observation = observe(simulator, network);
  for (std::int64_t t = 0; t < options.steps; ++t) {
    const DrawnActions drawn = draw(simulator, network, decide_for_all(networks, opponents, observation));
    opponents.act(simulator, drawn.action);
    trajectory.observation[t].copy_(of_learners(observation));
    trajectory.pre_squash[t].copy_(of_learners(drawn.pre_squash));
    trajectory.log_prob[t].copy_(of_learners(drawn.log_prob));
    trajectory.goals -= simulator.state().score.sum();
    simulator.step(drawn.action, options.shaping, {trajectory.reward[t], trajectory.terminated[t]});
    trajectory.goals += simulator.state().score.sum();
    opponents.count(simulator, trajectory.terminated[t]);
    if (options.next_match_at_once) simulator.reset(trajectory.terminated[t]);
    observation = observe(simulator, network);
  }
  trajectory.last_observation = of_learners(observation);
  return trajectory;
}

}  // namespace matchday
