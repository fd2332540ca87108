// What training takes of a GPU's memory: what is said against what is taken.
#include <string>

#include "rules/presets.h"
#include "tests/fake_cuda/memory.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/tiny_training.h"
#include "train/memory.h"
#include "train/trainer.h"

using namespace matchday;

TEST_CASE("training on a GPU takes the memory that is said") {
  for (const std::string preset : {"arena", "footyai-v2"})
    for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce})
      for (const Precision precision : {Precision::fp32, Precision::bf16})
        for (const Teams teams : {Teams::shared, Teams::independent})
          for (const Trunk trunk : values_of<Trunk>())
            for (const Agent agent : {Agent::player, Agent::team}) {
              Config config = default_config(preset);
              config.network.agent = agent;
              config.network.trunk = trunk;
              config.network.critic_hidden = config.network.hidden;
              config.train.algorithm = algorithm;
              config.train.precision = precision;
              config.train.teams = teams;
              if (teams == Teams::independent) config.train.bot_share = config.train.pool_share = 0.0;
              config.train.baseline = Baseline::critic;
              config.train.normalise = Normalise::batch;
              config.train.graphs = Graphs::off;
              config.train.pool_size = 1;  // as many as there are so soon
              config.train.matches = 60;
              config.train.rollout_steps = 5;
              config.train.minibatches = 3;
              config.train.epochs = 1;
              INFO(preset << ", " << algorithm << ", " << precision << ", " << teams << ", " << trunk << ", " << agent);
              REQUIRE(problem(config).value_or("") == "");
              const auto before = static_cast<double>(fake_cuda::memory_use().live);
              fake_cuda::forget_peak();
              Trainer trainer(config, at::kCUDA);
              for (int k = 0; k < 2; ++k) trainer.iterate(0.0);
              const double taken = static_cast<double>(fake_cuda::memory_use().peak) - before;
              const double said = bytes_of_training(config, at::kCUDA) + bytes_of_networks(config);
              CHECK(taken < 1.05 * said);
              CHECK(taken > 0.6 * said);
            }
}

TEST_CASE("more matches than a GPU has memory for are refused before anything is taken") {
  Config config;
  config.train.matches = *most_matches(config, at::kCUDA);
  CHECK(config.train.matches > 1000);
  CHECK_NOTHROW(require_room(config, at::kCUDA));
  config.train.matches *= 4;
  CHECK_THROWS_AS(require_room(config, at::kCUDA), BadInput);
}
