// Small networks whose every output depends on their inputs, and numerical gradients of losses.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "policy/network.h"

namespace matchday {

/// The network in another number type, ready for training.
Network in_type(Network network, at::ScalarType type);

/// An untrained network with noise on all its weights.
Network lively_network(const Rules& rules, const NetworkOptions& options, std::uint64_t seed,
                       at::ScalarType type = at::kFloat);

/// Small layers, a critic, and this head.
NetworkOptions small_options(Agent agent = Agent::player, Head head = Head::squashed);

/// Networks of every sort: agents, trunks, heads, sigmas; with layers of 8 units, and of 6 in a critic.
std::vector<NetworkOptions> all_sorts();

/// The same with and without a critic, in widths that don't fill vectors.
std::vector<NetworkOptions> sorts_of_odd_widths();

/// "player, mlp, squashed, sigma global, critic"
std::string sort_text(const NetworkOptions& options);

void zero_gradients(const Network& network);

/// Zeros for weights without a gradient.
std::vector<at::Tensor> gradients_of(const Network& network);

/// All weights in one row, a copy.
at::Tensor weights_in_a_row(const Network& network);

/// The largest difference between the network's gradients and central differences of `loss` along each weight, relative
/// to the largest of these differences.
double gradient_error(const Network& network, const std::function<double()>& loss);

}  // namespace matchday
