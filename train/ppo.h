// PPO (Schulman et al. 2017): several optimiser steps from one rollout, with a clipped objective that removes the gain
// from moving far away from the policy that played it.
#pragma once

#include <ATen/core/Generator.h>

#include "train/learner.h"
#include "train/loss.h"

namespace matchday {

/// `epochs` passes over all samples, each in a new order, with an optimiser step per minibatch (config/minibatches.h):
///   loss = mean of - min(ratio * advantage, ratio within 1 +- clip * advantage) - entropy weight * entropy
///          + value weight * squared error,   ratio = probability now / probability when it was played.
/// Once the policy has moved by more than `target_kl`, the remaining steps are skipped, without asking the host.
/// learning_rate: float32 []. order: the generator that decides the order, on the samples' device.
UpdateMetrics ppo_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                         const at::Tensor& learning_rate, at::Generator order, ThreadPool& thread_pool);

}  // namespace matchday
