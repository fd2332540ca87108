#include "train/ppo.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "config/minibatches.h"
#include "rules/observation.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"
#include "train/reinforce.h"

using namespace matchday;

namespace {

/// No extra threads.
ThreadPool thread_pool;

const Rules rules = preset_with("arena", 1);

at::Generator order(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }
at::Tensor rate(double learning_rate) { return at::full({}, learning_rate, at::kFloat); }

/// All samples in one step, with all terms of the loss.
TrainOptions one_step(std::int64_t rows) {
  TrainOptions options;
  options.minibatch = rows;
  options.entropy = 0.1;
  options.value_weight = 0.7;
  return options;
}

/// A network's samples, with log-probabilities off by `moved` on average, as if it had learnt since.
Samples samples_of(const Network& network, std::int64_t rows, double moved) {
  const at::NoGradGuard no_gradient;
  const at::ScalarType type = network.mean.bias.scalar_type();
  Samples samples;
  samples.observation = at::randn({rows, network_shape(rules, network.options).inputs}, type);
  const ActionDistribution distribution = decide(network, samples.observation);
  samples.pre_squash = sample(distribution, at::randn_like(distribution.mean));
  samples.log_prob = log_prob(distribution, samples.pre_squash).sum(-1) + at::randn({rows}, type) * moved;
  samples.advantage = at::randn({rows}, type);
  if (!network.options.critic_hidden.empty()) samples.target = at::randn({rows}, type) * 3.0 + 1.0;
  return samples;
}

/// The gradients of one update, summed over its steps: the optimiser belongs to another network, so this one's weights
/// stay the same.
std::vector<at::Tensor> gradients_asked_for(const Network& network, const Samples& samples,
                                            const TrainOptions& options) {
  std::vector<at::Tensor> sums;
  std::vector<unsigned> hooks;
  for (const NamedTensor& weights : parameters(network)) {
    sums.push_back(at::zeros_like(weights.tensor).detach());
    hooks.push_back(
        weights.tensor.register_hook([sum = sums.back()](const at::Tensor& gradient) { sum.add_(gradient); }));
  }
  const Network other = lively_network(rules, small_options(), 99);
  Learner learner{network, Adam(other, {})};
  ppo_update(learner, {samples}, options, rate(1e-3), {order(1)}, thread_pool);
  for (std::size_t k = 0; k < hooks.size(); ++k) parameters(network)[k].tensor.remove_hook(hooks[k]);
  return sums;
}

/// The loss as ppo.h defines it, case by case.
double written_out_loss(const Network& network, const Samples& samples, const TrainOptions& options) {
  const at::NoGradGuard no_gradient;
  const ActionDistribution distribution = decide(network, samples.observation);
  const at::Tensor now = log_prob(distribution, samples.pre_squash).sum(-1);
  const at::Tensor spread = entropy(distribution).sum(-1);
  const bool critic = samples.target.defined();
  const double variance = critic ? samples.target.var().item<double>() : 1.0;
  double sum = 0.0;
  for (std::int64_t m = 0; m < samples.size(); ++m) {
    const double ratio = std::exp(now[m].item<double>() - samples.log_prob[m].item<double>());
    const double advantage = samples.advantage[m].item<double>();
    double gain = ratio * advantage;
    if (advantage > 0.0 && ratio > 1.0 + options.clip) gain = (1.0 + options.clip) * advantage;
    if (advantage < 0.0 && ratio < 1.0 - options.clip) gain = (1.0 - options.clip) * advantage;
    sum -= gain + options.entropy * spread[m].item<double>();
    if (critic) {
      const at::Tensor error = predict_values(network, samples.observation[m]) - samples.target[m];
      sum += options.value_weight * std::pow(error.item<double>(), 2) / variance;
    }
  }
  return sum / static_cast<double>(samples.size());
}

double number(const UpdateMetrics& metrics, const std::string& name) {
  const auto found =
      std::find_if(metrics.begin(), metrics.end(), [&](const NamedTensor& metric) { return metric.name == name; });
  REQUIRE(found != metrics.end());
  return found->tensor.item<double>();
}

/// The weights after an update.
at::Tensor updated(const Samples& samples, const TrainOptions& options, std::uint64_t seed) {
  at::manual_seed(77);
  const Network network = lively_network(rules, small_options(), 10);
  static std::int64_t calls = 0;
  at::rand({++calls});  // torch's own generator must not matter
  Learner learner{network, Adam(network, {})};
  ppo_update(learner, {samples}, options, rate(0.02), {order(seed)}, thread_pool);
  CHECK(learner.adam.skipped().item<double>() == 0.0);
  return weights_in_a_row(network);
}

Samples lesson(double moved) {
  at::manual_seed(77);
  return samples_of(lively_network(rules, small_options(), 10), 60, moved);
}

}  // namespace

TEST_CASE("PPO's gradient agrees with finite differences of the written-out loss, inside and outside the clip") {
  at::manual_seed(1);
  for (const Head head : {Head::squashed, Head::footyai})
    for (const bool critic : {true, false}) {
      NetworkOptions network_options = small_options(Agent::player, head);
      network_options.sigma = critic ? Sigma::network : Sigma::global;
      if (!critic) network_options.critic_hidden = {};
      const Network network = lively_network(rules, network_options, 10, at::kDouble);
      const Samples samples = samples_of(network, 24, 0.3);
      const TrainOptions options = one_step(24);
      gradients_asked_for(network, samples, options);
      INFO(head << " head, critic " << critic);
      CHECK(gradient_error(network, [&] { return written_out_loss(network, samples, options); }) < 1e-6);
    }
}

TEST_CASE("before the policy has moved PPO's gradient is REINFORCE's") {
  at::manual_seed(2);
  const Network network = lively_network(rules, small_options(), 10, at::kDouble);
  const Samples samples = samples_of(network, 40, 0.0);
  const std::vector<at::Tensor> ours = gradients_asked_for(network, samples, one_step(40));
  zero_gradients(network);
  reinforce_gradient(network, samples, one_step(40), 40, thread_pool);
  const std::vector<at::Tensor> theirs = gradients_of(network);
  for (std::size_t k = 0; k < ours.size(); ++k) CHECK(at::allclose(ours[k], theirs[k], 1e-9, 1e-12));
}

TEST_CASE("nothing is gained by going on where the policy has moved beyond the clip") {
  at::manual_seed(3);
  const Network network = lively_network(rules, small_options(), 10, at::kDouble);
  TrainOptions options = one_step(1);
  options.entropy = options.value_weight = 0.0;
  for (const double ratio : {0.5, 0.79, 0.81, 1.0, 1.19, 1.21, 2.0})
    for (const double advantage : {-1.5, 1.5}) {
      Samples samples = samples_of(network, 1, 0.0);
      samples.log_prob -= std::log(ratio);
      samples.advantage.fill_(advantage);
      samples.target = at::Tensor();
      double size = 0.0;
      for (const at::Tensor& gradient : gradients_asked_for(network, samples, options))
        size += gradient.norm().item<double>();
      INFO("ratio " << ratio << ", advantage " << advantage);
      const bool gained = (ratio > 1.2 && advantage > 0.0) || (ratio < 0.8 && advantage < 0.0);
      CHECK((size == 0.0) == gained);
    }
}

TEST_CASE("an epoch uses every sample once, in as many minibatches as asked for, or as the size takes, of even sizes") {
  at::manual_seed(4);
  constexpr std::int64_t rows = 10;
  struct Case {
    std::int64_t minibatches;
    std::int64_t minibatch;
    std::vector<std::int64_t> sizes;
  };
  const std::vector<Case> cases{{7, 1, std::vector<std::int64_t>(10, 1)},
                                {7, 4, {3, 3, 4}},
                                {7, 5, {5, 5}},
                                {7, 9, {5, 5}},
                                {7, 1000, {10}},
                                {1, 0, {10}},
                                {4, 0, {2, 2, 3, 3}},
                                {10, 0, std::vector<std::int64_t>(10, 1)},
                                {1000, 0, std::vector<std::int64_t>(10, 1)}};
  for (const Case& one : cases) {
    const Network network = lively_network(rules, small_options(), 10, at::kDouble);
    // Only sample m is non-zero in component m, so the first layer's gradient identifies the samples.
    network.layers[0].bias.detach().fill_(2.0);  // no ReLU hides a sample
    Samples samples = samples_of(network, rows, 0.0);
    samples.observation = at::eye(rows, samples.observation.size(1), at::kDouble);
    samples.log_prob = log_prob(decide(network, samples.observation), samples.pre_squash).sum(-1).detach();
    samples.target = at::Tensor();
    const auto of_samples = [&](std::int64_t minibatches, std::int64_t minibatch, std::int64_t epochs) {
      TrainOptions options = one_step(minibatch);
      options.minibatches = minibatches;
      options.epochs = epochs;
      return gradients_asked_for(network, samples, options)[0].narrow(1, 0, rows).clone();  // [6, M]
    };
    const at::Tensor alone = of_samples(rows, 0, 1);
    // For each sample the sum over its uses of 1 / (samples in the step).
    const auto used = [&](std::int64_t epochs) {
      const at::Tensor together = of_samples(one.minibatches, one.minibatch, epochs);
      return ((together * alone).sum(0) / alone.square().sum(0)).contiguous();
    };
    std::vector<std::int64_t> shared;  // samples in the step
    const at::Tensor once = used(1);
    for (std::int64_t m = 0; m < rows; ++m) shared.push_back(std::llround(1.0 / once[m].item<double>()));
    std::sort(shared.begin(), shared.end());
    std::vector<std::int64_t> expected;
    for (const std::int64_t size : one.sizes) expected.insert(expected.end(), static_cast<std::size_t>(size), size);
    INFO(one.minibatches << " minibatches, of at most " << one.minibatch << " rows: " << once);
    CHECK(shared == expected);
    // Each step's parts add up to 1.
    CHECK(once.sum().item<double>() == Approx(static_cast<double>(one.sizes.size())));
    CHECK(used(3).sum().item<double>() == Approx(3.0 * static_cast<double>(one.sizes.size())));
  }
}

TEST_CASE("minibatches of any number of rows are even, follow on each other and leave nothing over") {
  for (const std::int64_t rows : {1, 2, 19, 20, 21, 399, 57600, 26542800})
    for (const std::int64_t minibatches : {1, 2, 7, 20, 1000})
      for (const std::int64_t minibatch : {0, 1, 20, 150, 2880, 1474560}) {
        if (minibatch > 0 && rows / minibatch > 100000) continue;
        TrainOptions options;
        options.minibatches = minibatches;
        options.minibatch = minibatch;
        const Minibatches cut = minibatches_of(options, rows);
        std::int64_t end = 0, smallest = rows, largest = 0;
        for (std::int64_t k = 0; k < cut.count; ++k) {
          if (cut.first(k) != end) FAIL("minibatch " << k << " begins at " << cut.first(k));
          end = cut.first(k + 1);
          smallest = std::min(smallest, end - cut.first(k));
          largest = std::max(largest, end - cut.first(k));
        }
        INFO(rows << " rows, " << minibatches << " minibatches, of at most " << minibatch << ": " << smallest << " to "
                  << largest);
        CHECK(end == rows);
        CHECK(smallest > 0);
        CHECK(largest - smallest <= 1);
        CHECK(largest == cut.first(1));
        if (minibatch == 0) {
          CHECK(cut.count == std::min(minibatches, rows));
        } else {
          CHECK(largest <= minibatch);
          CHECK((cut.count - 1) * minibatch < rows);  // one fewer is not enough
        }
      }
}

TEST_CASE("the order of the samples follows from the generator") {
  const Samples samples = lesson(0.1);
  TrainOptions options = one_step(7);
  options.epochs = 2;
  CHECK(same_bits(updated(samples, options, 1), updated(samples, options, 1)));
  CHECK_FALSE(at::equal(updated(samples, options, 1), updated(samples, options, 2)));
  // A second update with the same generator uses another order.
  const auto twice = [&](bool same_generator) {
    at::manual_seed(77);
    const Network network = lively_network(rules, small_options(), 10);
    Learner learner{network, Adam(network, {})};
    const at::Generator first = order(1);
    ppo_update(learner, {samples}, options, rate(0.02), {first}, thread_pool);
    ppo_update(learner, {samples}, options, rate(0.02), {same_generator ? first : order(1)}, thread_pool);
    return weights_in_a_row(network);
  };
  CHECK_FALSE(at::equal(twice(true), twice(false)));
}

TEST_CASE("once the policy has moved by more than the limit the remaining steps are left out") {
  const Samples samples = lesson(0.0);
  const auto after = [&](std::int64_t epochs, double limit) {
    TrainOptions options = one_step(60);
    options.epochs = epochs;
    options.target_kl = limit;
    return updated(samples, options, 1);
  };
  // At the first step the policy has not moved; the second finds that it has, and is the last.
  CHECK(same_bits(after(6, 1e-6), after(2, 0.0)));
  CHECK_FALSE(at::equal(after(6, 1e-6), after(3, 0.0)));
  CHECK(same_bits(after(6, 1e6), after(6, 0.0)));
  CHECK_FALSE(at::equal(after(6, 0.0), after(5, 0.0)));
}

TEST_CASE("an update tells what it was like") {
  at::manual_seed(6);
  const Network network = lively_network(rules, small_options(), 10);
  const Samples samples = samples_of(network, 50, 0.3);
  const at::Tensor before = weights_in_a_row(network);
  Learner learner{network, Adam(network, {})};
  TrainOptions options = one_step(50);
  const UpdateMetrics metrics = ppo_update(learner, {samples}, options, rate(0.0), {order(1)}, thread_pool);
  CHECK(same_bits(weights_in_a_row(network), before));

  const at::NoGradGuard no_gradient;
  const ActionDistribution distribution = decide(network, samples.observation);
  const at::Tensor ratio = (log_prob(distribution, samples.pre_squash).sum(-1) - samples.log_prob).exp();
  const at::Tensor error = predict_values(network, samples.observation) - samples.target;
  const auto check = [&](const std::string& name, double expected) {
    INFO(name);
    CHECK(number(metrics, name) == Approx(expected).epsilon(1e-4));
  };
  check("loss", written_out_loss(network, samples, options));
  check("value_loss", (error.square().mean() / samples.target.var()).item<double>());
  check("entropy", entropy(distribution).mean().item<double>());
  check("sigma", distribution.log_std.exp().mean().item<double>());
  check("kl", (ratio - 1.0 - ratio.log()).mean().item<double>());
  check("clipped", (ratio - 1.0).abs().gt(0.2).to(at::kFloat).mean().item<double>());
  CHECK(number(metrics, "clipped") > 0.1);
  CHECK(number(metrics, "clipped") < 0.9);
}

TEST_CASE("steps of PPO make what paid more likely, and what did not less, and the clip holds them back") {
  for (const double advantage : {1.0, -1.0}) {
    const auto gain = [&](double clip) {
      at::manual_seed(7);
      const Network network = lively_network(rules, small_options(), 10);
      Samples samples = samples_of(network, 30, 0.0);
      samples.advantage.fill_(advantage);
      Learner learner{network, Adam(network, {})};
      TrainOptions options = one_step(30);
      options.clip = clip;
      options.epochs = 100;
      options.entropy = options.value_weight = 0.0;
      ppo_update(learner, {samples}, options, rate(3e-3), {order(1)}, thread_pool);
      const at::NoGradGuard no_gradient;
      const at::Tensor now = log_prob(decide(network, samples.observation), samples.pre_squash).sum(-1);
      return (now - samples.log_prob).mean().item<double>() * advantage;
    };
    CHECK(gain(0.2) > 0.05);
    CHECK(gain(10.0) > 1.5 * gain(0.2));
  }
}
