#include "train/ppo.h"

#include <ATen/ATen.h>

#include "config/minibatches.h"
#include "train/gradient/gradient.h"

namespace matchday {

UpdateMetrics ppo_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                         const at::Tensor& learning_rate, at::Generator order, ThreadPool& thread_pool) {
  const at::Tensor variance = return_variance(samples);
  at::Tensor moved_too_far = at::zeros({}, samples.log_prob.options().dtype(at::kBool));
  at::Tensor sums = at::zeros({kernels::loss_metrics}, samples.log_prob.options());
  at::Tensor norms = at::zeros({}, samples.log_prob.options());
  const Minibatches minibatches = minibatches_of(options, samples.size());
  const std::int64_t steps = options.epochs * minibatches.count;

  for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    const at::Tensor shuffled = at::randperm(samples.size(), order, samples.log_prob.options().dtype(at::kLong));
    for (std::int64_t k = 0; k < minibatches.count; ++k) {
      const at::Tensor rows = shuffled.slice(0, minibatches.first(k), minibatches.first(k + 1));
      const auto count = static_cast<double>(rows.numel());
      const at::Tensor of_step = loss_gradient(learner.network, samples, rows,
                                               loss_options(kernels::PolicyObjective::ppo, options, 1.0 / count),
                                               variance, thread_pool, {learner.precision});
      norms += learner.adam.step(learning_rate, moved_too_far);
      if (options.target_kl > 0.0)
        moved_too_far = moved_too_far.logical_or(of_step[kernels::kl_metric] > options.target_kl * count);
      sums += of_step;
    }
  }
  UpdateMetrics metrics = named_metrics(sums, samples, steps, options.epochs);
  metrics.push_back({"gradient_norm", norms / static_cast<double>(steps)});
  return metrics;
}

}  // namespace matchday
