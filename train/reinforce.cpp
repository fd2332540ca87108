#include "train/reinforce.h"

namespace matchday {

UpdateFigures reinforce_gradient(const Network& network, const Samples& samples, const TrainOptions& options,
                                 std::int64_t matches, Workers& workers, const UpdateOptions& how) {
  const kernels::LossOptions loss = loss_options(kernels::Gain::reinforce, options, 1.0 / static_cast<double>(matches));
  return named_figures(loss_gradient(network, samples, {}, loss, return_variance(samples), workers, how), samples, 1,
                       1);
}

UpdateFigures reinforce_update(Learner& learner, const Samples& samples, const TrainOptions& options,
                               std::int64_t matches, const at::Tensor& learning_rate, Workers& workers) {
  UpdateFigures figures = reinforce_gradient(learner.network, samples, options, matches, workers, {learner.precision});
  figures.push_back({"gradient_norm", learner.adam.step(learning_rate)});
  return figures;
}

}  // namespace matchday
