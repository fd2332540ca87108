#include "train/update.h"

#include <torch/torch.h>

#include <algorithm>

namespace matchday {
namespace {

constexpr double variance_floor = 1e-8;

/// Rows of a piece. On a CPU: enough that operations take longer than to be called, and a few pieces in a minibatch. On
/// a GPU: as many as activations of 4 x 128 units (about 6 kB a row) leave room for.
constexpr std::int64_t rows_of_piece_on_cpu = 1440;
constexpr std::int64_t rows_of_piece_elsewhere = 1 << 20;

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

at::Tensor gradient_of(const Network& network, const Samples& samples, Workers& workers,
                       const std::function<LossSums(const Samples& piece)>& loss_of) {
  const std::int64_t rows = samples.log_prob.is_cpu() ? rows_of_piece_on_cpu : rows_of_piece_elsewhere;
  const std::int64_t pieces = (samples.size() + rows - 1) / rows;
  std::vector<at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(network)) weights.push_back(parameter.tensor);
  std::vector<std::vector<at::Tensor>> gradients(static_cast<std::size_t>(pieces));
  std::vector<at::Tensor> figures(static_cast<std::size_t>(pieces));

  workers.share_out(pieces, [&](std::int64_t piece) {
    const auto k = static_cast<std::size_t>(piece);
    const LossSums sums = loss_of(narrow(samples, piece * rows, std::min(rows, samples.size() - piece * rows)));
    gradients[k] = torch::autograd::grad({sums.loss}, weights, {}, std::nullopt, false, true);
    figures[k] = at::cat({sums.loss.detach().unsqueeze(0), sums.figures});
  });

  const at::NoGradGuard no_gradient;
  for (std::size_t w = 0; w < weights.size(); ++w) {
    at::Tensor sum = gradients[0][w];
    for (std::size_t k = 1; k < gradients.size(); ++k)
      if (sum.defined()) sum += gradients[k][w];
    weights[w].mutable_grad() = sum;
  }
  return at::stack(figures).sum(0);
}

at::Tensor return_variance(const Samples& samples) {
  return samples.target.defined() ? samples.target.var() + variance_floor : at::ones({}, samples.log_prob.options());
}

}  // namespace matchday
