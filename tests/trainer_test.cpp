#include "train/trainer.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "policy/bots.h"
#include "policy/network_policy.h"
#include "rules/randomness.h"
#include "tests/catch.h"
#include "tests/scenarios.h"

using namespace matchday;

namespace {

Config tiny(const std::string& preset = "arena", const std::string& teams = "shared") {
  Config config = default_config(preset);
  config.rules.steps = 12;
  config.network.hidden = {16};
  config.train.matches = 8;
  config.train.teams = teams;
  config.train.seed = 11;
  return config;
}

std::vector<at::Tensor> weights_of(const Trainer& trainer) {
  std::vector<at::Tensor> all;
  for (const TeamNetwork& network : trainer.checkpoint().networks)
    for (const at::Tensor& parameter : network->parameters()) all.push_back(parameter.detach().clone());
  return all;
}

bool equal(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!same_bits(a[k], b[k])) return false;
  return a.size() == b.size();
}

std::vector<double> numbers(const IterationFigures& figures) {
  return {figures.loss,           figures.gradient_norm, figures.sigma,   figures.entropy,     figures.goals_per_match,
          figures.lead_per_match, figures.learning_rate, figures.shaping, figures.bad_actions, figures.skipped_updates};
}

/// Everything that three iterations show and leave behind.
struct Run {
  std::vector<double> figures;
  std::vector<at::Tensor> weights;
};

Run run(const Config& config) {
  Trainer trainer(config, at::kCPU);
  Run result;
  for (const double progress : {0.0, 0.3, 0.6})
    for (const double number : numbers(trainer.iterate(progress))) result.figures.push_back(number);
  result.weights = weights_of(trainer);
  return result;
}

}  // namespace

TEST_CASE("a trajectory holds what was seen, drawn and earned") {
  const at::NoGradGuard no_gradient;
  for (const char* preset : {"arena", "footyai-v2"})
    for (const char* teams : {"shared", "independent"}) {
      const Config config = tiny(preset, teams);
      TeamNetworks networks = Trainer(config, at::kCPU).checkpoint().networks;
      const SimulatorOptions options{.matches = 8, .seed = 4};
      const at::Tensor shaping = at::full({}, 0.6F);
      Simulator simulator(config.rules, options);
      const Trajectory trajectory = rollout(simulator, networks, 12, shaping);

      Simulator again(config.rules, options);
      for (int t = 0; t < 12; ++t) {
        INFO(preset << ", " << teams << ", step " << t);
        CHECK(same_bits(trajectory.observation[t], again.observe()));
        at::Tensor drawn = at::empty({2, 8, 5, 4});
        for (const int team : {0, 1}) {
          const ActionDistribution distribution =
              networks[networks.size() == 1 ? 0 : static_cast<std::size_t>(team)]->forward(again.observe()[team]);
          const at::Tensor noise = again.noise(slot_action_noise)[team].flatten(1);
          drawn[team] = (distribution.mean + distribution.log_std.exp() * noise).unflatten(1, {5, 4});
        }
        // A forward pass over both teams' rows at once may round otherwise.
        const at::Tensor stored = trajectory.pre_squash[t].view({2, 8, 5, 4});
        CHECK(at::allclose(stored, drawn, 1e-5, 1e-5));
        // Drawn with next to no deviation, what was stored comes again, with the tanh that the actions were made with.
        const ActionDistribution certain{config.network.head == "footyai" ? Squash::none : Squash::tanh,
                                         trajectory.pre_squash[t], at::full({2, 8, 20}, -87.0F)};
        CHECK(same_bits(draw(again, certain).pre_squash, trajectory.pre_squash[t]));
        const StepResult result = again.step(draw(again, certain).action, shaping);
        CHECK(same_bits(trajectory.reward[t], result.reward));
        CHECK(at::equal(trajectory.terminated[t], result.terminated));
        CHECK(result.terminated.all().item<bool>() == (t == 11));
      }
      CHECK(trajectory.reward.abs().max().item<double>() > 0.0);
    }
}

TEST_CASE("a run follows from its seed") {
  for (const char* preset : {"arena", "footyai-v1", "footyai-v2"})
    for (const char* teams : {"shared", "independent"}) {
      Config config = tiny(preset, teams);
      const Run once = run(config);
      at::rand({77});  // whatever was drawn in between
      const Run again = run(config);
      INFO(preset << ", " << teams);
      CHECK(once.figures == again.figures);
      CHECK(equal(once.weights, again.weights));
      config.train.seed = 12;
      const Run other = run(config);
      CHECK(once.figures != other.figures);
      CHECK_FALSE(equal(once.weights, other.weights));
      for (const double number : once.figures) CHECK(std::isfinite(number));
    }
}

TEST_CASE("an iteration plays a match at every place and moves the weights once") {
  Trainer trainer(tiny(), at::kCPU);
  for (int k = 1; k <= 3; ++k) {
    const std::vector<at::Tensor> before = weights_of(trainer);
    const IterationFigures figures = trainer.iterate(0.0);
    CHECK(figures.iteration == k);
    CHECK(figures.match_steps == k * 8 * 12);
    CHECK(figures.bad_actions == 0.0);
    CHECK(figures.skipped_updates == 0.0);
    CHECK(figures.gradient_norm > 0.0);
    CHECK(figures.sigma == Approx(std::exp(-0.7)).epsilon(0.02));
    CHECK(figures.entropy == Approx(0.5 * std::log(2.0 * std::numbers::pi * std::numbers::e) - 0.7).epsilon(0.02));
    CHECK_FALSE(equal(before, weights_of(trainer)));
    // Adam moves no weight by much more than the learning rate in its first steps.
    const std::vector<at::Tensor> after = weights_of(trainer);
    for (std::size_t i = 0; i < after.size(); ++i)
      CHECK((after[i] - before[i]).abs().max().item<double>() < 2.0 * figures.learning_rate);
  }
  const Checkpoint checkpoint = trainer.checkpoint();
  CHECK(checkpoint.iteration == 3);
  CHECK(checkpoint.match_steps == trainer.match_steps());
  CHECK(checkpoint.config == tiny());
}

TEST_CASE("independent teams start apart and stay apart") {
  Trainer trainer(tiny("arena", "independent"), at::kCPU);
  for (int k = 0; k < 2; ++k) {
    const TeamNetworks networks = trainer.checkpoint().networks;
    REQUIRE(networks.size() == 2);
    CHECK_FALSE(at::equal(networks[0]->parameters()[0], networks[1]->parameters()[0]));
    trainer.iterate(0.0);
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
    const IterationFigures figures = trainer.iterate(k / 5.0);
    CHECK(figures.shaping == Approx(shaping[k]));
    CHECK(figures.learning_rate == Approx(rate[k]));
  }
  CHECK(trainer.iterate(7.0).learning_rate == Approx(2e-4));  // a run that takes longer than planned

  config.train.shaping_iterations = 0;
  Trainer steady(config, at::kCPU);
  steady.iterate(0.0);
  CHECK(steady.iterate(0.0).shaping == 1.0);
}

TEST_CASE("the shaping weight reaches the rewards: without it and without goals there is nothing to learn") {
  Config config = tiny();
  config.rules.steps = 3;  // too short for a goal
  config.train.shaping_iterations = 1;
  Trainer trainer(config, at::kCPU);
  CHECK(trainer.iterate(0.0).gradient_norm > 0.0);
  const IterationFigures figures = trainer.iterate(0.0);
  CHECK(figures.goals_per_match == 0.0);
  CHECK(figures.gradient_norm == 0.0);
}

TEST_CASE("bad numbers in a network are counted and never train it") {
  Trainer trainer(tiny(), at::kCPU);
  trainer.iterate(0.0);
  {
    const at::NoGradGuard no_gradient;
    trainer.checkpoint().networks[0]->parameters()[0].fill_(std::numeric_limits<float>::quiet_NaN());
  }
  const std::vector<at::Tensor> before = weights_of(trainer);
  const IterationFigures figures = trainer.iterate(0.0);
  CHECK(figures.bad_actions == 12.0 * 8 * 10 * 4);
  CHECK(figures.skipped_updates == 1.0);
  CHECK(equal(before, weights_of(trainer)));
}

TEST_CASE("devices are found by their names") {
  CHECK(find_device("cpu") == at::Device(at::kCPU));
  CHECK_NOTHROW(find_device("auto"));
  CHECK_THROWS_AS(find_device("cuda:99"), BadInput);
}
