#include "tests/support/rounding_network.h"

#include <ATen/ATen.h>
#include <torch/autograd.h>

#include <vector>

#include "policy/through_trunk.h"

namespace matchday {
namespace {

/// Rounds; its derivative rounds too.
at::Tensor rounded(const at::Tensor& x) { return x.to(at::kBFloat16).to(at::kFloat); }

/// What is left of a trunk's step: a layer's sums are rounded only after the ReLU or the addition that may follow.
struct Left {
  at::Tensor x;
};
Left operator+(const Left& branch, const Left& x) { return {rounded(rounded(branch.x) + x.x)}; }

at::Tensor rounded_features(const NetworkOptions& options, const std::vector<std::int64_t>& widths,
                            const std::vector<Linear>& layers, const at::Tensor& observation) {
  auto layer = layers.begin();
  return through_trunk(
             trunk_steps(options.trunk, widths), Left{observation},
             [&](const Left& left) {
               const Linear& linear = *layer++;
               return Left{at::linear(rounded(left.x), rounded(linear.weight), linear.bias)};
             },
             [](const Left& left) { return Left{rounded(left.x.relu())}; },
             [](const Left& left, std::int64_t width) {
               return Left{rounded(at::layer_norm(rounded(left.x), {width}, {}, {}, layer_norm_floor))};
             })
      .x;
}

/// x itself; its derivative rounds.
at::Tensor with_rounded_derivative(const at::Tensor& x) {
  const at::Tensor near = rounded(x);
  return near + (x - near).detach();
}

at::Tensor head_of(const Linear& head, const at::Tensor& features, RoundedHeads heads) {
  const bool rounds = heads == RoundedHeads::yes;
  const at::Tensor outputs = head.weight.defined()
                                 ? at::linear(features, rounds ? rounded(head.weight) : head.weight, head.bias)
                                 : head.bias.expand({features.size(0), head.bias.size(0)});
  return rounds ? with_rounded_derivative(outputs) : outputs;
}

}  // namespace

Network rounding_network(const Network& network, RoundedHeads heads) {
  Network result = network;
  result.flat = at::Tensor();
  result.forward = [&network, heads](const std::vector<at::Tensor>& /*weights*/, const at::Tensor& observation) {
    const NetworkOptions& options = network.options;
    const at::Tensor features = rounded_features(options, options.hidden, network.layers, observation);
    Outputs outputs{head_of(network.mean, features, heads), head_of(network.log_std_raw, features, heads), {}};
    if (!options.critic_hidden.empty()) {
      const at::Tensor seen = rounded_features(options, options.critic_hidden, network.critic_layers, observation);
      outputs.value = head_of(network.value, seen, heads);
    }
    return outputs;
  };
  return result;
}

at::Tensor gradient_of(const at::Tensor& loss, const Network& network) {
  std::vector<at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(network)) weights.push_back(parameter.tensor);
  std::vector<at::Tensor> all;
  for (const at::Tensor& gradient : torch::autograd::grad({loss}, weights)) all.push_back(gradient.flatten());
  return at::cat(all);
}

}  // namespace matchday
