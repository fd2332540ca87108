#include "train/reinforce.h"

namespace matchday {

namespace {

UpdateMetrics gradient_of_all(const Network& network, const std::vector<Samples>& own, const TrainOptions& options,
                              std::int64_t matches, ThreadPool& thread_pool, const GradientOptions& how,
                              const Ranks& ranks) {
  const kernels::LossOptions loss =
      loss_options(kernels::PolicyObjective::reinforce, options, 1.0 / static_cast<double>(matches));
  const at::Tensor sums = loss_gradient(network, own, {}, loss, return_variance(own, ranks), thread_pool, how, ranks);
  return named_metrics(sums, own[0], 1, ranks.shards());
}

}  // namespace

UpdateMetrics reinforce_gradient(const Network& network, const Samples& samples, const TrainOptions& options,
                                 std::int64_t matches, ThreadPool& thread_pool, const GradientOptions& how) {
  return gradient_of_all(network, {samples}, options, matches, thread_pool, how, Ranks());
}

UpdateMetrics reinforce_update(Learner& learner, const std::vector<Samples>& own, const TrainOptions& options,
                               std::int64_t matches, const at::Tensor& learning_rate, ThreadPool& thread_pool,
                               const Ranks& ranks) {
  UpdateMetrics metrics =
      gradient_of_all(learner.network, own, options, matches, thread_pool, {learner.precision}, ranks);
  metrics.push_back({"gradient_norm", learner.adam.step(learning_rate)});
  return metrics;
}

}  // namespace matchday
