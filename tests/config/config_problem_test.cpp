// Every message that refuses a config.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "config/config.h"
#include "policy/bots.h"
#include "rules/fields.h"
#include "rules/presets.h"
#include "tests/support/catch.h"

using namespace matchday;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("each rule about rules trips") {
  struct Case {
    std::function<void(Rules&)> change;
    std::string message;
  };
  const std::vector<Case> cases{
      {[](Rules& r) { r.players = 0; }, "players is 0; it must be a whole number from 1 to 11 players"},
      {[](Rules& r) { r.steps = 1 << 30; }, "steps is 1073741824"},
      {[](Rules& r) { r.start_noise = NAN; }, "start_noise is nan"},
      {[](Rules& r) { r.kick_speed = INFINITY; }, "kick_speed is inf"},
      {[](Rules& r) { r.game = static_cast<Game>(7); }, "game is none"},
      {[](Rules& r) { r = footyai_v1(), r.goal_half_width = 31; },
       "goal_half_width is 31.0; it must be at most half_width"},
      {[](Rules& r) { r.goal_half_width = 24.5F; },
       "goal_half_width + post_radius is 25.2; it must be at most half_width"},
      {[](Rules& r) { r.goal_half_width = 1.3F; }, "the ball fits between the posts"},
      {[](Rules& r) { r.half_length = 9.0F, r.post_radius = 9.0F; }, "no post reaches the half-way line"},
      {[](Rules& r) { r.kick_speed = 7.6F; }, "kick_speed is 7.6; it must be at most ball_top_speed, 7.5"},
      {[](Rules& r) { r.kick_reach = 2.1F; }, "a player at the ball can kick it"},
      {[](Rules& r) { r.substeps = 4; }, "no ball passes through a player"},
      {[](Rules& r) { r.post_radius = 0.5F; }, "no ball passes through a post"},
      {[](Rules& r) { r.player_speed = 5, r.player_radius = 0.8F, r.ball_radius = 2, r.ball_top_speed = 7; },
       "no player passes through another"},
      {[](Rules& r) { r.start_noise = 4.5F; },
       "start_noise is 4.5; it must be at most the room that the formation leaves, 4.0"},
  };
  for (const Case& one : cases) {
    Rules rules = arena();
    one.change(rules);
    INFO(one.message << "\n-> " << problem(rules).value_or("good"));
    CHECK(contains(problem(rules).value_or("good"), one.message));
  }
  // Settings that only arena reads are not checked for FootyAI's games.
  Rules footyai = footyai_v2();
  footyai.start_noise = 100;
  CHECK(!problem(footyai));
}

TEST_CASE("each rule about the network and training trips") {
  struct Case {
    std::function<void(Config&)> change;
    std::string message;
  };
  const std::string critic_missing =
      "[network] critic_hidden is []; algorithm \"ppo\" and baseline \"critic\" need a critic";
  const auto reinforce = [](Config& c, Baseline baseline) {
    c.train.algorithm = Algorithm::reinforce;
    c.train.baseline = baseline;
    c.train.rollout_steps = 0;
  };
  const std::vector<Case> cases{
      {[](Config& c) { c.network.log_std_start = 0.5; }, "[network] log_std_start is 0.5; it must be between"},
      {[](Config& c) { c.network.log_std_start = -1.0; }, "[network] log_std_start is -1.0; it must be between"},
      {[](Config& c) { c.network.hidden.assign(65, 8); }, "[network] hidden has 65 layers; it must have 1 to 64"},
      {[](Config& c) { c.network.hidden = {}; }, "[network] hidden has 0 layers; it must have 1 to 64"},
      {[](Config& c) { c.network.critic_hidden.assign(65, 8); },
       "[network] critic_hidden has 65 layers; it must have 0 to 64"},
      {[](Config& c) {
         c.network.trunk = Trunk::residual, c.network.hidden = {8, 8, 9};
       },
       "[network] hidden is [8, 8, 9]; the layers of a residual trunk must all have one width"},
      {[](Config& c) {
         c.network.trunk = Trunk::residual, c.network.critic_hidden = {9, 8};
       },
       "[network] critic_hidden is [9, 8]; the layers of a residual trunk must all have one width"},
      {[](Config& c) { c.train.match_steps = 0; },
       "[train] match_steps, iterations and minutes are all 0; one of them must end the run"},
      {[&](Config& c) { reinforce(c, Baseline::batch), c.train.matches = 1; },
       "[train] matches is 1; it must be at least 2 for the baseline \"batch\""},
      {[&](Config& c) { reinforce(c, Baseline::batch), c.train.rollout_steps = 45; },
       "[train] baseline is \"batch\", which compares whole matches step by step; rollout_steps must be 0"},
      {[](Config& c) { c.train.normalise = Normalise::match; },
       "[train] normalise is \"match\", FootyAI's way for algorithm"},
      {[](Config& c) { c.train.pool_share = 0.5, c.train.bot_share = 0.45; },
       "[train] pool_share + bot_share is 0.95; it must be at most 0.9"},
      {[](Config& c) { c.train.teams = Teams::independent, c.train.pool_share = 0.1; },
       "[train] teams is \"independent\"; pool_share and bot_share must then be 0"},
      {[](Config& c) { c.train.teams = Teams::independent, c.train.bot_share = 0.06; },
       "[train] teams is \"independent\"; pool_share and bot_share must then be 0"},
      {[](Config& c) { c.network.critic_hidden = {}; }, critic_missing},
      {[&](Config& c) { reinforce(c, Baseline::critic), c.network.critic_hidden = {}; }, critic_missing},
      {[&](Config& c) { reinforce(c, Baseline::none), c.train.normalise = Normalise::match, c.rules.steps = 1; },
       "[train] normalise is \"match\", which takes at least 2 steps to have a standard deviation"},
      {[&](Config& c) {
         reinforce(c, Baseline::none), c.train.normalise = Normalise::match, c.train.rollout_steps = 1;
       },
       "[train] normalise is \"match\", which takes at least 2 steps to have a standard deviation"},
  };
  for (const Case& one : cases) {
    Config config;
    one.change(config);
    INFO(one.message << "\n-> " << problem(config).value_or("good"));
    CHECK(problem(config).value_or("").starts_with(one.message));
  }
  const std::vector<std::function<void(Config&)>> good{
      [](Config& c) { c.train.matches = 1; },
      [](Config& c) { c.train.baseline = Baseline::batch; },  // PPO does not read it
      [&](Config& c) { reinforce(c, Baseline::none), c.train.matches = 1, c.network.critic_hidden = {}; },
      [&](Config& c) { reinforce(c, Baseline::none), c.train.rollout_steps = 45; },
      [&](Config& c) {
        reinforce(c, Baseline::critic), c.train.rollout_steps = 45, c.train.normalise = Normalise::match;
      },
      [](Config& c) { c.network.trunk = Trunk::residual; },
      [](Config& c) {
        c.network.trunk = Trunk::residual, c.network.hidden = {3}, c.network.critic_hidden = {5, 5};
      },
      [](Config& c) { c.train.pool_share = 0.45, c.train.bot_share = 0.45; },
      [](Config& c) { c.train.teams = Teams::independent; },
      [](Config& c) { c.train.match_steps = 0, c.train.iterations = 1; },
      [](Config& c) { c.train.match_steps = 0, c.train.minutes = 1; },
  };
  for (const auto& change : good) {
    Config config;
    change(config);
    INFO(problem(config).value_or("good"));
    CHECK(!problem(config));
  }
}

TEST_CASE("PPO and the baseline \"critic\" ask a critic") {
  TrainOptions options;
  for (const Baseline baseline : {Baseline::none, Baseline::batch, Baseline::critic}) {
    options.baseline = baseline;
    options.algorithm = Algorithm::ppo;
    CHECK(needs_critic(options));
    options.algorithm = Algorithm::reinforce;
    CHECK(needs_critic(options) == (options.baseline == Baseline::critic));
  }
}

TEST_CASE("every bot can be trained against by its name") {
  TrainOptions options;
  for (const std::string& name : bot_names()) {
    options.bots = name;
    CHECK(!problem(options));
  }
  const auto* const field =
      std::find_if(train_fields.begin(), train_fields.end(), [](const auto& f) { return f.name == "bots"; });
  CHECK(static_cast<std::size_t>(std::count(field->choices.begin(), field->choices.end(), '|')) == bot_names().size());
  for (const std::string& name : unseen_bot_names()) {  // but no bot that is kept out of training
    options.bots = name;
    CHECK(problem(options).has_value());
  }
  CHECK(unseen_bot_names().size() == 2);
}
