#include "policy/packed_network.h"

#include <ATen/ATen.h>

#include "kernels/cpu/kernels.h"

namespace matchday {
namespace {

const kernels::NetworkKernels& network_kernels() { return *kernels::cpu_kernels().network; }

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

std::vector<kernels::LayerPlan> plan_of(const std::vector<Linear>& layers) {
  std::vector<kernels::LayerPlan> plans;
  for (const Linear& linear : layers) plans.push_back(plan_of(linear));
  return plans;
}

kernels::NetworkPlan plan_of(const Network& network) {
  const LogStdBounds bounds = log_std_bounds(network.options);
  kernels::NetworkPlan plan;
  plan.residual = network.options.trunk == "residual";
  plan.head = {network.options.head == "squashed", static_cast<float>(bounds.lowest),
               static_cast<float>(bounds.highest)};
  plan.layers = plan_of(network.layers);
  plan.mean = plan_of(network.mean);
  plan.log_std_raw = plan_of(network.log_std_raw);
  plan.critic_layers = plan_of(network.critic_layers);
  plan.value = plan_of(network.value);
  plan.inputs = plan.layers.front().inputs;
  plan.outputs = plan.mean.outputs;
  return plan;
}

}  // namespace

bool can_be_packed(const Network& network) {
  return !network.forward && network.flat.defined() && network.flat.is_cpu() &&
         network.flat.scalar_type() == at::kFloat;
}

PackedNetwork::PackedNetwork(const Network& network)
    : plan_(plan_of(network)), numbers_(at::empty({network_kernels().packed_size(plan_)}, at::kFloat)) {
  network_kernels().pack(plan_, network.flat.const_data_ptr<float>(), numbers_.mutable_data_ptr<float>());
}

std::int64_t PackedNetwork::hidden_size(const NetworkOptions& options) {
  kernels::NetworkPlan plan;
  plan.residual = options.trunk == "residual";
  for (const std::int64_t width : options.hidden) plan.layers.push_back({.outputs = static_cast<int>(width)});
  return network_kernels().hidden_size(plan);
}

void PackedNetwork::decide(const float* observation, std::int64_t rows, float* mean, float* log_std,
                           float* hidden) const {
  network_kernels().decide(plan_, numbers(), observation, rows, mean, log_std, hidden);
}

void PackedNetwork::predict_values(const float* observation, std::int64_t rows, float* value) const {
  network_kernels().predict_values(plan_, numbers(), observation, rows, value);
}

ActionDistribution PackedNetwork::decide(const at::Tensor& observation) const {
  auto shape = observation.sizes().vec();
  shape.back() = plan_.outputs;
  const ActionDistribution distribution{squash(), at::empty(shape, at::kFloat), at::empty(shape, at::kFloat)};
  decide(observation.const_data_ptr<float>(), observation.numel() / plan_.inputs,
         distribution.mean.mutable_data_ptr<float>(), distribution.log_std.mutable_data_ptr<float>());
  return distribution;
}

at::Tensor PackedNetwork::predict_values(const at::Tensor& observation) const {
  at::Tensor value = at::empty(observation.sizes().slice(0, observation.dim() - 1), at::kFloat);
  predict_values(observation.const_data_ptr<float>(), value.numel(), value.mutable_data_ptr<float>());
  return value;
}

}  // namespace matchday
