#include "train/ppo.h"

#include <ATen/ATen.h>

#include "config/minibatches.h"
#include "train/gradient/gradient.h"

namespace matchday {

UpdateMetrics ppo_update(Learner& learner, const std::vector<Samples>& own, const TrainOptions& options,
                         const at::Tensor& learning_rate, std::vector<at::Generator> orders, ThreadPool& thread_pool,
                         const Ranks& ranks) {
  const at::TensorOptions floats = own[0].log_prob.options();
  const at::Tensor variance = return_variance(own, ranks);
  at::Tensor moved_too_far = at::zeros({}, floats.dtype(at::kBool));
  at::Tensor sums = at::zeros({kernels::loss_metrics}, floats);
  at::Tensor norms = at::zeros({}, floats);
  const Minibatches minibatches = minibatches_of(options, own[0].size(), ranks.shards());
  const std::int64_t steps = options.epochs * minibatches.count;

  for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    std::vector<at::Tensor> shuffled;
    for (at::Generator& order : orders) shuffled.push_back(at::randperm(own[0].size(), order, floats.dtype(at::kLong)));
    for (std::int64_t k = 0; k < minibatches.count; ++k) {
      std::vector<at::Tensor> rows;
      for (const at::Tensor& of_shard : shuffled)
        rows.push_back(of_shard.slice(0, minibatches.first(k), minibatches.first(k + 1)));
      const auto count = static_cast<double>(rows[0].numel() * ranks.shards());
      const at::Tensor of_step =
          loss_gradient(learner.network, own, rows, loss_options(kernels::PolicyObjective::ppo, options, 1.0 / count),
                        variance, thread_pool, {learner.precision}, ranks);
      norms += learner.adam.step(learning_rate, moved_too_far);
      if (options.target_kl > 0.0)
        moved_too_far = moved_too_far.logical_or(of_step[kernels::kl_metric] > options.target_kl * count);
      sums += of_step;
    }
  }
  UpdateMetrics metrics = named_metrics(sums, own[0], steps, options.epochs * ranks.shards());
  metrics.push_back({"gradient_norm", norms / static_cast<double>(steps)});
  return metrics;
}

}  // namespace matchday
