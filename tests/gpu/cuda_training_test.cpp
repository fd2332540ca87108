// Training on a CUDA device compared with the CPU. Without a device these tests are skipped.
#include <string>

#include "policy/network_policy.h"
#include "tests/support/cuda.h"
#include "tests/support/lively_networks.h"
#include "tests/support/random_samples.h"
#include "tests/support/scenarios.h"
#include "tests/support/tiny_training.h"
#include "train/trainer.h"

using namespace matchday;

namespace {

ThreadPool thread_pool;

RolloutStep room_on(at::Device device, std::int64_t matches, const Rules& rules, bool of_players) {
  const at::TensorOptions floats = at::TensorOptions(device).dtype(at::kFloat);
  const Simulator simulator(rules, {.matches = matches, .device = device});
  return {at::empty({2, matches, rules.players, 4}, floats),
          at::empty({2, matches, rules.players, 4}, floats),
          at::empty({2, matches, rules.players}, floats),
          at::empty({matches}, floats),
          at::empty({matches}, floats.dtype(at::kBool)),
          at::empty({2, matches}, floats.dtype(at::kInt)),
          of_players ? simulator.observe_players() : simulator.observe()};
}

/// Training that does not depend on the order of samples, which differs between devices.
Config orderless(const std::string& preset, const NetworkOptions& sort) {
  Config config = tiny(preset);
  config.network = sort;
  config.train.precision = Precision::fp32;
  config.train.matches = 40;
  config.train.minibatch = 1'000'000;
  config.train.epochs = 2;
  config.train.baseline = Baseline::critic;
  config.train.adam_epsilon = 1e-2;  // so that rounding can't change the sign of a step
  config.train.learning_rate = 1e-2;
  return config;
}

}  // namespace

TEST_CASE("on CUDA a rollout's steps have the CPU's bits", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  at::manual_seed(1);
  for (const Preset& preset : presets)
    for (const Agent agent : {Agent::player, Agent::team}) {
      Rules rules = preset_with(preset.name, 5);
      rules.steps = 6;
      const NetworkOptions options = small_options(agent);
      const NetworkShape shape = network_shape(rules, options);
      Simulator cpu(rules, {.matches = 77, .seed = 5});
      Simulator cuda(rules, {.matches = 77, .seed = 5, .device = at::kCUDA});
      const RolloutStep expected = room_on(at::kCPU, 77, rules, agent == Agent::player);
      const RolloutStep played = room_on(at::kCUDA, 77, rules, agent == Agent::player);
      for (int step = 0; step < 20; ++step) {
        const at::Tensor mean = at::randn({2, 77, shape.rows, shape.outputs});
        const at::Tensor log_std = at::rand_like(mean) - 1.0;
        const at::Tensor bots = at::randint(-3, bot_count, {2, 77}, at::kInt).clamp_min(-1);
        cpu.rollout_step(drawing(rules, options, {Squash::tanh, mean, log_std}), {bots, at::full({}, 0.5F), true},
                         expected);
        cuda.rollout_step(drawing(rules, options, {Squash::tanh, mean.cuda(), log_std.cuda()}),
                          {bots.cuda(), at::full({}, 0.5F).cuda(), true}, played);
        INFO(preset.name << ", " << agent << ", step " << step);
        REQUIRE(same_bits(played.pre_squash, expected.pre_squash));
        REQUIRE(same_bits(played.action, expected.action));
        REQUIRE(same_bits(played.log_prob, expected.log_prob));
        REQUIRE(same_bits(played.reward, expected.reward));
        REQUIRE(at::equal(played.terminated.cpu(), expected.terminated));
        REQUIRE(at::equal(played.score.cpu(), expected.score));
        REQUIRE(same_bits(played.observation, expected.observation));
        REQUIRE(difference(cuda.state(), cpu.state()) == "");
      }
    }
}

TEST_CASE("on CUDA the loss's gradient is that of autograd in float64", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  at::manual_seed(2);
  const Rules rules = preset_with("arena", 3);
  for (const NetworkOptions& sort : all_sorts())
    for (const kernels::PolicyObjective objective :
         {kernels::PolicyObjective::reinforce, kernels::PolicyObjective::ppo}) {
      const Network network = mild_network(sort, rules, 3);
      const Network wide = in_type(network, at::kDouble);
      const Network there = on_device(network, at::kCUDA);
      const Samples samples = random_samples(network, rules, 613);
      const Samples doubles = in_float64(samples);
      const Samples samples_there = samples_in(at::TensorOptions(at::kCUDA).dtype(at::kFloat), samples);
      const at::Tensor rows = at::randperm(613).narrow(0, 0, 500);
      TrainOptions terms;
      terms.entropy = 0.1;
      const kernels::LossOptions options = loss_options(objective, terms, 0.01);
      const auto gradient = [&](const Network& of, const Samples& from, const GradientOptions& how) {
        const at::Tensor chosen = rows.to(from.log_prob.device());
        const at::Tensor metrics = loss_gradient(of, from, chosen, options, return_variance(from), thread_pool, how);
        return at::cat({of.gradient, metrics}).cpu();
      };
      INFO(sort_text(sort) << (objective == kernels::PolicyObjective::ppo ? ", ppo" : ", reinforce"));
      const at::Tensor exact = gradient(wide, doubles, {});
      for (const Differentiation way : {Differentiation::fused, Differentiation::matmul, Differentiation::autograd})
        CHECK(relative_distance(gradient(there, samples_there, {at::kFloat, way}), exact) < 1e-5);
      for (const Differentiation way : {Differentiation::fused, Differentiation::matmul}) {
        const at::Tensor found = gradient(there, samples_there, {at::kBFloat16, way});
        CHECK(relative_distance(found, exact) < 2e-2);
        CHECK(same_bits(gradient(there, samples_there, {at::kBFloat16, way}), found));
      }
    }
}

TEST_CASE("training on CUDA ends with the CPU's weights, but for rounding, and with the same bits twice", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  for (const Preset& preset : presets)
    for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce})
      for (const NetworkOptions& sort : all_sorts()) {
        if (sort.head == Head::footyai) continue;
        Config config = orderless(std::string(preset.name), sort);
        config.train.algorithm = algorithm;
        if (sort.trunk == Trunk::residual) config.train.teams = Teams::independent;
        const auto run = [&](at::Device device, std::int64_t shards = 1) {
          Trainer trainer(config, device, make_network, Ranks(shards));
          const auto weights = [&] {
            std::vector<at::Tensor> all;
            for (const Network& network : trainer.networks()) all.push_back(network.flat.cpu());
            return at::cat(all);
          };
          const at::Tensor before = weights();
          Metrics metrics;
          for (int k = 0; k < 3; ++k) {
            metrics = trainer.iterate(0.0);
            if (const Metrics last = trainer.last_metrics(); !last.empty()) metrics = last;
          }
          return std::tuple(weights() - before, weights_of(trainer), metrics);
        };
        const auto [way, weights, metrics] = run(at::kCPU);
        const auto [way_there, weights_there, metrics_there] = run(at::kCUDA);
        INFO(preset.name << ", " << algorithm << ", " << sort_text(sort));
        CHECK(relative_distance(way_there, way) < 1e-3);
        REQUIRE(metrics_there.size() == metrics.size());
        for (std::size_t k = 0; k < metrics.size(); ++k) {
          INFO(metrics[k].first);
          CHECK(metrics_there[k].first == metrics[k].first);
          CHECK(metrics_there[k].second == Approx(metrics[k].second).epsilon(1e-3).margin(1e-4));
        }
        CHECK(equal(std::get<1>(run(at::kCUDA)), weights_there));
        CHECK(relative_distance(std::get<0>(run(at::kCUDA, 2)), way) < 1e-3);
      }
}
