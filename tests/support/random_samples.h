// Random samples to learn from, such as a network might have produced, for tests of gradients.
#pragma once

#include <ATen/ATen.h>

#include "tests/support/lively_networks.h"
#include "train/gradient/gradient.h"
#include "train/learner.h"
#include "train/loss.h"

namespace matchday {

/// A network with varied weights, small enough for an accurate float32 gradient.
inline Network mild_network(const NetworkOptions& sort, const Rules& rules, std::uint64_t seed) {
  const Network network = make_network(rules, sort, seed, at::kCPU);
  const at::NoGradGuard no_gradient;
  network.flat.add_(at::randn_like(network.flat) * 0.1);
  return network;
}

/// Samples of such a network. Log-probabilities are shifted at random, so that some ratios lie beyond the clip.
inline Samples random_samples(const Network& network, const Rules& rules, std::int64_t rows) {
  const at::NoGradGuard no_gradient;
  Samples samples;
  samples.observation = at::randn({rows, network_shape(rules, network.options).inputs});
  const ActionDistribution distribution = decide(network, samples.observation);
  samples.pre_squash = sample(distribution, at::randn_like(distribution.mean));
  samples.log_prob = log_prob(distribution, samples.pre_squash).sum(-1) + at::randn({rows}) * 0.2;
  samples.advantage = at::randn({rows});
  // Some of the teacher's actions lie beyond +-1, where no squashed action reaches.
  samples.teacher = at::randn_like(samples.pre_squash);
  samples.teacher_weight = at::full({}, 0.3);
  if (!network.options.critic_hidden.empty()) samples.target = at::randn({rows}) * 3.0 + 1.0;
  return samples;
}

/// The samples in another number type, or on another device.
inline Samples samples_in(const at::TensorOptions& options, const Samples& samples) {
  const auto other = [&](const at::Tensor& numbers) { return numbers.defined() ? numbers.to(options) : numbers; };
  return {other(samples.observation), other(samples.pre_squash),    other(samples.log_prob),
          other(samples.advantage),   other(samples.target),        at::Tensor(),
          other(samples.teacher),     other(samples.teacher_weight)};
}

inline Samples in_float64(const Samples& samples) { return samples_in(at::kDouble, samples); }

/// The norm of a - b, relative to that of b.
inline double relative_distance(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor wide = b.to(at::kDouble);
  return ((a.cpu().to(at::kDouble) - wide).norm() / wide.norm()).item<double>();
}

}  // namespace matchday
