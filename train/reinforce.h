// REINFORCE (Williams 1992): raise the log-probability of what was done in proportion to what it led to.
#pragma once

#include "train/update.h"

namespace matchday {

/// Sets the network's gradients to those of the loss:
///   loss = - sum over samples of (log_prob * advantage + entropy weight * entropy - value weight * squared error),
///   divided by `matches`.
UpdateFigures reinforce_gradient(const Network& network, const Samples& samples, const TrainOptions& options,
                                 std::int64_t matches, Workers& workers, const UpdateOptions& how = {});

/// One step along the gradient of all samples. learning_rate: float32 [].
UpdateFigures reinforce_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                               std::int64_t matches, const at::Tensor& learning_rate, Workers& workers);

}  // namespace matchday
