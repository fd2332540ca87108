#include "train/ppo.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace matchday {

UpdateFigures ppo_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                         const at::Tensor& learning_rate, at::Generator order, Workers& workers) {
  const at::Tensor variance = return_variance(samples);
  at::Tensor moved_too_far = at::zeros({}, samples.log_prob.options().dtype(at::kBool));
  at::Tensor sums = at::zeros({7}, samples.log_prob.options());
  int steps = 0;

  for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    const Samples shuffled =
        in_order(samples, at::randperm(samples.size(), order, samples.log_prob.options().dtype(at::kLong)));
    for (std::int64_t first = 0; first < samples.size(); first += options.minibatch, ++steps) {
      const Samples minibatch = narrow(shuffled, first, std::min(options.minibatch, samples.size() - first));
      const auto rows = static_cast<double>(minibatch.size());

      const at::Tensor means = gradient_of(learner.network, minibatch, workers, [&](const Samples& piece) -> LossSums {
        const LossTerms terms = loss_terms(learner.network, piece, variance);
        const at::Tensor log_ratio = terms.log_prob - piece.log_prob;
        const at::Tensor ratio = log_ratio.exp();
        const at::Tensor clipped = ratio.clamp(1.0 - options.clip, 1.0 + options.clip);
        const at::Tensor gain = at::minimum(ratio * piece.advantage, clipped * piece.advantage);
        const at::Tensor loss = terms.value_error * options.value_weight - gain - terms.entropy * options.entropy;
        const at::Tensor kl = ratio - 1.0 - log_ratio;  // Schulman's estimate: unbiased, never negative
        return {loss.sum() / rows,
                at::stack({terms.value_error.sum(), terms.entropy.sum(),
                           terms.sigma * static_cast<double>(piece.size()), kl.sum(), (ratio != clipped).sum()})
                        .detach() /
                    rows};
      });

      const at::Tensor norm = learner.adam.step(learning_rate, moved_too_far);
      if (options.kl_limit > 0.0) moved_too_far = moved_too_far.logical_or(means[4] > options.kl_limit);
      sums += at::cat({means, norm.unsqueeze(0)});
    }
  }
  const at::Tensor means = sums / static_cast<double>(steps);
  const auto components = static_cast<double>(samples.pre_squash.size(1));
  return {{"loss", means[0]}, {"value_loss", means[1]}, {"entropy", means[2] / components}, {"sigma", means[3]},
          {"kl", means[4]},   {"clipped", means[5]},    {"gradient_norm", means[6]}};
}

}  // namespace matchday
