#include "train/update.h"

#include <ATen/ATen.h>

namespace matchday {
namespace {

constexpr double variance_floor = 1e-8;

template <class Change>
Samples changed(const Samples& samples, const Change& change) {
  return {change(samples.observation), change(samples.pre_squash), change(samples.log_prob), change(samples.advantage),
          samples.target.defined() ? change(samples.target) : at::Tensor()};
}

}  // namespace

Samples samples_of(const Trajectory& trajectory, const Advantages& advantages, std::int64_t first, std::int64_t count) {
  const auto rows = [&](const at::Tensor& numbers) { return numbers.narrow(1, first, count).flatten(0, 2); };
  return {rows(trajectory.observation), rows(trajectory.pre_squash), rows(trajectory.log_prob),
          rows(advantages.advantage), advantages.target.defined() ? rows(advantages.target) : at::Tensor()};
}

Samples narrow(const Samples& samples, std::int64_t first, std::int64_t count) {
  return changed(samples, [&](const at::Tensor& numbers) { return numbers.narrow(0, first, count); });
}

Samples in_order(const Samples& samples, const at::Tensor& order) {
  return changed(samples, [&](const at::Tensor& numbers) { return numbers.index_select(0, order); });
}

LossTerms loss_terms(const Network& network, const Samples& samples, const at::Tensor& variance) {
  const ActionDistribution distribution = decide(network, samples.observation);
  LossTerms terms{log_prob(distribution, samples.pre_squash).sum(-1),
                  entropy(distribution).sum(-1),
                  {},
                  distribution.log_std.detach().exp().mean()};
  terms.value_error = samples.target.defined()
                          ? (expected_return(network, samples.observation) - samples.target).square() / variance
                          : at::zeros_like(samples.log_prob);
  return terms;
}

at::Tensor return_variance(const Samples& samples) {
  return samples.target.defined() ? samples.target.var() + variance_floor : at::ones({}, samples.log_prob.options());
}

}  // namespace matchday
