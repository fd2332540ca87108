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

std::optional<operators::FusedNetwork> fused_network(const Network& network, at::Device device,
                                                     at::ScalarType precision, bool backward) {
  if (network.forward || !network.flat.defined() || network.flat.scalar_type() != at::kFloat) return std::nullopt;
  return operators::fused_network(plan_of(network), device, precision, backward);
}

}  // namespace matchday
