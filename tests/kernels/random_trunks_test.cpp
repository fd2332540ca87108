// The CPU's kernels go through any trunk, also those that no config names: random lists of operations are compared with
// autograd in float64.
#include "tests/support/random_trunks.h"
#include "kernels/cpu/kernels.h"
#include "tests/support/catch.h"

using namespace matchday;
using namespace matchday::random_trunks;

TEST_CASE("whatever a trunk is made of, kernels predict and learn as autograd does") {
  at::manual_seed(1);
  std::mt19937 generator(1);
  const kernels::NetworkKernels& kernels = *kernels::cpu_kernels().network;
  const auto numbers = [](const at::Tensor& tensor) { return tensor.mutable_data_ptr<float>(); };
  for (int trial = 0; trial < 300; ++trial) {
    const RandomNetwork network = random_network(generator);
    const kernels::NetworkPlan& plan = network.plan;
    INFO(text_of(plan.critic.steps));

    const at::Tensor parameters = at::randn({network.size}) * 0.4;
    const at::Tensor observation = at::randn({rows, inputs});
    const at::Tensor samples = at::randn({rows, 4}), log_prob = at::randn({rows}), advantage = at::randn({rows}),
                     target = at::randn({rows}), variance = at::full({1}, 2.0F);
    const Expected expected = expected_of(network, parameters, observation, target, 2.0);
    const at::Tensor packed = at::empty({kernels.packed_size(plan)});
    kernels.pack(plan, numbers(parameters), numbers(packed));
    const at::Tensor values = at::empty({rows});
    kernels.predict_values(plan, numbers(packed), numbers(observation), rows, numbers(values));
    CHECK((values - expected.values).abs().max().item<double>() <
          1e-4 * (1.0 + expected.values.abs().max().item<double>()));

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
    const at::Tensor gradient = at::zeros({network.size});
    kernels.add_gradient(plan, numbers(padded), numbers(gradient));
    const at::Tensor difference = gradient.narrow(0, network.critic, network.size - network.critic) - expected.gradient;
    CHECK(difference.norm().item<double>() < 1e-4 * expected.gradient.norm().item<double>());
  }
}
