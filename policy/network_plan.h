// A network's plan for kernels: where its numbers lie in its flat array, and what is computed with them.
#pragma once

#include <optional>

#include "kernels/network_operators.h"
#include "policy/network.h"

namespace matchday {

/// Of a network that has layers and a flat array.
kernels::NetworkPlan plan_of(const Network& network);

/// The network as the fused kernel of a GPU computes it, with hidden layers in `precision`, for forward passes or with
/// a backward pass. Nothing on other devices, and for networks without layers or too large for the kernel.
std::optional<operators::FusedNetwork> fused_network(const Network& network, at::Device device,
                                                     at::ScalarType precision, bool backward);

/// `decide` and `predict_values` (network.h) by that kernel, in float32; nothing where it can't compute the network.
std::optional<ActionDistribution> decide_by_fused_kernel(const Network& network, const at::Tensor& observation);
std::optional<at::Tensor> predict_values_by_fused_kernel(const Network& network, const at::Tensor& observation);

}  // namespace matchday
