#include "policy/network_plan.h"

#include <ATen/ATen.h>

namespace matchday {
namespace {

kernels::LayerPlan plan_of(const Linear& linear) {
  kernels::LayerPlan plan;
  if (!linear.bias.defined()) return plan;
  plan.outputs = static_cast<int>(linear.bias.size(0));
  plan.bias = linear.bias.storage_offset();
  if (linear.weight.defined()) {
    plan.inputs = static_cast<int>(linear.weight.size(1));
    plan.weight = linear.weight.storage_offset();
  }
  return plan;
}

kernels::TrunkPlan plan_of(Trunk trunk, const std::vector<std::int64_t>& widths, const std::vector<Linear>& layers) {
  kernels::TrunkPlan plan{trunk_steps(trunk, widths), {}};
  for (const Linear& linear : layers) plan.layers.push_back(plan_of(linear));
  return plan;
}

}  // namespace

kernels::NetworkPlan plan_of(const Network& network) {
  const NetworkOptions& options = network.options;
  const LogStdBounds bounds = log_std_bounds(options);
  kernels::NetworkPlan plan;
  plan.head = {options.head == Head::squashed, static_cast<float>(bounds.lowest), static_cast<float>(bounds.highest)};
  plan.trunk = plan_of(options.trunk, options.hidden, network.layers);
  plan.mean = plan_of(network.mean);
  plan.log_std_raw = plan_of(network.log_std_raw);
  plan.critic = plan_of(options.trunk, options.critic_hidden, network.critic_layers);
  plan.value = plan_of(network.value);
  plan.inputs = plan.trunk.layers.front().inputs;
  plan.outputs = plan.mean.outputs;
  return plan;
}

namespace {

/// A task of all rows of the observation.
std::vector<operators::ForwardTask> all_rows(const Network& network, bool critic, const at::Tensor& observation) {
  return {{network.flat, critic, 0, observation.numel() / observation.size(-1)}};
}

}  // namespace

std::optional<ActionDistribution> decide_by_fused_kernel(const Network& network, const at::Tensor& observation) {
  const auto fused = fused_network(network, observation.device(), at::kFloat, false);
  if (!fused) return std::nullopt;
  std::vector<std::int64_t> shape = observation.sizes().vec();
  shape.back() = network.mean.bias.size(0);
  const at::TensorOptions floats = network.flat.options().requires_grad(false);
  const ActionDistribution decided{network.options.head == Head::squashed ? Squash::tanh : Squash::none,
                                   at::empty(shape, floats), at::empty(shape, floats)};
  network_forward(*fused, all_rows(network, false, observation), observation.contiguous(),
                  {.mean = decided.mean, .log_std = decided.log_std});
  return decided;
}

std::optional<at::Tensor> predict_values_by_fused_kernel(const Network& network, const at::Tensor& observation) {
  const auto fused = fused_network(network, observation.device(), at::kFloat, false);
  if (!fused) return std::nullopt;
  const at::Tensor value =
      at::empty(observation.sizes().slice(0, observation.dim() - 1), network.flat.options().requires_grad(false));
  network_forward(*fused, all_rows(network, true, observation), observation.contiguous(), {.value = value});
  return value;
}

std::optional<operators::FusedNetwork> fused_network(const Network& network, at::Device device,
                                                     at::ScalarType precision, bool backward) {
  if (!device.is_cuda() || network.forward || !network.flat.defined() || network.flat.scalar_type() != at::kFloat)
    return std::nullopt;
  return operators::fused_network(plan_of(network), device, precision, backward);
}

}  // namespace matchday
