// The loss of REINFORCE and PPO, as autograd differentiates it, and the metrics that are reported of it.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernels/policy_loss.h"
#include "train/samples.h"

namespace matchday {

/// The loss of some samples (kernels/policy_loss.h), with gradient, and the sums of its metrics, without gradient:
/// float32 [loss_metrics], in the order of LossMetric. variance: float32 [], that of all returns.
struct Loss {
  at::Tensor loss;
  at::Tensor metrics;
};
Loss policy_loss(const Network& network, const Samples& samples, const kernels::LossOptions& options,
                 const at::Tensor& variance);

/// The loss that `options` describe. weight: a row's, 1 over the number that the loss is averaged over.
kernels::LossOptions loss_options(kernels::PolicyObjective objective, const TrainOptions& options, double weight);

/// An update's metrics: named numbers on the device, float32 [].
using UpdateMetrics = std::vector<NamedTensor>;

/// Means from the sums of loss_gradient over `steps` steps: the loss per step, the rest per row. passes: how often as
/// many rows as `samples` has were summed: epochs, times shards.
UpdateMetrics named_metrics(const at::Tensor& sums, const Samples& samples, std::int64_t steps, std::int64_t passes);

}  // namespace matchday
