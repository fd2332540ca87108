// Which teams enter and leave the pool, and which of its members play.
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"
#include "train/opponents.h"
#include "train/trainer.h"

using namespace matchday;

namespace {

TrainOptions pool_of(std::int64_t size, std::int64_t slots, std::int64_t every, double margin = 1.0) {
  TrainOptions options;
  options.matches = 2 * slots;
  options.pool_share = 0.5;
  options.pool_size = size;
  options.pool_slots = slots;
  options.pool_every = every;
  options.pool_margin = margin;
  return options;
}

Network team(std::uint64_t seed = 0) { return lively_network(preset_with("arena", 1), small_options(), seed); }

/// The same wins, draws and losses in each slot.
at::Tensor results(std::int64_t slots, float wins, float draws, float losses) {
  return at::tensor({wins, draws, losses}).repeat({slots, 1});
}

/// Results in which the team wins this share of a hundred matches against each member, by the slots they play in.
at::Tensor results_against(const Opponents& opponents, const std::vector<double>& won_from) {
  std::vector<at::Tensor> rows;
  for (const std::size_t member : opponents.playing()) {
    const auto wins = static_cast<float>(100.0 * won_from[member]);
    rows.push_back(at::tensor({wins, 0.0F, 100.0F - wins}));
  }
  return at::stack(rows);
}

std::vector<std::int64_t> iterations(const Opponents& opponents) {
  std::vector<std::int64_t> all;
  for (const PoolMember& member : opponents.pool()) all.push_back(member.iteration);
  return all;
}

/// Short matches, half of them against two teams of the pool.
Config training_with_pool(std::int32_t players, std::int64_t pool_every) {
  Config config = default_config("arena");
  config.rules.players = players;
  config.rules.steps = 12;
  config.network = small_options();
  config.train.matches = 16;
  config.train.rollout_steps = 5;
  config.train.teacher = "none";
  config.train.bot_share = 0.0;
  config.train.pool_share = 0.5;
  config.train.pool_slots = 2;
  config.train.pool_every = pool_every;
  return config;
}

}  // namespace

TEST_CASE("a snapshot is taken every so many iterations, and always plays at first") {
  Opponents opponents(pool_of(100, 3, 4), team(), 1);
  CHECK(iterations(opponents) == std::vector<std::int64_t>{0});
  CHECK(opponents.playing() == std::vector<std::size_t>{0, 0, 0});
  for (std::int64_t k = 1; k <= 12; ++k) {
    const Network now = team(static_cast<std::uint64_t>(k));
    INFO("iteration " << k);
    CHECK(opponents.renew(now, k, results(3, 0, 0, 0)) == (k % 4 == 0));
    if (k % 4 != 0) continue;
    CHECK(same_bits(weights_in_a_row(opponents.pool().back().network), weights_in_a_row(now)));
    CHECK(opponents.playing().size() == 3);
    CHECK(opponents.playing()[0] == opponents.pool().size() - 1);
  }
  CHECK(iterations(opponents) == std::vector<std::int64_t>{0, 4, 8, 12});
}

TEST_CASE("a snapshot is taken early when the team wins enough of the points in enough matches") {
  struct Case {
    double margin;
    at::Tensor results;
    bool taken;
  };
  const std::vector<Case> cases{
      {0.7, results(2, 14, 0, 6), true},    // exactly the margin
      {0.7, results(2, 13, 0, 7), false},   // a little less
      {0.7, results(2, 13, 2, 5), true},    // draws are half a win
      {0.7, results(2, 8, 12, 0), true},    //
      {0.7, results(2, 8, 11, 1), false},   //
      {0.7, results(2, 19, 0, 0), false},   // too few matches
      {0.7, results(2, 20, 0, 0), true},    //
      {1.0, results(2, 100, 0, 0), false},  // never
      {0.5, results(2, 10, 0, 10), true},   //
  };
  for (const Case& one : cases) {
    Opponents opponents(pool_of(100, 2, 1000, one.margin), team(), 1);
    INFO("margin " << one.margin << ", results " << one.results[0]);
    CHECK(opponents.renew(team(), 1, one.results) == one.taken);
    CHECK(opponents.pool().size() == (one.taken ? 2 : 1));
  }
}

TEST_CASE("an early snapshot puts the next one off") {
  Opponents opponents(pool_of(100, 2, 4, 0.7), team(), 1);
  CHECK(opponents.renew(team(), 2, results(2, 20, 0, 0)));
  CHECK_FALSE(opponents.renew(team(), 4, results(2, 0, 0, 0)));
  CHECK(opponents.renew(team(), 6, results(2, 0, 0, 0)));
}

TEST_CASE("a member's points follow the latest results, if there are enough of them") {
  Opponents opponents(pool_of(100, 1, 1), team(), 1);
  const auto points_after = [&](float wins, float draws, float losses) {
    const std::size_t member = opponents.playing()[0];
    CHECK(opponents.renew(team(), iterations(opponents).back() + 1, results(1, wins, draws, losses)));
    return opponents.pool()[member].points;
  };
  CHECK(opponents.pool()[0].points == 0.5);
  CHECK(points_after(20, 0, 0) == Approx(0.75));  // the mean of 0.5 and 1
  CHECK(points_after(0, 10, 10) == Approx(0.375));
  CHECK(points_after(0, 0, 19) == 0.5);  // too few
}

TEST_CASE("the pool keeps its size: the one from which the team takes most points goes") {
  Opponents opponents(pool_of(3, 40, 1), team(), 1);
  const auto renew = [&](const std::vector<double>& won_from) {
    CHECK(opponents.renew(team(), iterations(opponents).back() + 1, results_against(opponents, won_from)));
    return iterations(opponents);
  };
  CHECK(renew({0.2}) == std::vector<std::int64_t>{0, 1});
  CHECK(renew({0.2, 0.9}) == std::vector<std::int64_t>{0, 1, 2});
  CHECK(renew({0.2, 0.9, 0.4}) == std::vector<std::int64_t>{0, 2, 3});
  CHECK(renew({0.6, 0.4, 0.5}) == std::vector<std::int64_t>{2, 3, 4});
  CHECK(renew({0.0, 0.1, 0.9}) == std::vector<std::int64_t>{2, 3, 5});

  Opponents alone(pool_of(1, 4, 1), team(), 1);
  for (std::int64_t k = 1; k < 4; ++k) {
    CHECK(alone.renew(team(), k, results(4, 0, 0, 30)));
    CHECK(iterations(alone) == std::vector<std::int64_t>{k});
  }
}

TEST_CASE("those who are hard to beat play more often") {
  std::map<std::int64_t, double> played;  // keyed by the member's iteration
  double draws = 0.0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Opponents opponents(pool_of(10, 200, 1), team(), seed * 1000);
    // The team never beats the first member, always beats the second, and has not met the third.
    CHECK(opponents.renew(team(), 1, results_against(opponents, {0.0})));
    CHECK(opponents.renew(team(), 2, results_against(opponents, {0.0, 1.0})));
    REQUIRE(opponents.pool()[0].points < 1e-6);
    REQUIRE(opponents.pool()[1].points > 1.0 - 1e-6);
    for (std::size_t slot = 1; slot < 200; ++slot, ++draws)
      played[opponents.pool()[opponents.playing()[slot]].iteration] += 1.0;
  }
  // Weights are the squared share of points it loses, plus 0.02: 1.02, 0.02 and 0.27.
  const std::map<std::int64_t, double> weights{{0, 1.02}, {1, 0.02}, {2, 0.27}};
  for (const auto& [iteration, weight] : weights) {
    const double share = weight / 1.31;
    INFO("the member of iteration " << iteration << " was chosen " << played[iteration] << " times of " << draws);
    CHECK(std::abs(played[iteration] / draws - share) < 4.0 * std::sqrt(share * (1.0 - share) / draws));
  }
}

TEST_CASE("who plays follows from the seed") {
  const auto chosen = [](std::uint64_t seed) {
    Opponents opponents(pool_of(10, 50, 1), team(), seed);
    for (std::int64_t k = 1; k < 5; ++k) opponents.renew(team(), k, results(50, 0, 0, 0));
    return opponents.playing();
  };
  CHECK(chosen(1) == chosen(1));
  CHECK(chosen(1) != chosen(2));
}

TEST_CASE("no team of the pool is ever trained on, and each is as the team was when it was taken") {
  Trainer trainer(training_with_pool(2, 2), at::kCPU);
  std::map<std::int64_t, at::Tensor> taken{{0, weights_in_a_row(trainer.networks()[0])}};
  for (int k = 1; k <= 7; ++k) {
    const Metrics metrics = trainer.iterate(0.0);
    if (k % 2 == 0) taken[k] = weights_in_a_row(trainer.networks()[0]);
    CHECK(metric(metrics, "pool") == static_cast<double>(taken.size()));
    REQUIRE(trainer.opponents().pool().size() == taken.size());
    for (const PoolMember& member : trainer.opponents().pool()) {
      INFO("iteration " << k << ", member of iteration " << member.iteration);
      CHECK(same_bits(weights_in_a_row(member.network), taken.at(member.iteration)));
      for (const NamedTensor& weights : parameters(member.network)) CHECK_FALSE(weights.tensor.requires_grad());
    }
  }
  CHECK_FALSE(at::equal(taken[2], taken[4]));
}

TEST_CASE("matches begin apart, and those against the pool begin anew, apart too, when it is renewed") {
  Config config = training_with_pool(1, 4);
  config.train.pool_margin = 1.0;
  Trainer trainer(config, at::kCPU);
  const auto over = [&] {
    trainer.iterate(0.0);
    return trainer.opponents().results().sum().item<double>();
  };
  // Places 8 to 15 start at the clocks 11, 6, 2, 9, 4, 0, 7, 3: multiples of the golden ratio.
  CHECK(over() == 3.0);   // 11, 9 and 7 after five steps
  CHECK(over() == 7.0);   // and all but 0 after ten
  CHECK(over() == 10.0);  // and that one after fifteen, and two places' second matches
  CHECK(over() == 0.0);   // renewed and restarted, at the clocks 0, 7, 2, 10, 5, 1, 8, 3
  CHECK(over() == 3.0);
  CHECK(over() == 6.0);
  CHECK(over() == 9.0);

  config.train.rollout_steps = 0;
  config.train.pool_every = 3;
  Trainer whole_matches(config, at::kCPU);
  for (const double expected : {8.0, 16.0, 0.0, 8.0, 16.0, 0.0}) {
    whole_matches.iterate(0.0);
    CHECK(whole_matches.opponents().results().sum().item<double>() == expected);
  }
}
