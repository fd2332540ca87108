#include "kernels/network_operators.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <algorithm>

#include "kernels/devices.h"
#include "kernels/operator_inputs.h"

namespace matchday::operators {
namespace {

/// Numbers of a block's gradient that its shared memory can't hold.
std::int64_t outside(const FusedNetwork& network) {
  std::int64_t size = 0;
  for (const kernels::FusedPart* part : {&network.policy, &network.critic})
    if (part->layout.gradient < 0) size = std::max<std::int64_t>(size, part->plan.gradients);
  return size;
}

}  // namespace

std::int64_t FusedNetwork::memory_of_gradient(std::int64_t rows, std::int64_t parameters) const {
  return kernels::fused_gradient_blocks(rows) * (parameters + 2 * kernels::loss_metrics + 2 * outside(*this));
}

#ifdef MATCHDAY_WITH_CUDA

namespace {

/// Shared memory that a block of a forward pass may take: two of them fit into a multiprocessor of compute capability
/// 8.0 and up.
constexpr int most_bytes_of_forward = 80 << 10;

kernels::Observations observations_of(const at::Tensor& observation) {
  const bool rounded = observation.scalar_type() == at::kBFloat16;
  TORCH_CHECK_VALUE(rounded || observation.scalar_type() == at::kFloat, "observation must be float32 or bfloat16");
  TORCH_CHECK_VALUE(observation.is_contiguous(), "observation must be contiguous");
  return {observation.const_data_ptr(), rounded ? kernels::FusedNumber::bfloat16 : kernels::FusedNumber::float32};
}

const float* address(const at::Tensor& numbers) {
  return numbers.defined() ? numbers.const_data_ptr<float>() : nullptr;
}

float* written(const at::Tensor& numbers) { return numbers.defined() ? numbers.mutable_data_ptr<float>() : nullptr; }

kernels::DrawArrays draw_arrays(const ForwardDraws& draws) {
  const NoiseCounters& counters = draws.counters;
  const std::int64_t b = counters.clock.numel();
  const std::int64_t by_player[] = {2, b, counters.players, action_size};
  require_fours(draws.pre_squash, "pre_squash", by_player, counters.clock);
  require_fours(draws.action, "action", by_player, counters.clock);
  return {
      {b, static_cast<int>(counters.players), counters.seed, static_cast<std::uint32_t>(draws.drawing.first_slot),
       data<std::int64_t>(counters.match), data<std::int32_t>(counters.episode), data<std::int32_t>(counters.clock)},
      draws.drawing.squash,
      draws.drawing.rotate_b,
      written(draws.pre_squash),
      written(draws.action),
      written(draws.log_prob)};
}

/// Gives a part its layout; whether it has one.
bool lay_out(kernels::FusedPart& part, kernels::FusedNumber number, bool backward, int most_bytes) {
  if (part.plan.heads == 0) return true;
  part.layout = kernels::fused_layout(part.plan, number, backward, most_bytes);
  return part.layout.rows > 0;
}

}  // namespace

std::optional<FusedNetwork> fused_network(const kernels::NetworkPlan& plan, at::Device device, at::ScalarType number,
                                          bool backward) {
  if (!device.is_cuda()) return std::nullopt;
  FusedNetwork network;
  network.head = plan.head;
  network.number = number == at::kFloat ? kernels::FusedNumber::float32 : kernels::FusedNumber::bfloat16;
  const auto policy = kernels::fused_policy(plan, network.number, backward);
  const auto critic = kernels::fused_critic(plan, network.number, backward);
  if (!policy || !critic) return std::nullopt;
  network.policy.plan = *policy;
  network.critic.plan = *critic;
  const c10::DeviceGuard guard(device);
  const int most = kernels::most_shared_bytes();
  for (kernels::FusedPart* part : {&network.policy, &network.critic})
    if (!(backward ? lay_out(*part, network.number, true, most)
                   : lay_out(*part, network.number, false, std::min(most, most_bytes_of_forward)) ||
                         lay_out(*part, network.number, false, most)))
      return std::nullopt;
  return network;
}

void network_forward(const FusedNetwork& network, const std::vector<ForwardTask>& tasks, const at::Tensor& observation,
                     const ForwardResults& results, const std::optional<ForwardDraws>& draws) {
  const auto moved = [&] {
    std::vector<c10::IValue> tensors{observation};
    for (const at::Tensor& tensor : {results.mean, results.log_std, results.value})
      if (tensor.defined()) tensors.emplace_back(tensor);
    if (draws) tensors.insert(tensors.end(), {draws->pre_squash, draws->action, draws->log_prob});
    return tensors;
  };
  RECORD_FUNCTION("matchday::network_forward", moved());
  const kernels::OnCuda device(observation);
  kernels::Forward forward;
  forward.policy = network.policy;
  forward.critic = network.critic;
  forward.head = network.head;
  forward.number = network.number;
  forward.observation = observations_of(observation);
  forward.mean = written(results.mean);
  forward.log_std = written(results.log_std);
  forward.value = written(results.value);
  if (draws) forward.draw = draw_arrays(*draws);
  for (std::size_t first = 0; first < tasks.size(); first += kernels::most_forward_tasks) {
    forward.tasks = static_cast<int>(std::min<std::size_t>(tasks.size() - first, kernels::most_forward_tasks));
    for (int k = 0; k < forward.tasks; ++k) {
      const ForwardTask& task = tasks[first + static_cast<std::size_t>(k)];
      forward.task[k] = {address(task.parameters), task.critic, task.first, task.rows};
    }
    device.network_forward(forward);
  }
}

at::Tensor network_gradient(const FusedNetwork& network, const kernels::LossOptions& options,
                            const at::Tensor& parameters, const LossTensors& samples, const at::Tensor& rows,
                            const at::Tensor& gradient) {
  const std::int64_t count = rows.defined() ? rows.numel() : samples.log_prob.size(0);
  const auto moved = [&] {
    std::vector<c10::IValue> tensors{parameters, gradient};
    if (rows.defined()) tensors.emplace_back(rows);
    for (const at::Tensor* tensor : {&samples.observation, &samples.pre_squash, &samples.log_prob, &samples.advantage,
                                     &samples.target, &samples.teacher})
      if (tensor->defined()) tensors.emplace_back(tensor->narrow(0, 0, count));
    return tensors;
  };
  RECORD_FUNCTION("matchday::network_gradient", moved());
  const kernels::OnCuda device(parameters);
  const at::Tensor metrics = at::empty({kernels::loss_metrics}, parameters.options());
  const std::int64_t size = parameters.numel();
  const std::int64_t of_blocks = kernels::fused_gradient_blocks(count) * (size + 2 * kernels::loss_metrics);
  const at::Tensor memory = at::empty({network.memory_of_gradient(count, size)}, parameters.options());
  kernels::Gradient found;
  found.policy = network.policy;
  if (samples.target.defined()) found.critic = network.critic;
  found.head = network.head;
  found.number = network.number;
  found.observation = observations_of(samples.observation);
  found.options = options;
  found.arrays = {nullptr,
                  address(samples.pre_squash),
                  address(samples.log_prob),
                  address(samples.advantage),
                  address(samples.target),
                  rows.defined() ? rows.const_data_ptr<std::int64_t>() : nullptr,
                  address(samples.variance),
                  address(samples.teacher),
                  address(samples.teacher_weight),
                  nullptr};
  found.rows = count;
  found.size = static_cast<int>(size);
  found.parameters = address(parameters);
  found.of_blocks = memory.mutable_data_ptr<float>();
  found.outside = found.of_blocks + of_blocks;
  found.size_outside = static_cast<int>(outside(network));
  found.gradient = gradient.mutable_data_ptr<float>();
  found.metrics = metrics.mutable_data_ptr<float>();
  device.network_gradient(found);
  return metrics;
}

at::Tensor adam_step(const AdamTensors& tensors, const AdamOptions& options, const at::Tensor& learning_rate,
                     const at::Tensor& pause) {
  const auto moved = [&] {
    return std::vector<c10::IValue>{tensors.parameters, tensors.gradient, tensors.mean, tensors.square};
  };
  RECORD_FUNCTION("matchday::adam_step", moved());
  const kernels::OnCuda device(tensors.parameters);
  const at::Tensor found = at::empty({kernels::adam_findings}, tensors.parameters.options());
  const auto numbers = [](const at::Tensor& tensor) { return tensor.mutable_data_ptr<float>(); };
  device.adam_step({tensors.parameters.numel(), address(tensors.gradient), address(learning_rate),
                    pause.defined() ? pause.const_data_ptr<bool>() : nullptr, numbers(tensors.parameters),
                    numbers(tensors.mean), numbers(tensors.square), numbers(tensors.steps), numbers(tensors.skipped),
                    tensors.culprit.mutable_data_ptr<std::int64_t>(), numbers(found), options});
  return found[kernels::norm_finding];
}

#else

std::optional<FusedNetwork> fused_network(const kernels::NetworkPlan&, at::Device, at::ScalarType, bool) {
  return std::nullopt;
}

void network_forward(const FusedNetwork&, const std::vector<ForwardTask>&, const at::Tensor&, const ForwardResults&,
                     const std::optional<ForwardDraws>&) {
  TORCH_CHECK_VALUE(false, "this build has no kernels for a GPU");
}

at::Tensor network_gradient(const FusedNetwork&, const kernels::LossOptions&, const at::Tensor&, const LossTensors&,
                            const at::Tensor&, const at::Tensor&) {
  TORCH_CHECK_VALUE(false, "this build has no kernels for a GPU");
}

at::Tensor adam_step(const AdamTensors&, const AdamOptions&, const at::Tensor&, const at::Tensor&) {
  TORCH_CHECK_VALUE(false, "this build has no kernels for a GPU");
}

#endif

}  // namespace matchday::operators
