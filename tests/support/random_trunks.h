// Networks whose critic has a trunk of random operations, also one that no config names, and what autograd makes of
// them in float64.
#pragma once

#include <torch/torch.h>

#include <random>
#include <string>
#include <vector>

#include "kernels/network.h"
#include "rules/named_enum.h"

namespace matchday::random_trunks {

inline constexpr int inputs = 7;
inline constexpr int width = 20;
inline constexpr std::int64_t rows = 130;  // a tile and a part of one

/// A first layer, and up to twelve operations of any kind.
inline std::vector<TrunkStep> random_trunk(std::mt19937& generator) {
  std::vector<TrunkStep> steps{{TrunkOperation::linear, width}};
  bool branched = false;
  for (auto count = generator() % 12; count > 0; --count) {
    const auto all = values_of<TrunkOperation>();
    const TrunkOperation operation = all[generator() % all.size()];
    if (operation == TrunkOperation::branch ? branched : operation == TrunkOperation::add && !branched) continue;
    if (operation == TrunkOperation::branch || operation == TrunkOperation::add) branched = !branched;
    steps.push_back({operation, width});
  }
  if (branched) steps.push_back({TrunkOperation::add, width});
  steps.push_back({TrunkOperation::relu, width});
  return steps;
}

/// A layer whose numbers begin at `place`, which is moved behind them.
inline kernels::LayerPlan next_layer(int of_inputs, int outputs, std::int64_t& place) {
  const kernels::LayerPlan layer{of_inputs, outputs, place, place + std::int64_t{of_inputs} * outputs};
  place = layer.bias + outputs;
  return layer;
}

inline at::Tensor apply(const kernels::LayerPlan& layer, const at::Tensor& parameters, const at::Tensor& x) {
  const at::Tensor weight = parameters.narrow(0, layer.weight, std::int64_t{layer.inputs} * layer.outputs);
  return x.matmul(weight.view({layer.outputs, layer.inputs}).t()) + parameters.narrow(0, layer.bias, layer.outputs);
}

/// What the critic predicts, by the operations' definitions.
inline at::Tensor values_of_critic(const kernels::NetworkPlan& plan, const at::Tensor& parameters, at::Tensor x) {
  auto layer = plan.critic.layers.begin();
  at::Tensor branch;
  for (const TrunkStep& step : plan.critic.steps) {
    if (step.operation == TrunkOperation::linear) x = apply(*layer++, parameters, x);
    if (step.operation == TrunkOperation::relu) x = x.clamp_min(0.0);
    if (step.operation == TrunkOperation::branch) branch = x;
    if (step.operation == TrunkOperation::add) x = branch + x;
    if (step.operation == TrunkOperation::normalise) {
      const at::Tensor centred = x - x.mean(1, true);
      x = centred / (centred.square().mean(1, true) + 1e-5).sqrt();
    }
  }
  return apply(plan.value, parameters, x).squeeze(1);
}

inline std::string text_of(const std::vector<TrunkStep>& steps) {
  std::string text;
  for (const TrunkStep& step : steps) text += std::string(name_of(step.operation)) + " ";
  return text;
}

/// A network, and where its critic's numbers begin.
struct RandomNetwork {
  kernels::NetworkPlan plan;
  std::int64_t critic = 0;
  std::int64_t size = 0;
};

inline RandomNetwork random_network(std::mt19937& generator) {
  RandomNetwork network;
  kernels::NetworkPlan& plan = network.plan;
  std::int64_t& size = network.size;
  plan.inputs = inputs;
  plan.outputs = 4;
  plan.head = {true, -1.0F, 0.5F};
  plan.trunk = {{{TrunkOperation::linear, 8}, {TrunkOperation::relu, 8}}, {next_layer(inputs, 8, size)}};
  plan.mean = next_layer(8, 4, size);
  plan.log_std_raw = {0, 4, -1, size};
  size += 4;
  plan.critic.steps = random_trunk(generator);
  network.critic = size;
  for (const TrunkStep& step : plan.critic.steps)
    if (step.operation == TrunkOperation::linear)
      plan.critic.layers.push_back(next_layer(plan.critic.layers.empty() ? inputs : width, width, size));
  plan.value = next_layer(width, 1, size);
  return network;
}

/// What its critic predicts, and the gradient of half the targets' squared error in units of `variance`, by the
/// critic's numbers.
struct Expected {
  at::Tensor values;
  at::Tensor gradient;
};
inline Expected expected_of(const RandomNetwork& network, const at::Tensor& parameters, const at::Tensor& observation,
                            const at::Tensor& target, double variance) {
  const at::Tensor exact = parameters.to(at::kDouble).requires_grad_(true);
  const at::Tensor values = values_of_critic(network.plan, exact, observation.to(at::kDouble));
  const at::Tensor loss = 0.5 * ((values - target).square() / variance).sum();
  return {values, torch::autograd::grad({loss}, {exact})[0].narrow(0, network.critic, network.size - network.critic)};
}

}  // namespace matchday::random_trunks
