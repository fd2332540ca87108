// The update on a CUDA device: which rows a step of the optimiser sees, when it is left out, and what its gradient is
// summed in. Where there is no device these tests say that they are skipped.
#include <limits>

#include "tests/cuda.h"
#include "tests/random_samples.h"
#include "tests/scenarios.h"
#include "train/minibatches.h"
#include "train/ppo.h"

using namespace matchday;

namespace {

Workers workers;

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
  ppo_update(learner, samples, options, rate(), generator(), workers);

  const Network expected = network_there();
  Adam adam(expected, {});
  const at::Generator order = generator();
  for (int epoch = 0; epoch < 2; ++epoch) {
    const at::Tensor shuffled = at::randperm(101, order, at::TensorOptions(at::kCUDA).dtype(at::kLong));
    for (const auto& [first, count] : {std::pair(0, 34), {34, 34}, {68, 33}}) {
      loss_gradient(expected, samples, shuffled.narrow(0, first, count),
                    loss_options(kernels::Gain::ppo, options, 1.0 / count), return_variance(samples), workers);
      adam.step(rate());
    }
  }
  CHECK(same_bits(learner.network.flat, expected.flat));
}

TEST_CASE("on CUDA the steps after the kl_limit move nothing", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  TrainOptions options;
  options.minibatches = 5;
  options.kl_limit = 1e-6;
  Learner learner = learner_there();
  ppo_update(learner, samples_there(101), options, rate(), generator(), workers);
  CHECK(learner.adam.state().steps.item<float>() == 1.0F);
  CHECK(learner.adam.skipped().item<float>() == 0.0F);
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
  loss_gradient(network, samples_there(101), {}, loss_options(kernels::Gain::ppo, {}, 0.01),
                at::ones({}, rate().options()), workers, {at::kBFloat16});
  const at::Tensor of_weights = network.layers[0].weight.grad();
  CHECK_FALSE(at::equal(of_weights, of_weights.to(at::kBFloat16).to(at::kFloat)));
}
