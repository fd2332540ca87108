// Hidden layers in bfloat16 on the CPU, by the kernels and by torch's products, compared with autograd that rounds
// where they do.
#include <ATen/ATen.h>

#include <vector>

#include "policy/prepared_network.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/random_samples.h"
#include "tests/support/rounding_network.h"
#include "tests/support/scenarios.h"
#include "train/gradient/gradient.h"
#include "train/loss.h"

using namespace matchday;

namespace {

ThreadPool thread_pool;

/// The network as torch rounds it: its layers are bfloat16.
Network lowered(const Network& network) {
  Network result = network;
  for (std::vector<Linear>* layers : {&result.layers, &result.critic_layers})
    for (Linear& linear : *layers) linear = {linear.weight.to(at::kBFloat16), linear.bias.to(at::kBFloat16)};
  result.flat = at::Tensor();
  return result;
}

}  // namespace

TEST_CASE("the gradient in bfloat16 is autograd's through layers that round alike") {
  at::manual_seed(5);
  const Rules rules = preset_with("arena", 3);
  for (const NetworkOptions& sort : sorts_of_odd_widths())
    for (const kernels::PolicyObjective objective :
         {kernels::PolicyObjective::reinforce, kernels::PolicyObjective::ppo})
      for (const Differentiation way : {Differentiation::kernels, Differentiation::matmul}) {
        const Network network = mild_network(sort, rules, 4);
        const Samples samples = random_samples(network, rules, 613);
        TrainOptions train;
        train.entropy = 0.05;
        const kernels::LossOptions options = loss_options(objective, train, 1.0 / 100.0);
        const at::Tensor variance = return_variance(samples);
        const Network alike =
            way == Differentiation::kernels ? rounding_network(network, RoundedHeads::no) : lowered(network);
        const Loss loss = policy_loss(alike, samples, options, variance);
        const at::Tensor expected = gradient_of(loss.loss, network);
        const at::Tensor metrics =
            loss_gradient(network, samples, {}, options, variance, thread_pool, {at::kBFloat16, way});
        INFO(sort_text(sort) << ", ppo " << (objective == kernels::PolicyObjective::ppo) << ", kernels "
                             << (way == Differentiation::kernels));
        CHECK(relative_distance(network.gradient, expected.to(at::kDouble)) < 2e-2);
        for (std::int64_t f = 0; f < kernels::loss_metrics; ++f)
          CHECK(metrics[f].item<double>() == Approx(loss.metrics[f].item<double>()).epsilon(1e-3).margin(1e-3));
      }
}

TEST_CASE("in bfloat16 a prepared network decides and predicts as in float32, but for rounding") {
  at::manual_seed(5);
  const at::NoGradGuard no_gradient;
  const Rules rules = preset_with("arena", 3);
  for (const NetworkOptions& sort : sorts_of_odd_widths()) {
    const Network network = mild_network(sort, rules, 4);
    const at::Tensor observation = random_samples(network, rules, 613).observation;
    const ActionDistribution expected = decide(network, observation);
    const at::Tensor mean = at::empty_like(expected.mean), log_std = at::empty_like(mean), value = at::empty({613});
    INFO(sort_text(sort));
    for (const bool packed : {true, false}) {
      // A network without its flat array goes through torch's operations.
      Network chosen = network;
      if (!packed) chosen = computed_in(network, at::kBFloat16);
      const PreparedNetwork prepared(chosen, at::kBFloat16);
      prepared.decide(observation, mean, log_std);
      CHECK(at::allclose(mean, expected.mean, 0.05, 0.05));
      CHECK(at::allclose(log_std, expected.log_std, 0.05, 0.05));
      CHECK_FALSE(same_bits(mean, expected.mean));
      if (sort.critic_hidden.empty()) continue;
      prepared.predict_values(observation, value);
      CHECK(at::allclose(value, predict_values(network, observation), 0.05, 0.05));
    }
  }
}
