// The CPU kernels of networks compared with torch's own operations and autograd in float64.
#include <ATen/ATen.h>

#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "policy/prepared_network.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/random_samples.h"
#include "tests/support/scenarios.h"
#include "train/gradient/gradient.h"
#include "train/loss.h"

using namespace matchday;

namespace {

ThreadPool thread_pool;

}  // namespace

TEST_CASE("networks of every sort decide and expect what torch's operations say") {
  at::manual_seed(1);
  const at::NoGradGuard no_gradient;
  for (const int players : {1, 3})
    for (const NetworkOptions& sort : sorts_of_odd_widths()) {
      const Rules rules = preset_with("arena", players);
      const Network network = mild_network(sort, rules, 3);
      const Network wide = in_type(network, at::kDouble);
      REQUIRE(can_be_packed(network));
      REQUIRE_FALSE(can_be_packed(wide));
      for (const std::int64_t rows : {1, 95, 96, 97, 300}) {
        const at::Tensor observation = at::randn({rows, network_shape(rules, network.options).inputs});
        const ActionDistribution ours = decide(network, observation);
        const ActionDistribution theirs = decide(wide, observation.to(at::kDouble));
        INFO(sort_text(sort) << ", " << rows);
        CHECK(ours.squash == theirs.squash);
        CHECK((ours.mean - theirs.mean).abs().max().item<double>() < 2e-5);
        CHECK((ours.log_std - theirs.log_std).abs().max().item<double>() < 2e-5);
        if (sort.critic_hidden.empty()) continue;
        const at::Tensor expected = predict_values(wide, observation.to(at::kDouble));
        CHECK((predict_values(network, observation) - expected).abs().max().item<double>() < 1e-4);
      }
    }
}

TEST_CASE("a row's decision does not depend on the rows beside it") {
  at::manual_seed(2);
  const at::NoGradGuard no_gradient;
  const Rules rules = preset_with("arena", 5);
  for (const NetworkOptions& sort : sorts_of_odd_widths()) {
    const Network network = mild_network(sort, rules, 3);
    const at::Tensor observation = at::randn({130, network_shape(rules, network.options).inputs});
    const ActionDistribution together = decide(network, observation);
    for (const std::int64_t row : {0, 1, 6, 95, 96, 129}) {
      const ActionDistribution alone = decide(network, observation.narrow(0, row, 1));
      CHECK(same_bits(alone.mean[0], together.mean[row]));
      CHECK(same_bits(alone.log_std[0], together.log_std[row]));
    }
  }
}

TEST_CASE("the loss's gradient in closed form is autograd's, for every network and either algorithm", "[slow]") {
  at::manual_seed(3);
  for (const int players : {1, 3})
    for (const NetworkOptions& sort : sorts_of_odd_widths())
      for (const kernels::PolicyObjective objective :
           {kernels::PolicyObjective::reinforce, kernels::PolicyObjective::ppo}) {
        const Rules rules = preset_with("arena", players);
        const Network network = mild_network(sort, rules, 4);
        const Network wide = in_type(network, at::kDouble);
        Samples samples = random_samples(network, rules, 613);
        if (players == 1) samples.teacher = at::Tensor();
        TrainOptions train;
        train.entropy = 0.05;
        train.value_weight = 0.7;
        const kernels::LossOptions options = loss_options(objective, train, 1.0 / 100.0);
        // All samples, and some of them in another order.
        for (const at::Tensor& rows : {at::Tensor(), at::randperm(613).narrow(0, 0, 601)})
          for (const GradientOptions& how : {GradientOptions{}, {at::kFloat, Differentiation::matmul}}) {
            const at::Tensor metrics =
                loss_gradient(network, samples, rows, options, return_variance(samples), thread_pool, how);
            const Samples same = in_float64(samples);
            const at::Tensor expected = loss_gradient(wide, same, rows, options, return_variance(same), thread_pool);
            INFO(sort_text(sort) << ", ppo " << (objective == kernels::PolicyObjective::ppo) << ", way "
                                 << static_cast<int>(how.differentiation));
            CHECK(relative_distance(network.gradient, wide.gradient) < 1e-5);
            CHECK(wide.gradient.norm().item<double>() > 0.1);
            for (std::int64_t f = 0; f < kernels::loss_metrics; ++f)
              CHECK(metrics[f].item<double>() == Approx(expected[f].item<double>()).epsilon(1e-4).margin(1e-4));
          }
      }
}

TEST_CASE("from activations that were kept an update finds the same bits") {
  at::manual_seed(6);
  const Rules rules = preset_with("arena", 3);
  const kernels::LossOptions options = loss_options(kernels::PolicyObjective::reinforce, {}, 1.0 / 100.0);
  for (const NetworkOptions& sort : sorts_of_odd_widths()) {
    const Network network = mild_network(sort, rules, 4);
    Samples samples = random_samples(network, rules, 613);
    const std::int64_t hidden = PackedNetwork::hidden_size(network.options);
    INFO(sort_text(sort));
    CHECK(hidden == (sort.trunk == Trunk::mlp ? 16 + 80 : 0));  // 16 and 70 units, padded
    if (hidden == 0) continue;
    for (const at::ScalarType precision : {at::kFloat, at::kBFloat16}) {
      const auto learn = [&] {
        return loss_gradient(network, samples, {}, options, return_variance(samples), thread_pool, {precision});
      };
      samples.hidden = at::Tensor();
      const at::Tensor metrics = learn();
      const at::Tensor gradient = network.gradient.clone();
      samples.hidden = at::empty({613, hidden}, precision);
      const at::Tensor mean = at::empty_like(samples.pre_squash);
      const PreparedNetwork prepared(network, precision);
      prepared.decide(samples.observation, mean, at::empty_like(mean), samples.hidden);
      CHECK(same_bits(learn(), metrics));
      CHECK(same_bits(network.gradient, gradient));
      samples.hidden.mul_(0.5);
      learn();
      CHECK_FALSE(same_bits(network.gradient, gradient));
    }
  }
}

TEST_CASE("a bad number in a weight or in a sample shows in the gradient") {
  at::manual_seed(4);
  const Rules rules = preset_with("arena", 2);
  const kernels::LossOptions options = loss_options(kernels::PolicyObjective::ppo, {}, 1.0);
  for (const NetworkOptions& sort : sorts_of_odd_widths()) {
    const Network network = mild_network(sort, rules, 4);
    const Samples samples = random_samples(network, rules, 100);
    for (const at::ScalarType precision : {at::kFloat, at::kBFloat16}) {
      const auto gradient_is_finite = [&](const Samples& of) {
        loss_gradient(network, of, {}, options, return_variance(of), thread_pool, {precision});
        return network.gradient.isfinite().all().item<bool>();
      };
      CHECK(gradient_is_finite(samples));
      Samples broken = samples;
      broken.observation = samples.observation.clone();
      broken.observation[70][3] = std::numeric_limits<float>::quiet_NaN();
      CHECK_FALSE(gradient_is_finite(broken));
      // In the first layer. Rounded up, a NaN of ones would become a zero.
      for (const at::Tensor& numbers : {network.layers[0].weight, network.layers[0].bias})
        for (const std::uint32_t nan : {0x7FC00000U, 0x7FFFFFFFU}) {
          float& number = numbers.mutable_data_ptr<float>()[5];
          const float before = std::exchange(number, std::bit_cast<float>(nan));
          CHECK_FALSE(gradient_is_finite(samples));
          number = before;
        }
    }
  }
}
