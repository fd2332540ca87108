#include "train/samples.h"

#include <ATen/ATen.h>

#include "train/spread.h"

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

at::Tensor return_variance(const Samples& samples) { return return_variance({samples}, Ranks()); }

at::Tensor return_variance(const std::vector<Samples>& own, const Ranks& ranks) {
  if (!own[0].target.defined()) return at::ones({}, own[0].log_prob.options());
  std::vector<at::Tensor> targets;
  for (const Samples& samples : own) targets.push_back(samples.target);
  return variance(targets, ranks) + variance_floor;
}

}  // namespace matchday
