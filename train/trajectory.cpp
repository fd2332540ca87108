#include "train/trajectory.h"

#include <ATen/ATen.h>

#include <vector>

namespace matchday {

Trajectory empty_trajectory(const RolloutOptions& options, const NetworkShape& shape, std::int64_t matches,
                            std::int64_t sides, at::Device device, std::int64_t spare) {
  const std::int64_t steps = options.steps;
  const at::TensorOptions floats = at::TensorOptions(device).dtype(at::kFloat);
  const auto room = [&](std::int64_t steps_of_it, std::vector<std::int64_t> of_side, const at::TensorOptions& type) {
    std::vector<std::int64_t> sizes = of_side;
    sizes.insert(sizes.begin(), steps_of_it * sides + spare);
    of_side.insert(of_side.begin(), {steps_of_it, sides});
    return at::empty(sizes, type).narrow(0, 0, steps_of_it * sides).view(of_side);
  };
  const at::TensorOptions lowered = floats.dtype(options.precision);
  Trajectory trajectory;
  trajectory.observation = room(steps, {shape.rows, shape.inputs}, lowered);
  if (options.hidden > 0) trajectory.hidden = room(steps, {shape.rows, options.hidden}, lowered);
  trajectory.pre_squash = room(steps, {shape.rows, shape.outputs}, floats);
  trajectory.log_prob = room(steps, {shape.rows}, floats);
  if (options.predict_values) trajectory.values = room(steps + 1, {shape.rows}, floats);
  trajectory.reward = at::empty({steps, matches}, floats);
  trajectory.terminated = at::empty({steps, matches}, floats.dtype(at::kBool));
  trajectory.score = at::empty({steps, 2, matches}, floats.dtype(at::kInt));
  if (options.teacher != Bot::nobody) trajectory.teacher = room(steps, {shape.rows, shape.outputs}, floats);
  return trajectory;
}

}  // namespace matchday
