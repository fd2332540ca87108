// All kinds of training, a little of each.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/tiny_training.h"

using namespace matchday;

namespace {

struct Variant {
  std::string name;
  Config config;
};

/// All kinds of training, a little of each.
std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const char* preset : {"arena", "footyai-v1", "footyai-v2"})
    for (const Teams teams : {Teams::shared, Teams::independent})
      all.push_back({fmt::format("{}, {}", preset, name_of(teams)), tiny(preset, teams)});
  for (const Baseline baseline : {Baseline::none, Baseline::batch, Baseline::critic})
    all.push_back({fmt::format("reinforce, baseline {}", name_of(baseline)), tiny_reinforce(baseline)});
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
  add("team", [](Config& config) { config.network.agent = Agent::team; });
  add("residual", [](Config& config) {
    config.network.trunk = Trunk::residual;
    config.network.hidden = config.network.critic_hidden = {8, 8};
  });
  add("sigma from the network, two epochs and a limit to them", [](Config& config) {
    config.network.sigma = Sigma::network;
    config.train.epochs = 2;
    config.train.target_kl = 0.01;
    config.train.normalise = Normalise::none;
  });
  return all;
}

/// All metrics and weights of three iterations.
struct Run {
  std::vector<Metrics> metrics;
  std::vector<at::Tensor> weights;
};

Run run(const Config& config) {
  Trainer trainer(config, at::kCPU);
  Run result;
  for (const double progress : {0.0, 0.3, 0.6}) result.metrics.push_back(trainer.iterate(progress));
  result.weights = weights_of(trainer);
  return result;
}

}  // namespace

TEST_CASE("a run follows from its seed, and all its metrics are numbers", "[slow]") {
  for (auto [name, config] : variants()) {
    const Run once = run(config);
    at::rand({77});  // other draws in between must not matter
    const Run again = run(config);
    INFO(name);
    CHECK(once.metrics == again.metrics);
    CHECK(equal(once.weights, again.weights));
    config.train.seed = 12;
    const Run other = run(config);
    CHECK(once.metrics != other.metrics);
    CHECK_FALSE(equal(once.weights, other.weights));
    for (const Metrics& metrics : once.metrics)
      for (const auto& [metric_name, number] : metrics) {
        INFO(metric_name);
        CHECK(std::isfinite(number));
      }
  }
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

TEST_CASE("a run does not depend on the number of threads") {
  for (auto& [name, config] : variants()) {
    config.train.threads = 1;
    const Run alone = run(config);
    config.train.threads = 3;
    const Run together = run(config);
    INFO(name);
    CHECK(alone.metrics == together.metrics);
    CHECK(equal(alone.weights, together.weights));
  }
}
