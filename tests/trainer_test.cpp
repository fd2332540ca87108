#include "train/trainer.h"

#include <torch/csrc/autograd/variable.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/scenarios.h"

using namespace matchday;

namespace {

Config tiny(const std::string& preset = "arena", const std::string& teams = "shared") {
  Config config = default_config(preset);
  config.rules.steps = 12;
  config.network.hidden = {16};
  if (preset == "arena") config.network.critic_hidden = {16};
  config.train.matches = 8;
  if (preset == "arena") config.train.rollout_steps = 5;
  config.train.minibatch = 150;
  config.train.teams = teams;
  config.train.seed = 11;
  return config;
}

/// Arena learnt by one step along the policy gradient, whole matches at a time.
Config tiny_reinforce(const std::string& baseline) {
  Config config = tiny();
  config.train.algorithm = "reinforce";
  config.train.rollout_steps = 0;
  config.train.baseline = baseline;
  return config;
}

struct Variant {
  std::string name;
  Config config;
};

/// All that training can be told to do, a little of each.
std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const char* preset : {"arena", "footyai-v1", "footyai-v2"})
    for (const char* teams : {"shared", "independent"})
      all.push_back({std::string(preset) + ", " + teams, tiny(preset, teams)});
  for (const char* baseline : {"none", "batch", "critic"})
    all.push_back({std::string("reinforce, baseline ") + baseline, tiny_reinforce(baseline)});
  const auto add = [&](const std::string& name, const auto& change) {
    Config config = tiny();
    change(config);
    REQUIRE(!problem(config));
    all.push_back({name, config});
  };
  add("pool and bots", [](Config& config) {
    config.train.matches = 16;
    config.train.pool_share = 0.25;
    config.train.pool_slots = 2;
    config.train.pool_every = 1;
    config.train.bot_share = 0.4;
  });
  add("team", [](Config& config) { config.network.kind = "team"; });
  add("residual", [](Config& config) {
    config.network.body = "residual";
    config.network.hidden = config.network.critic_hidden = {8, 8};
  });
  add("clipped head, sigma from the network, two epochs and a limit to them", [](Config& config) {
    config.network.head = "clipped";
    config.network.sigma = "network";
    config.train.epochs = 2;
    config.train.kl_limit = 0.01;
    config.train.normalise = "none";
  });
  return all;
}

std::vector<at::Tensor> weights_of(const Trainer& trainer) {
  std::vector<at::Tensor> all;
  for (const Network& network : trainer.checkpoint().networks)
    for (const NamedTensor& parameter : parameters(network)) all.push_back(parameter.tensor.detach().clone());
  return all;
}

/// The trainer's own tensor of that name.
at::Tensor parameter_of(const Trainer& trainer, const std::string& name) {
  for (const NamedTensor& parameter : parameters(trainer.checkpoint().networks[0]))
    if (parameter.name == name) return parameter.tensor;
  throw std::logic_error("no parameter " + name);
}

bool equal(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!same_bits(a[k], b[k])) return false;
  return a.size() == b.size();
}

/// Everything that three iterations show and leave behind.
struct Run {
  std::vector<Figures> figures;
  std::vector<at::Tensor> weights;
};

Run run(const Config& config) {
  Trainer trainer(config, at::kCPU);
  Run result;
  for (const double progress : {0.0, 0.3, 0.6}) result.figures.push_back(trainer.iterate(progress));
  result.weights = weights_of(trainer);
  return result;
}

}  // namespace

TEST_CASE("a run follows from its seed, and all its figures are numbers") {
  for (auto [name, config] : variants()) {
    const Run once = run(config);
    at::rand({77});  // whatever was drawn in between
    const Run again = run(config);
    INFO(name);
    CHECK(once.figures == again.figures);
    CHECK(equal(once.weights, again.weights));
    config.train.seed = 12;
    const Run other = run(config);
    CHECK(once.figures != other.figures);
    CHECK_FALSE(equal(once.weights, other.weights));
    for (const Figures& figures : once.figures)
      for (const auto& [figure_name, number] : figures) {
        INFO(figure_name);
        CHECK(std::isfinite(number));
      }
  }
}

TEST_CASE("an iteration of REINFORCE plays a match at every place and moves the weights once") {
  const Config config = tiny_reinforce("batch");
  Trainer trainer(config, at::kCPU);
  for (int k = 1; k <= 3; ++k) {
    const std::vector<at::Tensor> before = weights_of(trainer);
    const Figures figures = trainer.iterate(0.0);
    CHECK(figure(figures, "iteration") == k);
    CHECK(figure(figures, "match_steps") == k * 8 * 12);
    CHECK(figure(figures, "bad_actions") == 0.0);
    CHECK(figure(figures, "skipped_updates") == 0.0);
    CHECK(figure(figures, "gradient_norm") > 0.0);
    CHECK(figure(figures, "sigma") == Approx(std::exp(-0.7)).epsilon(0.02));
    const double entropy = 0.5 * std::log(2.0 * std::numbers::pi * std::numbers::e) - 0.7;
    CHECK(figure(figures, "entropy") == Approx(entropy).epsilon(0.02));
    CHECK_FALSE(equal(before, weights_of(trainer)));
    // Adam moves no weight by much more than the learning rate in its first steps.
    const std::vector<at::Tensor> after = weights_of(trainer);
    for (std::size_t i = 0; i < after.size(); ++i)
      CHECK((after[i] - before[i]).abs().max().item<double>() < 2.0 * figure(figures, "learning_rate"));
  }
  const Checkpoint checkpoint = trainer.checkpoint();
  CHECK(checkpoint.iteration == 3);
  CHECK(checkpoint.match_steps == trainer.match_steps());
  CHECK(checkpoint.config == config);
}

TEST_CASE("an iteration of PPO plays a window of every match and moves the weights by each minibatch") {
  Trainer trainer(tiny(), at::kCPU);
  for (int k = 1; k <= 4; ++k) {
    const std::vector<at::Tensor> before = weights_of(trainer);
    const Figures figures = trainer.iterate(0.0);
    CHECK(figure(figures, "iteration") == k);
    CHECK(figure(figures, "match_steps") == k * 8 * 5);
    CHECK(figure(figures, "skipped_updates") == 0.0);
    CHECK(figure(figures, "gradient_norm") > 0.0);
    CHECK(figure(figures, "value_loss") > 0.0);
    CHECK(figure(figures, "kl") >= 0.0);
    CHECK(figure(figures, "clipped") < 0.5);
    CHECK(figure(figures, "distance_between_mates") > 0.0);
    CHECK(figure(figures, "explained_variance") < 1.0);
    const std::vector<at::Tensor> after = weights_of(trainer);
    double largest = 0.0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      CHECK_FALSE(same_bits(after[i], before[i]));
      largest = std::max(largest, (after[i] - before[i]).abs().max().item<double>());
    }
    // 400 decisions are three minibatches of 150 or less, and Adam's first steps are the learning rate each.
    CHECK(largest > 1.9 * figure(figures, "learning_rate"));
    CHECK(largest < 3.1 * figure(figures, "learning_rate"));
  }
}

TEST_CASE("mates are as far apart as they stand") {
  Config config = tiny_reinforce("none");
  config.rules.steps = 1;
  config.rules.players = 2;
  config.train.seed = 3;
  Trainer trainer(config, at::kCPU);
  const double shown = figure(trainer.iterate(0.0), "distance_between_mates");
  // After one step they are still about where they began.
  const at::Tensor bodies = Simulator(config.rules, {.matches = 8, .seed = 3}).state().bodies;
  const at::Tensor gap = bodies.slice(0, 0, 2).index({at::indexing::Slice(), at::tensor({0, 2})}) -
                         bodies.slice(0, 0, 2).index({at::indexing::Slice(), at::tensor({1, 3})});
  CHECK(shown == Approx((gap[0].square() + gap[1].square()).sqrt().mean().item<double>()).margin(1.0));
  config.rules.players = 1;
  CHECK(figure(Trainer(config, at::kCPU).iterate(0.0), "distance_between_mates") == 0.0);
}

TEST_CASE("independent teams start apart and stay apart") {
  for (Config config : {tiny("arena", "independent"), tiny("footyai-v2", "independent")}) {
    Trainer trainer(config, at::kCPU);
    for (int k = 0; k < 2; ++k) {
      const Networks networks = trainer.checkpoint().networks;
      REQUIRE(networks.size() == 2);
      CHECK_FALSE(at::equal(networks[0].mean.weight, networks[1].mean.weight));
      const std::vector<at::Tensor> before = weights_of(trainer);
      trainer.iterate(0.0);
      const std::vector<at::Tensor> after = weights_of(trainer);
      for (std::size_t i = 0; i < after.size(); ++i) CHECK_FALSE(same_bits(after[i], before[i]));  // both learn
    }
  }
}

TEST_CASE("shaping and the learning rate fall linearly") {
  Config config = tiny();
  config.train.shaping_iterations = 4;
  config.train.learning_rate = 1e-3;
  config.train.learning_rate_end = 0.2;
  Trainer trainer(config, at::kCPU);
  const double shaping[] = {1.0, 0.75, 0.5, 0.25, 0.0, 0.0};
  const double rate[] = {1e-3, 8.4e-4, 6.8e-4, 5.2e-4, 3.6e-4, 2e-4};
  for (int k = 0; k < 6; ++k) {
    const Figures figures = trainer.iterate(k / 5.0);
    CHECK(figure(figures, "shaping") == Approx(shaping[k]));
    CHECK(figure(figures, "learning_rate") == Approx(rate[k]));
  }
  CHECK(figure(trainer.iterate(7.0), "learning_rate") == Approx(2e-4));  // a run that takes longer than planned

  config.train.shaping_iterations = 0;
  Trainer steady(config, at::kCPU);
  steady.iterate(0.0);
  CHECK(figure(steady.iterate(0.0), "shaping") == 1.0);
}

TEST_CASE("without a learning rate nothing moves") {
  for (auto& [name, config] : variants()) {
    config.train.learning_rate = 0.0;
    Trainer trainer(config, at::kCPU);
    const std::vector<at::Tensor> before = weights_of(trainer);
    trainer.iterate(0.0);
    INFO(name);
    CHECK(equal(weights_of(trainer), before));
  }
}

TEST_CASE("the shaping weight reaches the rewards: without it and without goals there is nothing to learn") {
  Config config = tiny_reinforce("batch");
  config.rules.steps = 3;  // too short for a goal
  config.train.shaping_iterations = 1;
  Trainer trainer(config, at::kCPU);
  CHECK(figure(trainer.iterate(0.0), "gradient_norm") > 0.0);
  const Figures figures = trainer.iterate(0.0);
  CHECK(figure(figures, "goals_per_match") == 0.0);
  CHECK(figure(figures, "gradient_norm") == 0.0);
}

TEST_CASE("bad numbers in a network are counted and never train it, and without them it learns on") {
  for (const Config& config : {tiny(), tiny_reinforce("batch")}) {
    Trainer trainer(config, at::kCPU);
    trainer.iterate(0.0);
    CHECK(trainer.bad_tensor() == "");
    const at::Tensor first = parameter_of(trainer, "shared_layers.0.weight");
    const at::Tensor good = first.detach().clone();
    const auto fill = [&](const at::Tensor& numbers) {
      const at::NoGradGuard no_gradient;
      first.copy_(numbers);
    };
    fill(at::full_like(good, std::numeric_limits<float>::quiet_NaN()));
    const std::vector<at::Tensor> before = weights_of(trainer);
    const Figures figures = trainer.iterate(0.0);
    const bool ppo = config.train.algorithm == "ppo";
    INFO(config.train.algorithm);
    CHECK(figure(figures, "bad_actions") == (ppo ? 5.0 : 12.0) * 8 * 10 * 4);
    CHECK(figure(figures, "skipped_updates") == (ppo ? 3.0 : 1.0));
    CHECK(trainer.bad_tensor() == "shared_layers.0.weight");
    CHECK(equal(before, weights_of(trainer)));

    fill(good);
    const Figures afterwards = trainer.iterate(0.0);
    CHECK(figure(afterwards, "skipped_updates") == figure(figures, "skipped_updates"));
    CHECK(std::isfinite(figure(afterwards, "loss")));
    CHECK(figure(afterwards, "gradient_norm") > 0.0);
    CHECK_FALSE(same_bits(first.detach(), good));
    for (const at::Tensor& weights : weights_of(trainer)) CHECK(weights.isfinite().all().item<bool>());
  }
}

TEST_CASE("a parameter with a bad gradient is named") {
  for (const char* name : {"fc_value.weight", "fc_log_sigma.bias", "shared_layers.0.bias"}) {
    Trainer trainer(tiny(), at::kCPU);
    const std::vector<at::Tensor> before = weights_of(trainer);
    const at::Tensor parameter = parameter_of(trainer, name);
    const unsigned hook = parameter.register_hook(
        [](const at::Tensor& gradient) { return gradient * std::numeric_limits<float>::infinity(); });
    CHECK(figure(trainer.iterate(0.0), "skipped_updates") == 3.0);
    CHECK(trainer.bad_tensor() == name);
    CHECK(equal(before, weights_of(trainer)));
    parameter.remove_hook(hook);
    CHECK(figure(trainer.iterate(0.0), "skipped_updates") == 3.0);
    CHECK_FALSE(equal(before, weights_of(trainer)));
  }
}

TEST_CASE("devices are found by their names") {
  CHECK(find_device("cpu") == at::Device(at::kCPU));
  CHECK_NOTHROW(find_device("auto"));
  CHECK_THROWS_AS(find_device("cuda:99"), BadInput);
}
