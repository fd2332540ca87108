#include "policy/packed_network.h"

#include <ATen/ATen.h>

#include "kernels/cpu/kernels.h"
#include "policy/network_plan.h"

namespace matchday {
namespace {

const kernels::NetworkKernels& network_kernels(at::ScalarType precision) {
  const kernels::CpuKernels& kernels = kernels::cpu_kernels();
  return precision == at::kBFloat16 ? *kernels.bfloat16_network : *kernels.network;
}

}  // namespace

bool can_be_packed(const Network& network) {
  return !network.forward && network.flat.defined() && network.flat.is_cpu() &&
         network.flat.scalar_type() == at::kFloat;
}

PackedNetwork::PackedNetwork(const Network& network, at::ScalarType precision)
    : kernels_(&network_kernels(precision)),
      plan_(plan_of(network)),
      numbers_(at::empty({kernels_->packed_size(plan_)}, at::kFloat)) {
  kernels_->pack(plan_, network.flat.const_data_ptr<float>(), numbers_.mutable_data_ptr<float>());
}

std::int64_t PackedNetwork::hidden_size(const NetworkOptions& options) {
  kernels::NetworkPlan plan;
  plan.trunk.steps = trunk_steps(options.trunk, options.hidden);
  return network_kernels(at::kFloat).hidden_size(plan);  // the same in any precision
}

void PackedNetwork::decide(const float* observation, std::int64_t rows, float* mean, float* log_std,
                           void* hidden) const {
  kernels_->decide(plan_, numbers(), observation, rows, mean, log_std, hidden);
}

void PackedNetwork::predict_values(const float* observation, std::int64_t rows, float* value) const {
  kernels_->predict_values(plan_, numbers(), observation, rows, value);
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
