#include "train/loss.h"

#include <ATen/ATen.h>

namespace matchday {

Loss policy_loss(const Network& network, const Samples& samples, const kernels::LossOptions& options,
                 const at::Tensor& variance) {
  const ActionDistribution distribution = decide(network, samples.observation);
  const at::Tensor log_likelihood = log_prob(distribution, samples.pre_squash).sum(-1);
  const at::Tensor spread = entropy(distribution).sum(-1);
  at::Tensor gain = log_likelihood * samples.advantage;
  at::Tensor kl = at::zeros_like(gain);
  at::Tensor clipped = kl;
  if (options.objective == kernels::PolicyObjective::ppo) {
    const at::Tensor log_ratio = log_likelihood - samples.log_prob;
    const at::Tensor ratio = log_ratio.exp();
    const at::Tensor kept = ratio.clamp(1.0 - options.clip, 1.0 + options.clip);
    gain = at::minimum(ratio * samples.advantage, kept * samples.advantage);
    kl = ratio - 1.0 - log_ratio;  // Schulman's estimate: unbiased, never negative
    clipped = ratio != kept;
  }
  const at::Tensor value_error =
      samples.target.defined() ? (predict_values(network, samples.observation) - samples.target).square() / variance
                               : at::zeros_like(gain);
  at::Tensor distance = at::zeros_like(gain);
  at::Tensor pull = distance;
  if (samples.teacher.defined()) {
    const double most = kernels::most_taught;
    const at::Tensor taught =
        distribution.squash == Squash::tanh ? samples.teacher.clamp(-most, most).atanh() : samples.teacher;
    distance = (distribution.mean - taught).square().sum(-1);
    pull = distance * samples.teacher_weight * 0.5;
  }
  const at::Tensor loss =
      (value_error * options.value_weight + pull - gain - spread * options.entropy).sum() * options.weight;
  const at::Tensor sigma = distribution.log_std.exp().mean(-1);
  return {loss, at::stack({loss, value_error.sum(), spread.sum(), sigma.sum(), kl.sum(), clipped.sum(), distance.sum()})
                    .detach()};
}

kernels::LossOptions loss_options(kernels::PolicyObjective objective, const TrainOptions& options, double weight) {
  return {objective, static_cast<float>(options.clip), static_cast<float>(options.entropy),
          static_cast<float>(options.value_weight), static_cast<float>(weight)};
}

UpdateMetrics named_metrics(const at::Tensor& sums, const Samples& samples, std::int64_t steps, std::int64_t passes) {
  const auto rows = static_cast<double>(samples.size() * passes);
  const auto components = static_cast<double>(samples.pre_squash.size(1));
  UpdateMetrics metrics{{"loss", sums[kernels::loss_metric] / static_cast<double>(steps)},
                        {"value_loss", sums[kernels::value_error_metric] / rows},
                        {"entropy", sums[kernels::entropy_metric] / (rows * components)},
                        {"sigma", sums[kernels::sigma_metric] / rows},
                        {"kl", sums[kernels::kl_metric] / rows},
                        {"clipped", sums[kernels::clipped_metric] / rows}};
  if (samples.teacher.defined())
    metrics.push_back({"teacher_distance", (sums[kernels::distance_metric] / (rows * components)).sqrt()});
  return metrics;
}

}  // namespace matchday
