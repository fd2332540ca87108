// PPO (Schulman et al. 2017): several optimiser steps from one rollout, with a clipped objective that removes the gain
// from moving far away from the policy that played it.
#pragma once

#include <ATen/core/Generator.h>

#include <vector>

#include "train/learner.h"
#include "train/loss.h"
#include "train/ranks.h"

namespace matchday {

/// `epochs` passes over all samples, each in a new order, with an optimiser step per minibatch (config/minibatches.h):
///   loss = mean of - min(ratio * advantage, ratio within 1 +- clip * advantage) - entropy weight * entropy
///          + value weight * squared error,   ratio = probability now / probability when it was played.
/// Once the policy has moved by more than `target_kl`, the remaining steps are skipped, without asking the host.
/// A minibatch takes as many rows of every shard. own: the samples of this rank's shards. learning_rate: float32 [].
/// orders: for each of them the generator that decides its order, on the samples' device.
UpdateMetrics ppo_update(Learner& learner, const std::vector<Samples>& own, const TrainOptions& options,
                         const at::Tensor& learning_rate, std::vector<at::Generator> orders, ThreadPool& thread_pool,
                         const Ranks& ranks = Ranks());

}  // namespace matchday
