// The caller's own networks: any function of weights that torch can differentiate, trained like the program's.
#include <ATen/ATen.h>

#include <vector>

#include "policy/packed_network.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"
#include "tests/support/tiny_training.h"
#include "train/gradient/gradient.h"
#include "train/learner.h"
#include "train/loss.h"

using namespace matchday;

namespace {

/// The layers of `small_options` as a function; the program's own path computes the same.
Outputs plain_layers(const std::vector<at::Tensor>& w, const at::Tensor& observation) {
  const at::Tensor features =
      at::linear(at::linear(observation, w[0], w[1]).relu(), w[2], w[3]).relu();  // shared_layers
  const at::Tensor critic = at::linear(observation, w[7], w[8]).relu();
  const at::Tensor mean = at::linear(features, w[4], w[5]);
  return {mean, w[6].expand_as(mean), at::linear(critic, w[9], w[10])};
}

/// A network that no option describes: sines, gates, and a critic that reads the policy's features.
Outputs waves(const std::vector<at::Tensor>& w, const at::Tensor& observation) {
  const at::Tensor features = at::matmul(observation, w[0]).sin() * at::matmul(observation, w[1]).sigmoid();
  return {at::matmul(features, w[2]), at::matmul(features, w[3]), at::matmul(features, w[4])};
}

Network network_of_waves(const Rules& rules, const NetworkOptions& options, std::uint64_t seed, at::Device device) {
  const NetworkShape shape = network_shape(rules, options);
  at::manual_seed(seed);
  std::vector<at::Tensor> weights{at::randn({shape.inputs, 9}) * 0.3, at::randn({shape.inputs, 9}) * 0.3,
                                  at::randn({9, shape.outputs}) * 0.3, at::randn({9, shape.outputs}) * 0.3,
                                  at::randn({9, 1})};
  return network_of(options, weights, waves, device);
}

Samples random_samples(const NetworkShape& shape, std::int64_t rows, at::ScalarType type) {
  const at::TensorOptions numbers = at::TensorOptions().dtype(type);
  return {at::randn({rows, shape.inputs}, numbers), at::randn({rows, shape.outputs}, numbers),
          at::randn({rows}, numbers), at::randn({rows}, numbers), at::randn({rows}, numbers)};
}

}  // namespace

TEST_CASE("layers that are told as a function decide, expect and learn as the program's own") {
  at::manual_seed(1);
  const Rules rules = preset_with("arena", 3);
  const Network known = lively_network(rules, small_options(), 1);
  std::vector<at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(known)) weights.push_back(parameter.tensor.detach());
  const Network own = network_of(known.options, weights, plain_layers, at::kCPU);
  const Samples samples = random_samples(network_shape(rules, known.options), 700, at::kFloat);
  {
    const at::NoGradGuard no_gradient;
    CHECK(at::allclose(decide(own, samples.observation).mean, decide(known, samples.observation).mean, 1e-4, 1e-5));
    CHECK(at::allclose(decide(own, samples.observation).log_std, decide(known, samples.observation).log_std, 1e-5));
    CHECK(
        at::allclose(predict_values(own, samples.observation), predict_values(known, samples.observation), 1e-4, 1e-5));
  }
  ThreadPool thread_pool;
  const kernels::LossOptions options = loss_options(kernels::PolicyObjective::reinforce, {}, 1e-2);
  const at::Tensor metrics = loss_gradient(own, samples, {}, options, return_variance(samples), thread_pool);
  const at::Tensor expected = loss_gradient(known, samples, {}, options, return_variance(samples), thread_pool);
  CHECK(((own.gradient - known.gradient).norm() / known.gradient.norm()).item<double>() < 1e-5);
  CHECK(at::allclose(metrics, expected, 1e-4, 1e-4));
}

TEST_CASE("the gradient of a network of another sort is that of finite differences") {
  at::manual_seed(2);
  const Rules rules = preset_with("arena", 1);
  const NetworkOptions options = small_options();
  const Network single = network_of_waves(rules, options, 3, at::kCPU);
  std::vector<at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(single)) weights.push_back(parameter.tensor.detach().to(at::kDouble));
  const Network network = network_of(options, weights, waves, at::kCPU);
  const Samples samples = random_samples(network_shape(rules, options), 20, at::kDouble);
  TrainOptions train;
  train.entropy = 0.1;
  const kernels::LossOptions loss = loss_options(kernels::PolicyObjective::reinforce, train, 1.0);
  const at::Tensor variance = return_variance(samples);
  ThreadPool thread_pool;
  loss_gradient(network, samples, {}, loss, variance, thread_pool);
  CHECK(gradient_error(network, [&] { return policy_loss(network, samples, loss, variance).loss.item<double>(); }) <
        1e-6);
}

TEST_CASE("several networks of another sort are one") {
  const Rules rules = preset_with("arena", 2);
  std::vector<Network> networks;
  for (const std::uint64_t seed : {1, 2, 3})
    networks.push_back(network_of_waves(rules, small_options(), seed, at::kCPU));
  const at::Tensor observation = at::randn({3, 4, network_shape(rules, small_options()).inputs});
  const at::NoGradGuard no_gradient;
  const Network all = stacked(networks);
  for (std::int64_t p = 0; p < 3; ++p) {
    const Network& one = networks[static_cast<std::size_t>(p)];
    CHECK(same_bits(decide(all, observation).mean[p], decide(one, observation[p]).mean));
    CHECK(same_bits(predict_values(all, observation)[p], predict_values(one, observation[p])));
  }
}

TEST_CASE("a network of another sort trains, by either algorithm, against everybody, on any number of threads") {
  for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce}) {
    Config config = tiny();
    config.train.algorithm = algorithm;
    config.train.baseline = Baseline::critic;
    config.train.matches = 20;
    config.train.pool_share = 0.4;
    config.train.bot_share = 0.2;
    config.train.bots = "chaser";
    std::vector<std::vector<at::Tensor>> results;
    for (const int threads : {1, 2}) {
      config.train.threads = threads;
      Trainer trainer(config, at::kCPU, network_of_waves);
      const std::vector<at::Tensor> before = weights_of(trainer);
      REQUIRE_FALSE(can_be_packed(trainer.networks()[0]));
      for (int k = 0; k < 3; ++k) {
        const Metrics metrics = trainer.iterate(0.0);
        CHECK(metric(metrics, "gradient_norm") > 0.0);
        CHECK(metric(metrics, "skipped_updates") == 0.0);
      }
      results.push_back(weights_of(trainer));
      for (std::size_t k = 0; k < before.size(); ++k) CHECK_FALSE(same_bits(before[k], results.back()[k]));
    }
    INFO(algorithm);
    CHECK(equal(results[0], results[1]));
  }
}
