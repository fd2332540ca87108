// Opponents on a CUDA device: the pool's networks as one, and renewals by metrics that arrive an iteration late.
// Without a device these tests are skipped.
#include <string>

#include "run/checkpoint.h"
#include "tests/support/cuda.h"
#include "tests/support/played_rollout.h"
#include "tests/support/random_samples.h"
#include "tests/support/scenarios.h"
#include "tests/support/tiny_training.h"
#include "train/trainer.h"

using namespace matchday;

namespace {

ThreadPool thread_pool;

/// Different earlier versions of the team, and a bot.
Opponents different_opponents(const TrainOptions& options, const Rules& rules, const NetworkOptions& sort,
                              at::Device device) {
  at::manual_seed(3);
  std::vector<Network> selves;
  for (const std::uint64_t seed : {1U, 2U, 3U}) selves.push_back(on_device(mild_network(sort, rules, seed), device));
  Opponents opponents(options, selves[0], 1);
  const at::Tensor all_won = at::tensor({50.0F, 0.0F, 0.0F}).expand({options.pool_slots, 3});
  const at::Tensor all_lost = at::tensor({0.0F, 0.0F, 50.0F}).expand({options.pool_slots, 3});
  opponents.renew(selves[1], 1, all_won);
  opponents.renew(selves[2], 2, all_lost);
  return opponents;
}

/// A pool and a small pitch with wide goals, so that goals are frequent.
Config with_pool() {
  Config config = tiny();
  config.rules.players = 2;
  config.rules.half_length = config.rules.half_width = 8.0F;
  config.rules.goal_half_width = 6.0F;
  config.rules.start_noise = 0.5F;
  config.train.matches = 64;
  config.train.pool_share = 0.5;
  config.train.pool_slots = 2;
  config.train.pool_every = 3;
  config.train.pool_margin = 1.0;
  return config;
}

}  // namespace

TEST_CASE("on CUDA a rollout against others goes as on the CPU, but for rounding", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  TrainOptions options;
  options.matches = 40;
  options.pool_share = 0.5;
  options.pool_slots = 2;
  options.pool_every = 1;
  options.bot_share = 0.3;
  options.bots = "chaser";
  for (const Agent agent : {Agent::player, Agent::team})
    for (const bool independent : {false, true}) {
      Rules rules = preset_with("arena", 2);
      rules.steps = 4;
      const NetworkOptions sort = small_options(agent);
      TrainOptions against = options;
      if (independent) against.pool_share = against.bot_share = 0.0;
      const auto play_on = [&](at::Device device) {
        at::manual_seed(4);
        Networks networks;
        for (std::uint64_t k = 0; k < (independent ? 2U : 1U); ++k)
          networks.push_back(on_device(mild_network(sort, rules, k), device));
        Opponents opponents = different_opponents(against, rules, sort, device);
        Simulator simulator(rules, {.matches = against.matches, .seed = 4, .device = device});
        const Trajectory played =
            rollout(simulator, networks, opponents, thread_pool, {6, at::full({}, 0.5F).to(device), true});
        const at::Tensor results = independent ? at::zeros({}) : opponents.results();
        return std::vector<std::pair<std::string, at::Tensor>>{{"observation", played.observation},
                                                               {"pre_squash", played.pre_squash},
                                                               {"log_prob", played.log_prob},
                                                               {"values", played.values},
                                                               {"reward", played.reward},
                                                               {"terminated", played.terminated},
                                                               {"score", played.score},
                                                               {"goals", played.goals},
                                                               {"results", results}};
      };
      const auto expected = play_on(at::kCPU);
      const auto played = play_on(at::kCUDA);
      for (std::size_t k = 0; k < expected.size(); ++k) {
        INFO(agent << (independent ? ", independent, " : ", ") << expected[k].first);
        CHECK(at::allclose(played[k].second.cpu().to(at::kFloat), expected[k].second.to(at::kFloat), 1e-3, 1e-3));
      }
    }
}

TEST_CASE("on CUDA metrics come an iteration late, and a pool is renewed by its own alone", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const Config config = with_pool();
  Trainer trainer(config, at::kCUDA);
  const auto state = [&](const std::string& name) {
    return checkpoint_of(trainer).training.at("matches." + name).cpu().clone();
  };
  const Range pool = trainer.opponents().pool_matches();
  const at::Tensor staggered = state("clock").narrow(0, 0, pool.count);
  CHECK_FALSE(at::equal(staggered, at::zeros_like(staggered)));
  CHECK(trainer.iterate(0.0).empty());
  double farthest = 0.0;
  std::int64_t renewals = 0;
  bool renewed = false;  // in the previous iteration
  for (int k = 1; k < 12; ++k) {
    const std::size_t members = trainer.opponents().pool().size();
    const Metrics metrics = trainer.iterate(0.0);
    INFO("iteration " << trainer.iteration());
    CHECK(metric(metrics, "iteration") == k);
    const double points = metric(metrics, "points_from_pool");
    if (renewed) CHECK(points == 0.5);  // these metrics tell of the previous opponents, so none count
    farthest = std::max(farthest, std::abs(points - 0.5));
    renewed = trainer.opponents().pool().size() > members;
    if (!renewed) continue;
    ++renewals;
    CHECK(at::equal(state("clock").narrow(0, pool.first, pool.count), staggered));
    CHECK(state("score").narrow(1, pool.first, pool.count).sum().item<int>() == 0);
    CHECK(state("score").narrow(1, 0, pool.first).sum().item<int>() > 0);  // all other matches continue
    CHECK(trainer.opponents().results().abs().sum().item<float>() == 0.0F);
  }
  CHECK(renewals == 4);
  CHECK(farthest > 0.02);
  CHECK(trainer.work().launches() == 11);  // graphs are on by default
  CHECK(metric(trainer.last_metrics(), "iteration") == 12);
  CHECK(trainer.last_metrics().empty());
}

TEST_CASE("on CUDA a trainer that has recorded goes on from a state of another", "[cuda]") {
  SKIP_WITHOUT_CUDA();
  const Config config = with_pool();
  Trainer first(config, at::kCUDA), second(config, at::kCUDA);
  for (int k = 0; k < 3; ++k) first.iterate(0.0);
  first.last_metrics();
  for (int k = 0; k < 5; ++k) second.iterate(0.0);
  restore(second, checkpoint_of(first), "memory");
  CHECK(first.iterate(0.0).empty());
  CHECK(second.iterate(0.0).empty());  // restoring discards its pending metrics
  CHECK(equal(weights_of(first), weights_of(second)));
}
