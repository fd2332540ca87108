#include "train/samples.h"

#include <ATen/ATen.h>

namespace matchday {
namespace {

constexpr double variance_floor = 1e-8;

}  // namespace

Samples samples_of(const Trajectory& trajectory, const Advantages& advantages, std::int64_t first, std::int64_t count) {
  const auto rows = [&](const at::Tensor& numbers) { return numbers.narrow(1, first, count).flatten(0, 2); };
  return {rows(trajectory.observation),
          rows(trajectory.pre_squash),
          rows(trajectory.log_prob),
          rows(advantages.advantage),
          advantages.target.defined() ? rows(advantages.target) : at::Tensor(),
          trajectory.hidden.defined() ? rows(trajectory.hidden) : at::Tensor(),
          trajectory.teacher.defined() ? rows(trajectory.teacher) : at::Tensor(),
          trajectory.teacher_weight};
}

at::Tensor return_variance(const Samples& samples) {
  return samples.target.defined() ? samples.target.var() + variance_floor : at::ones({}, samples.log_prob.options());
}

}  // namespace matchday
