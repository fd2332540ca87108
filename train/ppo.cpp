#include "train/ppo.h"

#include <torch/torch.h>

#include <algorithm>

namespace matchday {

UpdateFigures ppo_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                         const at::Tensor& learning_rate, at::Generator order) {
  const auto components = static_cast<double>(samples.pre_squash.size(1));
  const at::Tensor variance = return_variance(samples);
  at::Tensor moved_too_far = at::zeros({}, samples.log_prob.options().dtype(at::kBool));
  at::Tensor sums = at::zeros({7}, samples.log_prob.options());
  int steps = 0;

  for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    const Samples shuffled =
        in_order(samples, at::randperm(samples.size(), order, samples.log_prob.options().dtype(at::kLong)));
    for (std::int64_t first = 0; first < samples.size(); first += options.minibatch) {
      const Samples minibatch = narrow(shuffled, first, std::min(options.minibatch, samples.size() - first));
      const LossTerms terms = loss_terms(learner.network, minibatch, variance);
      const at::Tensor log_ratio = terms.log_prob - minibatch.log_prob;
      const at::Tensor ratio = log_ratio.exp();
      const at::Tensor clipped = ratio.clamp(1.0 - options.clip, 1.0 + options.clip);
      const at::Tensor gain = at::minimum(ratio * minibatch.advantage, clipped * minibatch.advantage);
      const at::Tensor loss =
          (terms.value_error * options.value_weight - gain - terms.entropy * options.entropy).mean();

      learner.adam.zero_gradients();
      loss.backward();
      const at::Tensor norm = learner.adam.step(learning_rate, moved_too_far);

      const torch::NoGradGuard no_gradient;
      const at::Tensor kl = (ratio - 1.0 - log_ratio).mean();  // Schulman's estimate: unbiased, never negative
      if (options.kl_limit > 0.0) moved_too_far = moved_too_far.logical_or(kl > options.kl_limit);
      sums += at::stack({loss, terms.value_error.mean(), terms.entropy.mean() / components, terms.sigma, norm, kl,
                         (ratio != clipped).to(at::kFloat).mean()});
      ++steps;
    }
  }
  const char* const names[] = {"loss", "value_loss", "entropy", "sigma", "gradient_norm", "kl", "clipped"};
  const at::Tensor means = sums / static_cast<double>(steps);
  UpdateFigures figures;
  for (std::int64_t k = 0; k < 7; ++k) figures.push_back({names[k], means[k]});
  return figures;
}

}  // namespace matchday
