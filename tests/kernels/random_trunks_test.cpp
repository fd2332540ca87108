// The CPU's kernels go through any trunk, also those that no config names: random lists of operations are compared with
// autograd in float64.
#include <algorithm>

#include "kernels/cpu/kernels.h"
#include "tests/support/catch.h"
#include "tests/support/random_samples.h"
#include "tests/support/random_trunks.h"

using namespace matchday;
using namespace matchday::random_trunks;

namespace {

float* numbers(const at::Tensor& tensor) { return tensor.mutable_data_ptr<float>(); }

/// What kernels make of a critic: its values, and the gradient of its loss by its own parameters.
struct Computed {
  at::Tensor values;
  at::Tensor gradient;
};

/// precision: of the hidden layers. observation: float32 [rows, inputs].
Computed computed_by(const kernels::CpuKernels& tables, at::ScalarType precision, const RandomNetwork& network,
                     const at::Tensor& parameters, const at::Tensor& observation, const at::Tensor& target) {
  const kernels::NetworkKernels& kernels = precision == at::kFloat ? *tables.network : *tables.bfloat16_network;
  const at::Tensor seen = observation.to(precision);
  const kernels::NetworkPlan& plan = network.plan;
  const std::int64_t count = observation.size(0);
  const at::Tensor packed = at::empty({kernels.packed_size(plan)});
  kernels.pack(plan, numbers(parameters), numbers(packed));
  const at::Tensor values = at::empty({count});
  kernels.predict_values(plan, numbers(packed), numbers(observation), count, numbers(values));

  const at::Tensor samples = at::randn({count, 4}), log_prob = at::randn({count}), advantage = at::randn({count}),
                   variance = at::full({1}, 2.0F);
  const kernels::LossArrays arrays{seen.const_data_ptr(),
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
  kernels.loss_gradient(plan, numbers(packed), {}, arrays, 0, count, numbers(padded), numbers(metrics));
  const at::Tensor gradient = at::zeros({network.size});
  kernels.add_gradient(plan, numbers(padded), numbers(gradient));
  return {values, gradient.narrow(0, network.critic, network.size - network.critic)};
}

/// -1, 0 and 1, with one number other than 0 in each row of a weight: sums and derivatives stay small whole numbers,
/// unless branches add up or a normalisation divides.
at::Tensor whole_parameters(const RandomNetwork& network) {
  const at::Tensor all = at::zeros({network.size});
  const auto fill = [&](const kernels::LayerPlan& layer) {
    for (int o = 0; o < layer.outputs; ++o) {
      const auto place = at::randint(layer.inputs, {1}).item<std::int64_t>();
      all[layer.weight + std::int64_t{o} * layer.inputs + place] = at::randint(2, {1}).item<float>() * 2.0F - 1.0F;
      all[layer.bias + o] = at::randint(-1, 2, {1}).item<float>();
    }
  };
  for (const kernels::LayerPlan& layer : network.plan.critic.layers) fill(layer);
  fill(network.plan.value);
  return all;
}

bool stays_whole(const std::vector<TrunkStep>& steps) {
  const auto count = [&](TrunkOperation operation) {
    return std::count_if(steps.begin(), steps.end(), [=](TrunkStep step) { return step.operation == operation; });
  };
  return count(TrunkOperation::normalise) == 0 && count(TrunkOperation::add) <= 2;
}

}  // namespace

TEST_CASE("whatever a trunk is made of, kernels predict and learn as autograd does") {
  at::manual_seed(1);
  std::mt19937 generator(1);
  const kernels::CpuKernels& kernels = kernels::cpu_kernels();
  for (int trial = 0; trial < 300; ++trial) {
    const RandomNetwork network = random_network(generator);
    INFO(text_of(network.plan.critic.steps));
    const at::Tensor parameters = at::randn({network.size}) * 0.4;
    const at::Tensor observation = at::randn({rows, inputs}), target = at::randn({rows});
    const Expected expected = expected_of(network, parameters, observation, target, 2.0);
    const Computed found = computed_by(kernels, at::kFloat, network, parameters, observation, target);
    CHECK((found.values - expected.values).abs().max().item<double>() <
          1e-4 * (1.0 + expected.values.abs().max().item<double>()));
    CHECK(relative_distance(found.gradient, expected.gradient) < 1e-4);

    const Computed rounded = computed_by(kernels, at::kBFloat16, network, parameters, observation, target);
    CHECK(relative_distance(rounded.values, expected.values) < 0.05);
    CHECK(relative_distance(rounded.gradient, expected.gradient) < 0.1);  // 0.055 at most
  }
}

TEST_CASE("where bfloat16 holds every number, layers in bfloat16 predict and learn as in float32, to the bit") {
  at::manual_seed(1);
  std::mt19937 generator(1);
  int compared = 0;
  while (compared < 100) {
    const RandomNetwork network = random_network(generator);
    if (!stays_whole(network.plan.critic.steps)) continue;
    ++compared;
    INFO(text_of(network.plan.critic.steps));
    const at::Tensor parameters = whole_parameters(network);
    // A tile, and one that ends with half a pair of rows.
    const at::Tensor observation = at::randint(-3, 4, {rows - 1, inputs}).to(at::kFloat);
    const at::Tensor target = at::randint(-8, 9, {rows - 1}).to(at::kFloat);
    for (const kernels::CpuKernels* kernels : kernels::runnable_cpu_kernels()) {
      INFO(kernels->instruction_set);
      const Computed expected = computed_by(*kernels, at::kFloat, network, parameters, observation, target);
      const Computed found = computed_by(*kernels, at::kBFloat16, network, parameters, observation, target);
      REQUIRE(expected.gradient.norm().item<double>() > 0.0);
      CHECK(at::equal(found.values, expected.values));
      CHECK(at::equal(found.gradient, expected.gradient));
    }
  }
}
