// REINFORCE (Williams 1992): raise the log-probability of what was done in proportion to what it led to.
#pragma once

#include <ATen/core/Tensor.h>

#include "train/rollout.h"

namespace matchday {

/// What one pass over a trajectory found; every tensor float32 [], on the device.
struct ReinforceResult {
  at::Tensor loss;     ///< per match
  at::Tensor entropy;  ///< mean per action component, nats
  at::Tensor sigma;    ///< mean standard deviation of an action component, before the squash
};

/// Adds the gradient of the loss to the networks' parameters:
///   loss = - sum over steps, teams and action components of (log_prob * advantage + entropy_weight * entropy) /
///   matches.
/// advantages: float32 [T, 2, B]. Goes through the trajectory in pieces of whole steps, so that
/// memory does not grow with T; from 8,192 matches on it grows with B.
ReinforceResult reinforce_gradient(TeamNetworks& networks, const Trajectory& trajectory, const at::Tensor& advantages,
                                   double entropy_weight);

}  // namespace matchday
