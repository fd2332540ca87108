// REINFORCE (Williams 1992): raise the log-probability of what was done in proportion to what it led to.
#pragma once

#include "train/gradient/gradient.h"
#include "train/learner.h"
#include "train/loss.h"

namespace matchday {

/// Sets the network's gradients to those of the loss:
///   loss = - sum over samples of (log_prob * advantage + entropy weight * entropy - value weight * squared error),
///   divided by `matches`.
UpdateMetrics reinforce_gradient(const Network& network, const Samples& samples, const TrainOptions& options,
                                 std::int64_t matches, ThreadPool& thread_pool, const GradientOptions& how = {});

/// One step along the gradient of all shards' samples. own: this rank's shards'. matches: all shards'. learning_rate:
/// float32 [].
UpdateMetrics reinforce_update(Learner& learner, const std::vector<Samples>& own, const TrainOptions& options,
                               std::int64_t matches, const at::Tensor& learning_rate, ThreadPool& thread_pool,
                               const Ranks& ranks = Ranks());

}  // namespace matchday
