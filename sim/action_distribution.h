// The Gaussian that actions are drawn from, plain or squashed by tanh.
//
// A sample is kept as drawn, before the squash ("pre-squash"): log-probabilities are computed from it and never by
// inverting tanh, which loses all precision near +-1.
#pragma once

#include <ATen/core/Tensor.h>

namespace matchday {

enum class Squash {
  tanh,  ///< action = tanh(sample): bounded, so that growing sigma gains nothing
  none,  ///< action = sample, as in FootyAI
};

/// A Gaussian for each action component, before the squash. mean, log_std: float32 [..., K].
struct ActionDistribution {
  Squash squash = Squash::tanh;
  at::Tensor mean;
  at::Tensor log_std;
};

/// Draws a sample, before the squash. noise: standard normal, shape of mean.
at::Tensor sample(const ActionDistribution& distribution, const at::Tensor& noise);

/// The action that a sample stands for.
at::Tensor action_of(Squash squash, const at::Tensor& pre_squash);

/// Log of the action's probability density, component by component. pre_squash: as drawn, shape of mean.
at::Tensor log_prob(const ActionDistribution& distribution, const at::Tensor& pre_squash);

/// Entropy of the Gaussian before the squash, component by component, in nats.
at::Tensor entropy(const ActionDistribution& distribution);

}  // namespace matchday
