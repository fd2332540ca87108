// Decisions to learn from, as some network may have made them, for tests of gradients.
#pragma once

#include <ATen/ATen.h>

#include "tests/lively_networks.h"
#include "train/update.h"

namespace matchday {

/// A network with all sorts of weights, but not so wild that float32 could not tell its gradient.
inline Network mild_network(const NetworkOptions& sort, const Rules& rules, std::uint64_t seed) {
  const Network network = make_network(rules, sort, seed, at::kCPU);
  const at::NoGradGuard no_gradient;
  network.flat.add_(at::randn_like(network.flat) * 0.1);
  return network;
}

/// What a network of this sort may have done: log-probabilities are off, so that some ratios lie beyond the clip.
inline Samples random_samples(const Network& network, const Rules& rules, std::int64_t rows) {
  const at::NoGradGuard no_gradient;
  Samples samples;
  samples.observation = at::randn({rows, network_shape(rules, network.options).inputs});
  const ActionDistribution distribution = decide(network, samples.observation);
  samples.pre_squash = sample(distribution, at::randn_like(distribution.mean));
  samples.log_prob = log_prob(distribution, samples.pre_squash).sum(-1) + at::randn({rows}) * 0.2;
  samples.advantage = at::randn({rows});
  // Some of what is taught lies beyond what a squash can do.
  samples.teacher = at::randn_like(samples.pre_squash);
  samples.teacher_weight = at::full({}, 0.3);
  if (!network.options.critic_hidden.empty()) samples.target = at::randn({rows}) * 3.0 + 1.0;
  return samples;
}

/// The samples in numbers of another type, or on another device.
inline Samples samples_in(const at::TensorOptions& options, const Samples& samples) {
  const auto other = [&](const at::Tensor& numbers) { return numbers.defined() ? numbers.to(options) : numbers; };
  return {other(samples.observation), other(samples.pre_squash),    other(samples.log_prob),
          other(samples.advantage),   other(samples.target),        at::Tensor(),
          other(samples.teacher),     other(samples.teacher_weight)};
}

inline Samples in_float64(const Samples& samples) { return samples_in(at::kDouble, samples); }

/// In lengths of the second.
inline double relative_distance(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor wide = b.to(at::kDouble);
  return ((a.cpu().to(at::kDouble) - wide).norm() / wide.norm()).item<double>();
}

}  // namespace matchday
