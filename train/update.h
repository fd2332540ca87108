// What REINFORCE and PPO have in common: the rows of a trajectory, the terms of a loss, and what is to be told of it.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "train/adam.h"
#include "train/returns.h"
#include "train/rollout.h"
#include "train/workers.h"

namespace matchday {

/// A network that learns, and its optimiser.
struct Learner {
  Network network;
  Adam adam;
};

/// Decisions to learn from: M rows, each a player's or a team's at some step.
struct Samples {
  at::Tensor observation;  ///< float32 [M, D]
  at::Tensor pre_squash;   ///< float32 [M, K]
  at::Tensor log_prob;     ///< float32 [M], under the policy that played
  at::Tensor advantage;    ///< float32 [M]
  at::Tensor target;       ///< float32 [M], returns; undefined without a critic

  std::int64_t size() const { return log_prob.size(0); }
};

/// The rows of the sides first .. first + count - 1 of a trajectory.
Samples samples_of(const Trajectory& trajectory, const Advantages& advantages, std::int64_t first, std::int64_t count);

/// Neighbouring samples, and samples in another order (order: int64 [M]).
Samples narrow(const Samples& samples, std::int64_t first, std::int64_t count);
Samples in_order(const Samples& samples, const at::Tensor& order);

/// What the loss is made of, one number a row, with gradients.
struct LossTerms {
  at::Tensor log_prob;     ///< float32 [M]
  at::Tensor entropy;      ///< float32 [M], summed over the components
  at::Tensor value_error;  ///< float32 [M], squared, in variances of the returns; zeros without a critic
  at::Tensor sigma;        ///< float32 [], mean standard deviation of a component, without gradient
};

/// variance: float32 [], that of the returns.
LossTerms loss_terms(const Network& network, const Samples& samples, const at::Tensor& variance);

/// Variance of the returns of these samples, never 0: float32 []; 1 without a critic.
at::Tensor return_variance(const Samples& samples);

/// The loss of some samples: a sum over their rows, with gradient, and other sums that are to be told.
struct LossSums {
  at::Tensor loss;     ///< float32 []
  at::Tensor figures;  ///< float32 [F], without gradient
};

/// Sets the network's gradients to those of the loss of all samples, which the workers go through in pieces, so that
/// memory does not grow with the samples. Gives the figures' sums, float32 [F]; the first is the loss.
at::Tensor gradient_of(const Network& network, const Samples& samples, Workers& workers,
                       const std::function<LossSums(const Samples& piece)>& loss_of);

/// What an update was like: named numbers on the device, float32 [], means over all rows (or steps of the optimiser).
using UpdateFigures = std::vector<NamedTensor>;

}  // namespace matchday
