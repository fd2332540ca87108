#include "train/reinforce.h"

#include <torch/torch.h>

#include <algorithm>

namespace matchday {
namespace {

/// Rows (observations of one team) of which activations are kept at a time. 16,384 rows of the 4 x 128 network take
/// about 100 MB and are enough to keep matrix products fast.
constexpr std::int64_t rows_at_a_time = 16384;

}  // namespace

ReinforceResult reinforce_gradient(TeamNetworks& networks, const Trajectory& trajectory, const at::Tensor& advantages,
                                   double entropy_weight) {
  const std::int64_t steps = trajectory.reward.size(0);
  const std::int64_t matches = trajectory.reward.size(1);
  const std::int64_t steps_at_a_time = std::clamp(rows_at_a_time / (2 * matches), std::int64_t{1}, steps);
  const at::Tensor zero = at::zeros({}, trajectory.reward.options());
  ReinforceResult result{zero.clone(), zero.clone(), zero.clone()};

  for (std::int64_t t = 0; t < steps; t += steps_at_a_time) {
    const std::int64_t end = std::min(t + steps_at_a_time, steps);
    const ActionDistribution distribution = decide(networks, trajectory.observation.slice(0, t, end));
    const at::Tensor log_probs = log_prob(distribution, trajectory.pre_squash.slice(0, t, end));
    const at::Tensor weighted = log_probs.sum(-1) * advantages.slice(0, t, end);
    const at::Tensor entropies = entropy(distribution);
    const at::Tensor loss = -(weighted.sum() + entropies.sum() * entropy_weight) / static_cast<double>(matches);
    loss.backward();

    const double share = static_cast<double>(end - t) / static_cast<double>(steps);
    result.loss += loss.detach();
    result.entropy += entropies.detach().mean() * share;
    result.sigma += distribution.log_std.detach().exp().mean() * share;
  }
  return result;
}

}  // namespace matchday
