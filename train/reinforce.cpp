#include "train/reinforce.h"

namespace matchday {

UpdateMetrics reinforce_gradient(const Network& network, const Samples& samples, const TrainOptions& options,
                                 std::int64_t matches, ThreadPool& thread_pool, const GradientOptions& how) {
  const kernels::LossOptions loss =
      loss_options(kernels::PolicyObjective::reinforce, options, 1.0 / static_cast<double>(matches));
  return named_metrics(loss_gradient(network, samples, {}, loss, return_variance(samples), thread_pool, how), samples,
                       1, 1);
}

UpdateMetrics reinforce_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                               std::int64_t matches, const at::Tensor& learning_rate, ThreadPool& thread_pool) {
  UpdateMetrics metrics =
      reinforce_gradient(learner.network, samples, options, matches, thread_pool, {learner.precision});
  metrics.push_back({"gradient_norm", learner.adam.step(learning_rate)});
  return metrics;
}

}  // namespace matchday
