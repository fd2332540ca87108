#include "train/reinforce.h"

#include <ATen/ATen.h>

namespace matchday {

UpdateFigures reinforce_gradient(const Network& network, const Samples& samples, const TrainOptions& options,
                                 std::int64_t matches, Workers& workers) {
  const at::Tensor variance = return_variance(samples);
  const at::Tensor sums = gradient_of(network, samples, workers, [&](const Samples& piece) -> LossSums {
    const LossTerms terms = loss_terms(network, piece, variance);
    const at::Tensor gain =
        terms.log_prob * piece.advantage + terms.entropy * options.entropy - terms.value_error * options.value_weight;
    return {-gain.sum() / static_cast<double>(matches),
            at::stack({terms.value_error.sum(), terms.entropy.sum(), terms.sigma * static_cast<double>(piece.size())})
                .detach()};
  });
  const auto rows = static_cast<double>(samples.size());
  const auto components = static_cast<double>(samples.pre_squash.size(1));
  return {{"loss", sums[0]},
          {"value_loss", sums[1] / rows},
          {"entropy", sums[2] / (rows * components)},
          {"sigma", sums[3] / rows}};
}

UpdateFigures reinforce_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                               std::int64_t matches, const at::Tensor& learning_rate, Workers& workers) {
  UpdateFigures figures = reinforce_gradient(learner.network, samples, options, matches, workers);
  figures.push_back({"gradient_norm", learner.adam.step(learning_rate)});
  return figures;
}

}  // namespace matchday
