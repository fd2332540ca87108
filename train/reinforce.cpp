#include "train/reinforce.h"

#include <torch/torch.h>

#include <algorithm>

namespace matchday {
namespace {

/// Rows of which activations are kept at a time. 16,384 rows of a 4 x 128 network take about 100 MB and are enough to
/// keep matrix products fast.
constexpr std::int64_t rows_at_a_time = 16384;

}  // namespace

UpdateFigures reinforce_gradient(const Network& network, const Samples& samples, const TrainOptions& options,
                                 std::int64_t matches) {
  const at::Tensor variance = return_variance(samples);
  at::Tensor sums = at::zeros({4}, samples.log_prob.options());
  for (std::int64_t first = 0; first < samples.size(); first += rows_at_a_time) {
    const std::int64_t count = std::min(rows_at_a_time, samples.size() - first);
    const Samples piece = narrow(samples, first, count);
    const LossTerms terms = loss_terms(network, piece, variance);
    const at::Tensor gain =
        terms.log_prob * piece.advantage + terms.entropy * options.entropy - terms.value_error * options.value_weight;
    const at::Tensor loss = -gain.sum() / static_cast<double>(matches);
    loss.backward();
    sums += at::stack({loss.detach(), terms.value_error.detach().sum(), terms.entropy.detach().sum(),
                       terms.sigma * static_cast<double>(count)});
  }
  const auto rows = static_cast<double>(samples.size());
  const auto components = static_cast<double>(samples.pre_squash.size(1));
  return {{"loss", sums[0]},
          {"value_loss", sums[1] / rows},
          {"entropy", sums[2] / (rows * components)},
          {"sigma", sums[3] / rows}};
}

UpdateFigures reinforce_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                               std::int64_t matches, const at::Tensor& learning_rate) {
  learner.adam.zero_gradients();
  UpdateFigures figures = reinforce_gradient(learner.network, samples, options, matches);
  figures.push_back({"gradient_norm", learner.adam.step(learning_rate)});
  return figures;
}

}  // namespace matchday
