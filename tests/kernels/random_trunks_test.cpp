// The CPU's kernels go through any trunk, also those that no config names: random lists of operations are compared with
// autograd in float64.
#include <torch/torch.h>

#include <random>
#include <string>
#include <vector>

#include "kernels/cpu/kernels.h"
#include "tests/support/catch.h"

using namespace matchday;

namespace {

constexpr int inputs = 7;
constexpr int width = 20;
constexpr std::int64_t rows = 130;  // a tile and a part of one

/// A first layer, and up to twelve operations of any kind.
std::vector<TrunkStep> random_trunk(std::mt19937& generator) {
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
kernels::LayerPlan next_layer(int of_inputs, int outputs, std::int64_t& place) {
  const kernels::LayerPlan layer{of_inputs, outputs, place, place + std::int64_t{of_inputs} * outputs};
  place = layer.bias + outputs;
  return layer;
}

at::Tensor apply(const kernels::LayerPlan& layer, const at::Tensor& parameters, const at::Tensor& x) {
  const at::Tensor weight = parameters.narrow(0, layer.weight, std::int64_t{layer.inputs} * layer.outputs);
  return x.matmul(weight.view({layer.outputs, layer.inputs}).t()) + parameters.narrow(0, layer.bias, layer.outputs);
}

/// What the critic predicts, by the operations' definitions.
at::Tensor values_of_critic(const kernels::NetworkPlan& plan, const at::Tensor& parameters, at::Tensor x) {
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

std::string text_of(const std::vector<TrunkStep>& steps) {
  std::string text;
  for (const TrunkStep& step : steps) text += std::string(name_of(step.operation)) + " ";
  return text;
}

}  // namespace

TEST_CASE("whatever a trunk is made of, kernels predict and learn as autograd does") {
  at::manual_seed(1);
  std::mt19937 generator(1);
  const kernels::NetworkKernels& kernels = *kernels::cpu_kernels().network;
  const auto numbers = [](const at::Tensor& tensor) { return tensor.mutable_data_ptr<float>(); };
  for (int trial = 0; trial < 300; ++trial) {
    std::int64_t size = 0;
    kernels::NetworkPlan plan;
    plan.inputs = inputs;
    plan.outputs = 4;
    plan.head = {true, -1.0F, 0.5F};
    plan.trunk = {{{TrunkOperation::linear, 8}, {TrunkOperation::relu, 8}}, {next_layer(inputs, 8, size)}};
    plan.mean = next_layer(8, 4, size);
    plan.log_std_raw = {0, 4, -1, size};
    size += 4;
    plan.critic.steps = random_trunk(generator);
    const std::int64_t critic = size;
    for (const TrunkStep& step : plan.critic.steps)
      if (step.operation == TrunkOperation::linear)
        plan.critic.layers.push_back(next_layer(plan.critic.layers.empty() ? inputs : width, width, size));
    plan.value = next_layer(width, 1, size);
    INFO(text_of(plan.critic.steps));

    const at::Tensor parameters = at::randn({size}) * 0.4;
    const at::Tensor observation = at::randn({rows, inputs});
    const at::Tensor packed = at::empty({kernels.packed_size(plan)});
    kernels.pack(plan, numbers(parameters), numbers(packed));
    const at::Tensor exact = parameters.to(at::kDouble).requires_grad_(true);
    const at::Tensor expected = values_of_critic(plan, exact, observation.to(at::kDouble));
    const at::Tensor values = at::empty({rows});
    kernels.predict_values(plan, numbers(packed), numbers(observation), rows, numbers(values));
    CHECK((values - expected).abs().max().item<double>() < 1e-4 * (1.0 + expected.abs().max().item<double>()));

    const at::Tensor samples = at::randn({rows, 4}), log_prob = at::randn({rows}), advantage = at::randn({rows}),
                     target = at::randn({rows}), variance = at::full({1}, 2.0F);
    const kernels::LossArrays arrays{numbers(observation),
                                     numbers(samples),
                                     numbers(log_prob),
                                     numbers(advantage),
                                     numbers(target),
                                     nullptr,
                                     numbers(variance),
                                     nullptr,
                                     nullptr,
                                     nullptr};
    const at::Tensor padded = at::empty({kernels.gradient_size(plan)}), metrics = at::empty({kernels::loss_metrics});
    kernels.loss_gradient(plan, numbers(packed), {}, arrays, 0, rows, numbers(padded), numbers(metrics));
    const at::Tensor gradient = at::zeros({size});
    kernels.add_gradient(plan, numbers(padded), numbers(gradient));
    const at::Tensor loss = 0.5 * ((expected - target).square() / 2.0).sum();
    const at::Tensor by_autograd = torch::autograd::grad({loss}, {exact})[0].narrow(0, critic, size - critic);
    const at::Tensor difference = gradient.narrow(0, critic, size - critic) - by_autograd;
    CHECK(difference.norm().item<double>() < 1e-4 * by_autograd.norm().item<double>());
  }
}
