// Who plays whom, and what the opponents do.
#include "train/opponents.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "policy/bots.h"
#include "policy/network_policy.h"
#include "rules/observation.h"
#include "rules/randomness.h"
#include "tests/support/catch.h"
#include "tests/support/lively_networks.h"
#include "tests/support/played_rollout.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

/// No extra threads.
ThreadPool thread_pool;

const Rules rules = preset_with("arena", 2);
const Rules footyai = preset_with("footyai-v2", 2);

TrainOptions options_for(std::int64_t matches, double pool_share, std::int64_t slots, double bot_share,
                         const std::string& bots = "all") {
  TrainOptions options;
  options.matches = matches;
  options.pool_share = pool_share;
  options.pool_slots = slots;
  options.pool_every = 1;
  options.bot_share = bot_share;
  options.bots = bots;
  return options;
}

Network team(std::uint64_t seed, Agent agent = Agent::player, const Rules& of_game = rules) {
  return lively_network(of_game, small_options(agent), seed);
}

/// Opponents whose slots are played by different teams.
Opponents varied_opponents(const TrainOptions& options, Agent agent = Agent::player, const Rules& of_game = rules) {
  Opponents opponents(options, team(0, agent, of_game), 5);
  const at::Tensor nothing = at::zeros({options.pool_slots, 3});
  for (std::int64_t k = 1; k < 6; ++k)
    REQUIRE(opponents.renew(team(static_cast<std::uint64_t>(k), agent, of_game), k, nothing) ==
            (options.pool_share > 0.0));
  return opponents;
}

}  // namespace

TEST_CASE("the team itself, the pool and the bots share the batch, and no match is forgotten") {
  for (const std::int64_t matches : {1, 2, 7, 16, 61, 128})
    for (const double pool_share : {0.0, 0.1, 0.25, 0.5, 0.9})
      for (const double bot_share : {0.0, 0.1, 0.33, 0.9})
        for (const std::int64_t slots : {1, 3, 4})
          for (const std::string bots : {"all", "chaser"}) {
            if (pool_share + bot_share > 0.9) continue;
            const TrainOptions options = options_for(matches, pool_share, slots, bot_share, bots);
            const Opponents opponents(options, team(0), 1);
            const std::int64_t self_play = opponents.learning_sides() - matches;
            const Range pool = opponents.pool_matches();
            INFO(matches << " matches, pool " << pool_share << " in " << slots << " slots, bots " << bot_share << " "
                         << bots);
            CHECK(self_play >= 1);
            // With fewer pool matches than slots, fewer slots play.
            const auto whole = [&](double share) {
              return static_cast<std::int64_t>(share * static_cast<double>(matches) + 1e-9);
            };
            const std::int64_t playing = std::min(slots, whole(pool_share));
            CHECK(static_cast<std::int64_t>(opponents.playing().size()) == playing);
            CHECK(pool.count == (playing == 0 ? 0 : whole(pool_share) - whole(pool_share) % playing));
            if (pool.count > 0) CHECK(pool.first == self_play);

            // The bots play B in the remaining matches, in order, each in as many as the next or one fewer.
            const std::vector<std::string> names = bots_to_play(bots);
            const std::int64_t first = self_play + pool.count;
            CHECK(matches - first == whole(bot_share));
            CHECK(opponents.bots().defined() == (whole(bot_share) > 0));
            if (opponents.bots().defined()) {
              CHECK(opponents.bots()[0].eq(-1).all().item<bool>());
              CHECK(opponents.bots()[1].narrow(0, 0, first).eq(-1).all().item<bool>());
              std::int64_t counted = first, last = 0, fewest = matches, most = 0;
              for (const std::string& name : names) {
                const at::Tensor places = opponents.bots()[1].eq(static_cast<int>(find_bot(name))).nonzero();
                const std::int64_t own = places.size(0);
                if (own > 0) CHECK(places.min().item<std::int64_t>() == counted);
                counted += own;
                CHECK(own >= last);
                last = own;
                fewest = std::min(fewest, own);
                most = std::max(most, own);
              }
              CHECK(counted == matches);
              CHECK(most - fewest <= 1);
            }

            // The ranges cover the whole batch in order: the slots' members in the middle, if there is a pool.
            std::int64_t next = 0;
            std::size_t n = 0;
            for (const OpponentRange& stretch : opponents.ranges()) {
              CHECK(stretch.matches.first == next);
              next += stretch.matches.count;
              const bool of_pool = n > 0 && n <= opponents.playing().size();
              if (of_pool) CHECK(stretch.member == &opponents.pool()[opponents.playing()[n - 1]].network);
              CHECK((stretch.member != nullptr) == of_pool);
              ++n;
            }
            CHECK(next == matches);
          }
}

TEST_CASE("the pool's teams decide as one what each decides alone") {
  at::manual_seed(1);
  for (const Agent agent : {Agent::player, Agent::team}) {
    const Opponents opponents = varied_opponents(options_for(40, 0.5, 4, 0.3), agent);
    const NetworkShape shape = network_shape(rules, small_options(agent));
    REQUIRE(opponents.playing().size() == 4);
    const at::Tensor observation = at::randn({4, 5 * shape.rows, shape.inputs});
    const ActionDistribution all = decide(opponents.members_as_one(), observation);
    for (std::size_t slot = 0; slot < 4; ++slot) {
      const auto k = static_cast<std::int64_t>(slot);
      const Network& member = opponents.pool()[opponents.playing()[slot]].network;
      const ActionDistribution alone = decide(member, observation[k]);
      INFO(agent << ", slot " << slot);
      CHECK(at::allclose(all.mean[k], alone.mean, 1e-4, 1e-5));
      CHECK(at::allclose(all.log_std[k], alone.log_std.expand_as(all.log_std[k]), 1e-4, 1e-5));
    }
  }
}

TEST_CASE("in a rollout all play their part, and only the learning sides are kept") {
  at::manual_seed(2);
  const at::NoGradGuard no_gradient;
  for (const Rules& game : {rules, footyai})
    for (const Agent agent : {Agent::player, Agent::team})
      for (const double pool_share : {0.0, 0.5})
        for (const double bot_share : {0.0, 0.3})
          for (const bool in_one_block : {false, true}) {
            const TrainOptions options = options_for(40, pool_share, 4, bot_share, in_one_block ? "chaser" : "all");
            Opponents opponents = varied_opponents(options, agent, game);
            const Network network = team(50, agent, game);
            const std::int64_t learning = opponents.learning_sides(), self_play = learning - 40;
            Simulator simulator(game, {.matches = 40, .seed = 8});
            Simulator again(game, {.matches = 40, .seed = 8});
            const Trajectory trajectory =
                rollout(simulator, {network}, opponents, thread_pool, {1, at::full({}, 1.0F), false, in_one_block});
            INFO("in one block " << in_one_block << ", " << game_name(game.game) << ", " << agent << ", pool "
                                 << pool_share << ", bots " << bot_share);
            REQUIRE(trajectory.observation.size(1) == learning);
            REQUIRE(trajectory.pre_squash.size(1) == learning);
            REQUIRE(trajectory.log_prob.size(1) == learning);
            REQUIRE(trajectory.values.size(1) == learning);
            REQUIRE(trajectory.reward.size(1) == 40);
            CHECK(same_bits(trajectory.observation[0],
                            observe(again, network.options).flatten(0, 1).slice(0, 0, learning)));

            // Each match's actions, by the teams that play in it.
            const auto sampled = [&](const Network& player, int side, std::int64_t first, std::int64_t count) {
              return network_policy("", player, Decisions::sampled).act({again, side, first, count});
            };
            at::Tensor action = at::zeros({2, 40, 2, 4});
            action[0] = sampled(network, 0, 0, 40);
            action[1].narrow(0, 0, self_play) = sampled(network, 1, 0, self_play);
            const Range pool = opponents.pool_matches();
            for (std::int64_t slot = 0; slot < 4 && pool.count > 0; ++slot) {
              const Network& member = opponents.pool()[opponents.playing()[static_cast<std::size_t>(slot)]].network;
              action[1].narrow(0, pool.first + slot * 5, 5) = sampled(member, 1, pool.first + slot * 5, 5);
            }
            if (bot_share > 0.0) again.bot_actions(opponents.bots(), action);
            again.step(action);
            CHECK(at::allclose(simulator.state().bodies, again.state().bodies, 1e-4, 1e-4));
          }
}

TEST_CASE("matches against the pool are counted slot by slot when they are over") {
  Opponents opponents = varied_opponents(options_for(16, 0.5, 2, 0.2, "still"));
  const Range pool = opponents.pool_matches();
  REQUIRE(pool.first == 5);
  REQUIRE(pool.count == 8);
  at::Tensor score = at::zeros({2, 2, 16}, at::kInt);  // of two steps
  //                          the team itself      slot 0      slot 1      the bot
  score[0][0] = at::tensor({9, 9, 9, 9, 9, /**/ 1, 0, 2, 3, 0, 0, 1, 1, /**/ 9, 9, 9}, at::kInt);
  score[0][1] = at::tensor({0, 0, 0, 0, 0, /**/ 0, 1, 2, 1, 0, 5, 2, 0, /**/ 0, 0, 0}, at::kInt);
  score[1] = score[0];
  at::Tensor over = at::zeros({2, 16}, at::kBool);
  over[0].fill_(true);
  over[0][8] = false;  // slot 0's second win is not over yet
  opponents.count(score, over);
  CHECK(at::equal(opponents.results(), at::tensor({1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 2.0F}).view({2, 3})));
  over[1][8] = true;  // but in the second step it is
  opponents.count(score, at::zeros({2, 16}, at::kBool));
  opponents.count(score.narrow(0, 1, 1), over.narrow(0, 1, 1));
  CHECK(at::equal(opponents.results(), at::tensor({2.0F, 1.0F, 1.0F, 1.0F, 1.0F, 2.0F}).view({2, 3})));
  opponents.count(score, over);
  CHECK(at::equal(opponents.results(), at::tensor({4.0F, 2.0F, 2.0F, 2.0F, 2.0F, 4.0F}).view({2, 3})));
  CHECK(opponents.renew(team(70), 100, opponents.results()));
  CHECK(at::equal(opponents.results(), at::zeros({2, 3})));  // new opponents
}

TEST_CASE("what counts is the score at full time, before the next match begins") {
  Opponents opponents = varied_opponents(options_for(16, 0.5, 2, 0.0));
  Simulator simulator(rules, {.matches = 16});
  MatchState state = clone(simulator.state());
  state.score[0].slice(0, 8) = at::tensor({5, 5, 5, 0, 0, 5, 5, 5}, at::kInt);  // leads too large for one step to turn
  state.score[1].slice(0, 8) = at::tensor({0, 0, 0, 5, 5, 0, 0, 0}, at::kInt);
  state.clock.fill_(rules.steps - 1);
  state.clock[14].fill_(0);
  simulator.set_state(state);
  rollout(simulator, {team(50)}, opponents, thread_pool, {1, at::full({}, 1.0F), true});
  CHECK(simulator.state().score.slice(1, 8).select(1, 0).eq(0).all().item<bool>());
  CHECK(at::equal(opponents.results(), at::tensor({3.0F, 0.0F, 1.0F, 2.0F, 0.0F, 1.0F}).view({2, 3})));
}

TEST_CASE("without a pool nobody is counted or renewed") {
  Opponents opponents(options_for(10, 0.0, 4, 0.3), team(0), 1);
  opponents.count(at::ones({1, 2, 10}, at::kInt), at::ones({1, 10}, at::kBool));
  CHECK_FALSE(opponents.renew(team(1), 1000, at::Tensor()));
  CHECK(opponents.pool().empty());
  CHECK(opponents.pool_matches().count == 0);
}
