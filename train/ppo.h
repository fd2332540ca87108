// PPO (Schulman et al. 2017): several steps from one rollout, none of which may gain by going far from the policy that
// played it.
#pragma once

#include <ATen/core/Generator.h>

#include "train/update.h"

namespace matchday {

/// `epochs` times through all samples in a new order, a step of the optimiser for each minibatch (train/minibatches.h):
///   loss = mean of - min(ratio * advantage, ratio within 1 +- clip * advantage) - entropy weight * entropy
///          + value weight * squared error,   ratio = probability now / probability when it was played.
/// Once the policy has moved by more than `kl_limit`, the remaining steps are left out, without asking the host.
/// learning_rate: float32 []. order: decides the order, on the samples' device.
UpdateFigures ppo_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                         const at::Tensor& learning_rate, at::Generator order, Workers& workers);

}  // namespace matchday
