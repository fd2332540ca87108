// The update on a CUDA device: which rows an optimiser step reads, when it is skipped, and the precision in which its
// gradient is summed. Without a device these tests are skipped.
#include <limits>

#include "config/minibatches.h"
#include "tests/support/cuda.h"
#include "tests/support/random_samples.h"
#include "tests/support/scenarios.h"
#include "train/ppo.h"

using namespace matchday;

namespace {

ThreadPool thread_pool;

const Rules rules = preset_with("arena", 2);

at::Tensor rate() { return at::full({}, 1e-2, at::TensorOptions(at::kCUDA).dtype(at::kFloat)); }

Network network_there() {
  at::manual_seed(5);
  return on_device(mild_network(small_options(), rules, 1), at::kCUDA);
}

Samples samples_there(std::int64_t rows) {
  at::manual_seed(6);
  return samples_in(rate().options(), random_samples(mild_network(small_options(), rules, 2), rules, rows));
}

Learner learner_there() {
  const Network network = network_there();
  return {network, Adam(network, {})};
}

at::Generator generator() {
  at::Generator generator = at::globalContext().defaultGenerator(at::kCUDA).clone();
  generator.set_current_seed(7);
  return generator;
}

}  // namespace

TEST_CASE("on CUDA every epoch of PPO takes all rows, in an order of the generator's", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const Samples samples = samples_there(101);
  TrainOptions options;
  options.epochs = 2;
  options.minibatches = 3;
  Learner learner = learner_there();
  ppo_update(learner, {samples}, options, rate(), {generator()}, thread_pool);

  const Network expected = network_there();
  Adam adam(expected, {});
  const at::Generator order = generator();
  for (int epoch = 0; epoch < 2; ++epoch) {
    const at::Tensor shuffled = at::randperm(101, order, at::TensorOptions(at::kCUDA).dtype(at::kLong));
    for (const auto& [first, count] : {std::pair(0, 34), {34, 34}, {68, 33}}) {
      loss_gradient(expected, samples, shuffled.narrow(0, first, count),
                    loss_options(kernels::PolicyObjective::ppo, options, 1.0 / count), return_variance(samples),
                    thread_pool);
      adam.step(rate());
    }
  }
  CHECK(same_bits(learner.network.flat, expected.flat));
}

TEST_CASE("on CUDA the steps after the target_kl move nothing", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  TrainOptions options;
  options.minibatches = 5;
  options.target_kl = 1e-6;
  Learner learner = learner_there();
  ppo_update(learner, {samples_there(101)}, options, rate(), {generator()}, thread_pool);
  CHECK(learner.adam.state().steps.item<float>() == 1.0F);
  CHECK(learner.adam.skipped().item<float>() == 0.0F);
}

TEST_CASE("on CUDA twenty optimiser steps are those of the CPU, with long gradients and pauses", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const AdamOptions options{.beta1 = 0.8, .beta2 = 0.99, .epsilon = 1e-5, .gradient_norm = 0.7};
  NetworkOptions wide = small_options();
  wide.hidden = {40, 40};  // more numbers than the block that finds the norm has threads
  const Network there = on_device(mild_network(wide, rules, 1), at::kCUDA);
  REQUIRE(there.flat.numel() > 2048);
  const Network here = on_device(there, at::kCPU);
  Adam adam_there(there, options), adam_here(here, options);
  at::manual_seed(8);
  for (int k = 0; k < 20; ++k) {
    const at::Tensor gradient = at::randn_like(here.gradient) * (k % 3 == 0 ? 1.0 : 1e-3);
    const at::Tensor learning_rate = at::full({}, 1e-3 * (1.0 - k / 40.0)), pause = at::full({}, k % 7 == 5, at::kBool);
    here.gradient.copy_(gradient);
    there.gradient.copy_(gradient);
    const double norm = adam_here.step(learning_rate, pause).item<double>();
    INFO("step " << k);
    CHECK(adam_there.step(learning_rate.cuda(), pause.cuda()).item<double>() == Approx(norm).epsilon(1e-6));
    CHECK((there.flat.cpu() - here.flat).abs().max().item<double>() < 1e-6);
    CHECK(adam_there.state().steps.item<float>() == adam_here.state().steps.item<float>());
  }
}

TEST_CASE("on CUDA a gradient with a bad number moves nothing, and is told", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const Network network = network_there();
  Adam adam(network, {});
  network.gradient.fill_(0.1);
  adam.step(rate());
  CHECK(adam.culprit().item<std::int64_t>() == -1);
  const at::Tensor before = network.flat.clone();
  network.gradient.fill_(0.1);
  network.gradient[17] = std::numeric_limits<float>::quiet_NaN();
  adam.step(rate());
  CHECK(same_bits(network.flat, before));
  CHECK(adam.skipped().item<float>() == 1.0F);
  CHECK(adam.culprit().item<std::int64_t>() == 17);
}

TEST_CASE("on CUDA weights' gradients are float32 where layers are computed in bfloat16", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const Network network = network_there();
  loss_gradient(network, samples_there(101), {}, loss_options(kernels::PolicyObjective::ppo, {}, 0.01),
                at::ones({}, rate().options()), thread_pool, {at::kBFloat16});
  const at::Tensor of_weights = network.layers[0].weight.grad();
  CHECK_FALSE(at::equal(of_weights, of_weights.to(at::kBFloat16).to(at::kFloat)));
}
