#include "train/returns.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

namespace matchday {
namespace {

/// Keeps a division by a standard deviation defined; FootyAI's value.
constexpr double deviation_floor = 1e-9;

}  // namespace

at::Tensor discounted_returns(const at::Tensor& reward, const at::Tensor& terminated, double gamma) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("matchday::discounted_returns", "")
                             .typed<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, double)>();
  return op.call(reward, terminated, at::zeros({reward.size(1)}, reward.options()), gamma);
}

at::Tensor less_batch_baseline(const at::Tensor& returns) {
  const auto matches = static_cast<double>(returns.size(1));
  if (returns.size(1) == 1) return returns;
  return (returns - returns.mean(1, true)) * (matches / (matches - 1.0));
}

at::Tensor normalised_by_match(const at::Tensor& returns) {
  return (returns - returns.mean(0, true)) / (returns.std(0, true, true) + deviation_floor);
}

at::Tensor normalised_by_batch(const at::Tensor& returns) { return returns / (returns.std() + deviation_floor); }

at::Tensor advantages(const Trajectory& trajectory, const TrainOptions& options) {
  at::Tensor own = discounted_returns(trajectory.reward, trajectory.terminated, options.gamma);
  if (options.baseline == "batch") own = less_batch_baseline(own);
  if (options.normalise == "match") own = normalised_by_match(own);
  if (options.normalise == "batch") own = normalised_by_batch(own);
  return at::stack({own, -own}, 1);
}

}  // namespace matchday
