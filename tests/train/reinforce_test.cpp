#include "train/reinforce.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "rules/observation.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

/// No extra threads.
ThreadPool thread_pool;

const Rules rules = preset_with("arena", 1);

TrainOptions weighted(double entropy, double value) {
  TrainOptions options;
  options.entropy = entropy;
  options.value_weight = value;
  return options;
}

/// Random samples; with returns if there is a critic.
Samples random_samples(const NetworkOptions& options, std::int64_t rows, at::ScalarType type) {
  const NetworkShape shape = network_shape(rules, options);
  return {at::randn({rows, shape.inputs}, type), at::randn({rows, shape.outputs}, type), at::randn({rows}, type),
          at::randn({rows}, type), options.critic_hidden.empty() ? at::Tensor() : at::randn({rows}, type) * 3.0 + 1.0};
}

/// The loss as reinforce.h defines it, reimplemented for all samples at once.
at::Tensor written_out_loss(const Network& network, const Samples& samples, const TrainOptions& options,
                            double matches) {
  const ActionDistribution d = decide(network, samples.observation);
  const at::Tensor& u = samples.pre_squash;
  const at::Tensor variance = (d.log_std * 2.0).exp();
  at::Tensor log_density = -(u - d.mean).pow(2) / (variance * 2.0) - (variance * 2.0 * std::numbers::pi).log() / 2.0;
  if (d.squash == Squash::tanh) log_density = log_density + u.cosh().log() * 2.0;  // 1 - tanh^2 = 1 / cosh^2
  const at::Tensor entropies = (variance * 2.0 * std::numbers::pi * std::numbers::e).log() / 2.0;
  at::Tensor loss = -(log_density * samples.advantage.unsqueeze(-1) + entropies * options.entropy).sum();
  if (samples.target.defined()) {
    const at::Tensor& target = samples.target;
    const at::Tensor of_returns =
        (target - target.mean()).pow(2).sum() / static_cast<double>(samples.size() - 1);  // their variance
    const at::Tensor error = predict_values(network, samples.observation) - target;
    loss = loss + (error.pow(2) / of_returns).sum() * options.value_weight;
  }
  return loss / matches;
}

std::vector<at::Tensor> autograd_of_written_out_loss(const Network& network, const Samples& samples,
                                                     const TrainOptions& options, double matches) {
  zero_gradients(network);
  written_out_loss(network, samples, options, matches).backward();
  return gradients_of(network);
}

double relative_distance(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

double number(const UpdateMetrics& metrics, const std::string& name) {
  const auto found =
      std::find_if(metrics.begin(), metrics.end(), [&](const NamedTensor& metric) { return metric.name == name; });
  REQUIRE(found != metrics.end());
  return found->tensor.item<double>();
}

}  // namespace

TEST_CASE("the policy gradient agrees with finite differences of the written-out loss", "[slow]") {
  at::manual_seed(1);
  for (const Head head : {Head::squashed, Head::footyai})
    for (const Trunk trunk : values_of<Trunk>())
      for (const bool critic : {true, false})
        for (const double entropy_weight : {0.0, 0.3}) {
          NetworkOptions network_options = small_options(Agent::player, head);
          network_options.trunk = trunk;
          network_options.hidden = {5, 5};
          network_options.sigma = critic ? Sigma::network : Sigma::global;
          if (!critic) network_options.critic_hidden = {};
          const Network network = lively_network(rules, network_options, 10, at::kDouble);
          const Samples samples = random_samples(network_options, 12, at::kDouble);
          const TrainOptions options = weighted(entropy_weight, 0.7);
          zero_gradients(network);
          const UpdateMetrics metrics = reinforce_gradient(network, samples, options, 4, thread_pool);
          INFO(head << " head, " << trunk << ", critic " << critic << ", entropy weight " << entropy_weight);
          const auto loss = [&] {
            const at::NoGradGuard no_gradient;
            return written_out_loss(network, samples, options, 4.0).item<double>();
          };
          CHECK(number(metrics, "loss") == Approx(loss()));
          CHECK(gradient_error(network, loss) < 1e-6);
        }
}

TEST_CASE("going through the samples in pieces changes nothing") {
  at::manual_seed(2);
  const TrainOptions options = weighted(0.01, 0.5);
  // Two pieces with 5 left over; one whole piece; less than one.
  for (const std::int64_t rows : {2 * 1440 + 5, 1440, 70})
    for (const bool critic : {true, false}) {
      NetworkOptions network_options = small_options();
      if (!critic) network_options.critic_hidden = {};
      const Network network = lively_network(rules, network_options, 10);
      const Samples samples = random_samples(network_options, rows, at::kFloat);
      const std::vector<at::Tensor> expected = autograd_of_written_out_loss(network, samples, options, 100.0);
      zero_gradients(network);
      const UpdateMetrics metrics = reinforce_gradient(network, samples, options, 100, thread_pool);
      const std::vector<at::Tensor> gradients = gradients_of(network);
      INFO(rows << " samples, critic " << critic);
      for (std::size_t k = 0; k < gradients.size(); ++k) CHECK(relative_distance(gradients[k], expected[k]) < 1e-4);

      const at::NoGradGuard no_gradient;
      const ActionDistribution whole = decide(network, samples.observation);
      CHECK(number(metrics, "loss") ==
            Approx(written_out_loss(network, samples, options, 100.0).item<double>()).epsilon(1e-4));
      CHECK(number(metrics, "sigma") == Approx(whole.log_std.exp().mean().item<double>()).epsilon(1e-5));
      CHECK(number(metrics, "entropy") == Approx(entropy(whole).mean().item<double>()).epsilon(1e-5));
      if (!critic) {
        CHECK(number(metrics, "value_loss") == 0.0);
        continue;
      }
      const at::Tensor error = predict_values(network, samples.observation) - samples.target;
      CHECK(number(metrics, "value_loss") ==
            Approx((error.square().mean() / samples.target.var()).item<double>()).epsilon(1e-5));
    }
}

TEST_CASE("the rows of a trajectory's sides become samples") {
  at::manual_seed(3);
  Trajectory trajectory;
  trajectory.observation = at::randn({4, 5, 3, 7});
  trajectory.pre_squash = at::randn({4, 5, 3, 2});
  trajectory.log_prob = at::randn({4, 5, 3});
  const Advantages found{at::randn({4, 5, 3}), at::randn({4, 5, 3}), {}};
  for (const auto& [first, count] : {std::pair(0, 5), {0, 2}, {2, 3}, {4, 1}}) {
    const Samples samples = samples_of(trajectory, found, first, count);
    REQUIRE(samples.size() == 4 * count * 3);
    std::int64_t m = 0;
    for (std::int64_t t = 0; t < 4; ++t)
      for (std::int64_t side = first; side < first + count; ++side)
        for (std::int64_t row = 0; row < 3; ++row, ++m) {
          CHECK(at::equal(samples.observation[m], trajectory.observation[t][side][row]));
          CHECK(at::equal(samples.pre_squash[m], trajectory.pre_squash[t][side][row]));
          CHECK(at::equal(samples.log_prob[m], trajectory.log_prob[t][side][row]));
          CHECK(at::equal(samples.advantage[m], found.advantage[t][side][row]));
          CHECK(at::equal(samples.target[m], found.target[t][side][row]));
        }
  }
  CHECK_FALSE(samples_of(trajectory, {found.advantage, {}, {}}, 0, 5).target.defined());
}

TEST_CASE("a gradient takes the place of the one before, and does not depend on who works") {
  at::manual_seed(4);
  const Network network = lively_network(rules, small_options(), 10);
  const Samples samples = random_samples(small_options(), 5000, at::kFloat);
  ThreadPool one(1);
  reinforce_gradient(network, samples, weighted(0.0, 0.5), 5, one);
  const std::vector<at::Tensor> alone = gradients_of(network);
  ThreadPool three(3);
  reinforce_gradient(network, samples, weighted(0.0, 0.5), 5, three);
  const std::vector<at::Tensor> together = gradients_of(network);
  for (std::size_t k = 0; k < alone.size(); ++k) CHECK(same_bits(alone[k], together[k]));
}

TEST_CASE("a step down the gradient makes what paid more likely, and what did not less") {
  at::manual_seed(5);
  for (const double advantage : {1.0, -1.0}) {
    const Network network = lively_network(rules, small_options(), 10, at::kDouble);
    Samples samples = random_samples(small_options(), 6, at::kDouble);
    samples.advantage.fill_(advantage);
    const auto likelihood = [&] {
      const at::NoGradGuard no_gradient;
      return log_prob(decide(network, samples.observation), samples.pre_squash).sum().item<double>();
    };
    const double before = likelihood();
    zero_gradients(network);
    reinforce_gradient(network, samples, weighted(0.0, 0.5), 3, thread_pool);
    const at::NoGradGuard no_gradient;
    for (const NamedTensor& weights : parameters(network)) weights.tensor.sub_(weights.tensor.grad() * 1e-4);
    CHECK((likelihood() - before) * advantage > 0.0);
  }
}

TEST_CASE("an update is one clipped step of Adam along the gradient of all samples") {
  at::manual_seed(6);
  const TrainOptions options = weighted(0.01, 0.5);
  const Network network = lively_network(rules, small_options(), 10);
  const Network copy = on_device(network, at::kCPU);
  Learner learner{copy, Adam(copy, {})};
  Adam adam(network, {});
  for (int k = 0; k < 3; ++k) {
    const Samples samples = random_samples(small_options(), 50, at::kFloat);
    const UpdateMetrics metrics = reinforce_update(learner, {samples}, options, 5, at::full({}, 1e-2F), thread_pool);
    reinforce_gradient(network, samples, options, 5, thread_pool);
    const double norm = adam.step(at::full({}, 1e-2F)).item<double>();
    CHECK(number(metrics, "gradient_norm") == norm);
    CHECK(same_bits(weights_in_a_row(learner.network), weights_in_a_row(network)));
  }
}
