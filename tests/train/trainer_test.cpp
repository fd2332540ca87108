#include "train/trainer.h"

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "run/checkpoint.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/lively_networks.h"
#include "tests/support/played_rollout.h"
#include "tests/support/scenarios.h"
#include "tests/support/tiny_training.h"
#include "train/device.h"
#include "train/reinforce.h"

using namespace matchday;

namespace {

/// No extra threads.
ThreadPool thread_pool;

}  // namespace

TEST_CASE("an iteration of REINFORCE plays a match at every place and moves the weights once") {
  const Config config = tiny_reinforce(Baseline::batch);
  Trainer trainer(config, at::kCPU);
  for (int k = 1; k <= 3; ++k) {
    const std::vector<at::Tensor> before = weights_of(trainer);
    const Metrics metrics = trainer.iterate(0.0);
    CHECK(metric(metrics, "iteration") == k);
    CHECK(metric(metrics, "match_steps") == k * 8 * 12);
    CHECK(metric(metrics, "bad_actions") == 0.0);
    CHECK(metric(metrics, "skipped_updates") == 0.0);
    CHECK(metric(metrics, "gradient_norm") > 0.0);
    CHECK(metric(metrics, "sigma") == Approx(std::exp(-0.7)).epsilon(0.02));
    const double entropy = 0.5 * std::log(2.0 * std::numbers::pi * std::numbers::e) - 0.7;
    CHECK(metric(metrics, "entropy") == Approx(entropy).epsilon(0.02));
    CHECK_FALSE(equal(before, weights_of(trainer)));
    // Adam moves no weight by much more than the learning rate in its first steps.
    const std::vector<at::Tensor> after = weights_of(trainer);
    for (std::size_t i = 0; i < after.size(); ++i)
      CHECK((after[i] - before[i]).abs().max().item<double>() < 2.0 * metric(metrics, "learning_rate"));
  }
  const Checkpoint checkpoint = checkpoint_of(trainer);
  CHECK(checkpoint.iteration == 3);
  CHECK(checkpoint.match_steps == trainer.match_steps());
  CHECK(checkpoint.config == config);
}

TEST_CASE("an iteration of PPO plays a window of every match and moves the weights by each minibatch") {
  Trainer trainer(tiny(), at::kCPU);
  for (int k = 1; k <= 4; ++k) {
    const std::vector<at::Tensor> before = weights_of(trainer);
    const Metrics metrics = trainer.iterate(0.0);
    CHECK(metric(metrics, "iteration") == k);
    CHECK(metric(metrics, "match_steps") == k * 8 * 5);
    CHECK(metric(metrics, "skipped_updates") == 0.0);
    CHECK(metric(metrics, "gradient_norm") > 0.0);
    CHECK(metric(metrics, "value_loss") > 0.0);
    CHECK(metric(metrics, "kl") >= 0.0);
    CHECK(metric(metrics, "clipped") < 0.5);
    CHECK(metric(metrics, "distance_between_mates") > 0.0);
    CHECK(metric(metrics, "explained_variance") < 1.0);
    const std::vector<at::Tensor> after = weights_of(trainer);
    double largest = 0.0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      CHECK_FALSE(same_bits(after[i], before[i]));
      largest = std::max(largest, (after[i] - before[i]).abs().max().item<double>());
    }
    // 400 decisions make three minibatches of at most 150, and Adam's first steps each have the learning rate's size.
    CHECK(largest > 1.9 * metric(metrics, "learning_rate"));
    CHECK(largest < 3.1 * metric(metrics, "learning_rate"));
  }
}

TEST_CASE("an epoch has the steps of the optimiser that were asked for, whatever share of the matches the pool has",
          "[slow]") {
  struct Case {
    double pool_share;
    Teams teams;
    std::int64_t minibatches;
    std::int64_t minibatch;
    double steps;
  };
  // 16 matches of 5 steps, 5 players a side: 800 decisions of the team, minus one side's 75 in the pool's matches.
  for (const Case& one :
       {Case{0.0, Teams::shared, 20, 0, 20}, Case{0.2, Teams::shared, 20, 0, 20}, Case{0.2, Teams::shared, 7, 0, 7},
        Case{0.2, Teams::shared, 5000, 0, 725}, Case{0.2, Teams::shared, 7, 240, 4},
        Case{0.0, Teams::independent, 20, 0, 20}, Case{0.0, Teams::independent, 7, 240, 2}}) {
    Config config = tiny("arena", one.teams);
    config.train.matches = 16;
    config.train.pool_share = one.pool_share;
    config.train.pool_slots = 3;
    config.train.epochs = 2;
    config.train.minibatches = one.minibatches;
    config.train.minibatch = one.minibatch;
    Trainer trainer(config, at::kCPU);
    trainer.iterate(0.0);
    INFO(one.teams << ", pool " << one.pool_share << ", " << one.minibatches << " or " << one.minibatch << " rows");
    CHECK(checkpoint_of(trainer).training.at("optimiser.0.steps").item<double>() == 2.0 * one.steps);
  }
}

TEST_CASE("an iteration is a rollout, and an update of each network from its own sides") {
  for (const Teams teams : {Teams::shared, Teams::independent}) {
    Config config = tiny_reinforce(Baseline::critic);
    config.train.teams = teams;
    Trainer trainer(config, at::kCPU);
    Networks networks;
    for (const Network& network : trainer.networks()) networks.push_back(on_device(network, at::kCPU));
    const Metrics metrics = trainer.iterate(0.0);

    Simulator simulator(config.rules, {.matches = 8, .seed = 11});
    Opponents opponents(config.train, networks[0], 11);
    const Trajectory trajectory = rollout(simulator, networks, opponents, thread_pool, {12, at::full({}, 1.0F), false});
    const Advantages found = advantages(trajectory, config.train);
    const std::int64_t sides = networks.size() == 1 ? 16 : 8;
    for (std::size_t k = 0; k < networks.size(); ++k) {
      Learner learner{networks[k], Adam(networks[k], {.epsilon = 1e-5, .gradient_norm = config.train.gradient_norm})};
      const Samples samples = samples_of(trajectory, found, static_cast<std::int64_t>(k) * sides, sides);
      reinforce_update(learner, {samples}, config.train, 8, at::full({}, config.train.learning_rate, at::kFloat),
                       thread_pool);
      INFO(teams << ", network " << k);
      CHECK(same_bits(weights_in_a_row(networks[k]), weights_in_a_row(trainer.networks()[k])));
    }

    // Two mates' distance after the last step, on average over all pairs of both teams.
    const at::Tensor bodies = simulator.state().bodies;
    double sum = 0.0;
    for (const std::int64_t first : {0, 5})
      for (std::int64_t a = first; a < first + 5; ++a)
        for (std::int64_t b = a + 1; b < first + 5; ++b)
          sum += at::hypot(bodies[0][a] - bodies[0][b], bodies[1][a] - bodies[1][b]).sum().item<double>();
    CHECK(metric(metrics, "distance_between_mates") == Approx(sum / (2 * 10 * 8)).epsilon(1e-5));
    CHECK(metric(metrics, "goals_per_match") == Approx(simulator.state().score.sum().item<double>() / 8.0));
  }
  Config alone = tiny();
  alone.rules.players = 1;
  CHECK(metric(Trainer(alone, at::kCPU).iterate(0.0), "distance_between_mates") == 0.0);
}

TEST_CASE("independent teams start apart and stay apart") {
  for (Config config : {tiny("arena", Teams::independent), tiny("footyai-v2", Teams::independent)}) {
    Trainer trainer(config, at::kCPU);
    for (int k = 0; k < 2; ++k) {
      const Networks networks = trainer.networks();
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
  config.train.shaping_anneal = 0.0;
  config.train.shaping_iterations = 4;
  config.train.learning_rate = 1e-3;
  config.train.learning_rate_end = 0.2;
  Trainer trainer(config, at::kCPU);
  const double shaping[] = {1.0, 0.75, 0.5, 0.25, 0.0, 0.0};
  const double rate[] = {1e-3, 8.4e-4, 6.8e-4, 5.2e-4, 3.6e-4, 2e-4};
  for (int k = 0; k < 6; ++k) {
    const Metrics metrics = trainer.iterate(k / 5.0);
    CHECK(metric(metrics, "shaping") == Approx(shaping[k]));
    CHECK(metric(metrics, "learning_rate") == Approx(rate[k]));
  }
  CHECK(metric(trainer.iterate(7.0), "learning_rate") == Approx(2e-4));  // a run that takes longer than planned

  config.train.shaping_iterations = 0;
  Trainer steady(config, at::kCPU);
  steady.iterate(0.0);
  CHECK(metric(steady.iterate(0.7), "shaping") == 1.0);

  config.train.shaping_anneal = 0.5;
  Trainer fading(config, at::kCPU);
  for (const auto& [progress, expected] : {std::pair(0.0, 1.0), {0.2, 0.6}, {0.5, 0.0}, {0.8, 0.0}})
    CHECK(metric(fading.iterate(progress), "shaping") == Approx(expected));

  config.train.shaping_iterations = 4;  // takes precedence if both are given
  Trainer by_iterations(config, at::kCPU);
  by_iterations.iterate(0.0);
  CHECK(metric(by_iterations.iterate(0.5), "shaping") == Approx(0.75));
}

TEST_CASE("the shaping weight reaches the rewards: without it and without goals there is nothing to learn") {
  Config config = tiny_reinforce(Baseline::batch);
  config.rules.steps = 3;  // too short for a goal
  config.train.shaping_anneal = 0.0;
  config.train.shaping_iterations = 1;
  Trainer trainer(config, at::kCPU);
  CHECK(metric(trainer.iterate(0.0), "gradient_norm") > 0.0);
  const Metrics metrics = trainer.iterate(0.0);
  CHECK(metric(metrics, "goals_per_match") == 0.0);
  CHECK(metric(metrics, "gradient_norm") == 0.0);
}

TEST_CASE("devices are found by their names") {
  CHECK(find_device("cpu") == at::Device(at::kCPU));
  CHECK_NOTHROW(find_device("auto"));
  CHECK_THROWS_AS(find_device("cuda:99"), BadInput);
}

TEST_CASE("iterations are recorded, but for what a graph can't hold") {
  const Network network = make_network(arena(), {}, 1, at::kMeta);
  const auto records = [&](const auto& change) {
    Config config;
    change(config.train);
    return records_iterations(config, network);
  };
  CHECK(records([](TrainOptions&) {}));
  CHECK_FALSE(records([](TrainOptions& train) { train.graphs = Graphs::off; }));
  // 65,536 matches have 29,491,200 decisions; 145 orders of them are fewer than 2^32, 146 are more.
  const auto ordered = [](std::int64_t epochs, Graphs graphs) {
    return [=](TrainOptions& train) {
      train.matches = 65536;
      train.minibatches = 4;
      train.epochs = epochs;
      train.graphs = graphs;
    };
  };
  CHECK(records(ordered(145, Graphs::automatic)));
  CHECK(records(ordered(145, Graphs::on)));
  CHECK_FALSE(records(ordered(146, Graphs::automatic)));
  CHECK(complaint([&] {
          records(ordered(146, Graphs::on));
        }).starts_with("graphs is on, but the order of samples in 146 epochs takes 4.31e+09 random numbers"));
  // The optimiser's steps: a fixed number, not one per 2,880 rows of a large batch.
  const auto small_steps = [](Graphs graphs) {
    return [=](TrainOptions& train) {
      train.matches = 65536;
      train.minibatch = 2880;
      train.graphs = graphs;
    };
  };
  CHECK_FALSE(records(small_steps(Graphs::automatic)));
  CHECK(records(small_steps(Graphs::on)));
  Network of_torch = network;
  of_torch.forward = [](const std::vector<at::Tensor>&, const at::Tensor&) { return Outputs{}; };
  CHECK_FALSE(records_iterations({}, of_torch));
}

/// A run in which the teacher dominates the loss.
Config taught(Algorithm algorithm) {
  Config config = tiny();
  config.train.algorithm = algorithm;
  config.train.teacher = "role";
  config.train.teacher_weight = 20.0;
  config.train.teacher_until = 0.5;
  config.train.learning_rate = 3e-3;
  config.train.learning_rate_end = 1.0;
  return config;
}

TEST_CASE("a team comes nearer to what its teacher does, until the teacher has gone", "[slow]") {
  for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce}) {
    Trainer trainer(taught(algorithm), at::kCPU);
    const double at_first = metric(trainer.iterate(0.0), "teacher_distance");
    for (int k = 0; k < 60; ++k) trainer.iterate(0.1);
    const double taught = metric(trainer.iterate(0.1), "teacher_distance");
    INFO(algorithm << ": " << at_first << " to " << taught);
    CHECK(taught < 0.8 * at_first);
    for (const auto& [name, value] : trainer.iterate(0.5)) CHECK(name != "teacher_distance");
  }
}

TEST_CASE("a teacher whose weight never falls to nothing teaches to the end") {
  for (const Algorithm algorithm : {Algorithm::ppo, Algorithm::reinforce}) {
    Config config = taught(algorithm);
    config.train.teacher_rest = 20.0;
    Trainer trainer(config, at::kCPU);
    const double at_first = metric(trainer.iterate(0.9), "teacher_distance");
    for (int k = 0; k < 60; ++k) trainer.iterate(0.9);
    const double at_last = metric(trainer.iterate(1.0), "teacher_distance");
    INFO(algorithm << ": " << at_first << " to " << at_last);
    CHECK(at_last < 0.8 * at_first);
  }
}
