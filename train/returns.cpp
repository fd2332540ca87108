#include "train/returns.h"

#include <ATen/ATen.h>

#include "kernels/operators.h"

namespace matchday {
namespace {

/// Keeps a division by a standard deviation defined; FootyAI's value.
constexpr double deviation_floor = 1e-9;

/// Per row, with a critic: advantages by GAE (ppo), or returns minus the predicted values (reinforce).
Advantages with_critic(const Trajectory& trajectory, const TrainOptions& options) {
  const at::Tensor& values = trajectory.values;
  const std::int64_t steps = values.size(0) - 1;
  const auto by_row = [&](const at::Tensor& of_sides) {
    return of_sides.unsqueeze(-1).expand({steps, values.size(1), values.size(2)}).reshape({steps, -1});
  };
  const at::Tensor reward = by_row(zero_sum(trajectory.reward, values.size(1)));
  const at::Tensor over = trajectory.terminated;
  const at::Tensor terminated = by_row(at::cat({over, over.narrow(1, 0, values.size(1) - over.size(1))}, 1));
  const double lambda = options.algorithm == Algorithm::ppo ? options.lambda : 1.0;
  const at::Tensor predicted = values.narrow(0, 0, steps);
  const at::Tensor advantage =
      generalised_advantages(reward, terminated, values.flatten(1), options.gamma, lambda).view_as(predicted);
  const at::Tensor target = advantage + predicted;
  return {advantage, target, 1.0 - advantage.var() / (target.var() + deviation_floor)};
}

}  // namespace

at::Tensor discounted_returns(const at::Tensor& reward, const at::Tensor& terminated, double gamma,
                              const at::Tensor& after) {
  return operators::discounted_returns(reward, terminated,
                                       after.defined() ? after : at::zeros({reward.size(1)}, reward.options()), gamma);
}

at::Tensor less_batch_baseline(const at::Tensor& returns) {
  const auto matches = static_cast<double>(returns.size(1));
  if (returns.size(1) == 1) return returns;
  return (returns - returns.mean(1, true)) * (matches / (matches - 1.0));
}

at::Tensor normalised_by_match(const at::Tensor& returns) {
  return (returns - returns.mean(0, true)) / (returns.std(0, true, true) + deviation_floor);
}

at::Tensor normalised_by_batch(const at::Tensor& returns) { return returns / (returns.std() + deviation_floor); }

at::Tensor zero_sum(const at::Tensor& of_matches, std::int64_t sides) {
  return at::cat({of_matches, -of_matches.narrow(1, 0, sides - of_matches.size(1))}, 1);
}

at::Tensor generalised_advantages(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& values,
                                  double gamma, double lambda) {
  const std::int64_t steps = reward.size(0);
  const at::Tensor to_come = values.narrow(0, 1, steps).masked_fill(terminated, 0.0);
  const at::Tensor surprise = reward + to_come * gamma - values.narrow(0, 0, steps);
  return discounted_returns(surprise, terminated, gamma * lambda);
}

Advantages advantages(const Trajectory& trajectory, const TrainOptions& options) {
  const at::NoGradGuard no_gradient;
  Advantages found;
  if (trajectory.values.defined()) {
    found = with_critic(trajectory, options);
    if (options.normalise == Normalise::match) found.advantage = normalised_by_match(found.advantage);
  } else {
    at::Tensor own = discounted_returns(trajectory.reward, trajectory.terminated, options.gamma);
    if (options.baseline == Baseline::batch) own = less_batch_baseline(own);
    if (options.normalise == Normalise::match) own = normalised_by_match(own);
    found.advantage = zero_sum(own, trajectory.log_prob.size(1)).unsqueeze(-1).expand_as(trajectory.log_prob);
  }
  if (options.normalise == Normalise::batch) found.advantage = normalised_by_batch(found.advantage);
  return found;
}

}  // namespace matchday
