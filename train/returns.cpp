#include "train/returns.h"

#include <ATen/ATen.h>

#include "kernels/operators.h"
#include "train/spread.h"

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
  return {advantage, advantage + predicted, {}};
}

/// less_batch_baseline over the matches of all shards.
void subtract_baseline(std::vector<at::Tensor>& own, const Ranks& ranks) {
  if (ranks.shards() == 1) {
    own[0] = less_batch_baseline(own[0]);
    return;
  }
  const auto matches = static_cast<double>(own[0].size(1) * ranks.shards());
  std::vector<at::Tensor> means;
  for (const at::Tensor& returns : own) means.push_back(returns.mean(1));
  const at::Tensor mean = (ranks.sum(means) / static_cast<double>(ranks.shards())).unsqueeze(1);
  for (at::Tensor& returns : own) returns = (returns - mean) * (matches / (matches - 1.0));
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
  return advantages({&trajectory}, options, Ranks()).front();
}

std::vector<Advantages> advantages(const std::vector<const Trajectory*>& own, const TrainOptions& options,
                                   const Ranks& ranks) {
  const at::NoGradGuard no_gradient;
  std::vector<Advantages> found;
  const auto all = [&found](at::Tensor Advantages::*numbers) {
    std::vector<at::Tensor> of_shards;
    for (const Advantages& of_shard : found) of_shards.push_back(of_shard.*numbers);
    return of_shards;
  };
  if (own[0]->values.defined()) {
    for (const Trajectory* trajectory : own) found.push_back(with_critic(*trajectory, options));
    const at::Tensor explained = 1.0 - variance(all(&Advantages::advantage), ranks) /
                                           (variance(all(&Advantages::target), ranks) + deviation_floor);
    for (Advantages& of_shard : found) {
      of_shard.explained_variance = explained;
      if (options.normalise == Normalise::match) of_shard.advantage = normalised_by_match(of_shard.advantage);
    }
  } else {
    std::vector<at::Tensor> returns;
    for (const Trajectory* trajectory : own)
      returns.push_back(discounted_returns(trajectory->reward, trajectory->terminated, options.gamma));
    if (options.baseline == Baseline::batch) subtract_baseline(returns, ranks);
    for (std::size_t k = 0; k < own.size(); ++k) {
      const at::Tensor scaled = options.normalise == Normalise::match ? normalised_by_match(returns[k]) : returns[k];
      const at::Tensor& like = own[k]->log_prob;
      found.push_back({zero_sum(scaled, like.size(1)).unsqueeze(-1).expand_as(like), {}, {}});
    }
  }
  if (options.normalise == Normalise::batch) {
    const at::Tensor divisor = deviation(all(&Advantages::advantage), ranks) + deviation_floor;
    for (Advantages& of_shard : found) of_shard.advantage = of_shard.advantage / divisor;
  }
  return found;
}

}  // namespace matchday
