#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "policy/bots.h"
#include "rules/bad_input.h"
#include "rules/observation.h"
#include "rules/randomness.h"
#include "tests/support/bot_scenarios.h"

using namespace matchday;

namespace {

/// The names of all bots, including those kept out of training.
std::vector<std::string> all_bots() { return {names_of_bots.begin(), names_of_bots.end()}; }

/// Matches in mid-play.
Simulator midst_of_play(const Rules& rules, std::int64_t matches) {
  Simulator simulator(rules, {.matches = matches, .seed = 3});
  const Policy bot = make_bot("random");
  for (int step = 0; step < 12; ++step) simulator.step(act(bot, bot, simulator));
  MatchState state = simulator.state();
  state.bodies = state.bodies.clone();
  state.bodies.slice(0, 2, 4).select(1, 2 * rules.players).normal_(0.0, 2.0);  // the ball's velocity
  simulator.set_state(state);
  return simulator;
}

/// States where bots could go wrong: crowds, coincident bodies, balls on lines and in corners.
Simulator adversarial_moments(const Rules& rules) {
  const std::vector<reference::GameState> games = adversarial_states(rules, 40);
  Simulator simulator(rules, {.matches = static_cast<std::int64_t>(games.size())});
  simulator.set_state(to_match_state(rules, games));
  return simulator;
}

/// A unit vector, or the vector itself if it is shorter.
std::array<double, 2> at_most_unit(double x, double y) {
  const double length = std::max(1.0, std::hypot(x, y));
  return {x / length, y / length};
}

/// A chaser's action, in the view from above: move x, y, kick x, y.
std::array<double, 4> chase(const Rules& rules, const at::Tensor& bodies, int team, int player, std::int64_t match) {
  const auto body = bodies.accessor<float, 3>();
  const int ball = 2 * rules.players, own = team * rules.players + player;
  const double ball_x = body[0][ball][match], ball_y = body[1][ball][match];
  const double braking = 2.0 * rules.player_speed;
  const auto move = at_most_unit((ball_x + body[2][ball][match] - body[0][own][match]) / braking,
                                 (ball_y + body[3][ball][match] - body[1][own][match]) / braking);
  const double goal_x = team == 0 ? rules.half_length : -rules.half_length;
  const double distance = std::hypot(goal_x - ball_x, ball_y);
  return {move[0], move[1], (goal_x - ball_x) / distance, -ball_y / distance};
}

}  // namespace

TEST_CASE("chasers run to where the ball will be, slow down near it, and kick at the other goal") {
  at::manual_seed(1);
  int moves = 0, slow = 0;
  for (const Preset& preset : presets)
    for (const int players : {1, 5, 11}) {
      const Rules rules = preset_with(preset.name, players);
      const Simulator simulator = midst_of_play(rules, 30);
      for (const int team : {0, 1}) {
        const at::Tensor action = make_bot("chaser").act(side_of(simulator, team));
        REQUIRE(action.sizes() == at::IntArrayRef({30, players, action_size}));
        // In arena a team's actions are in its own view: B's is rotated.
        const double rotation = team == 1 && preset.name == "arena" ? -1.0 : 1.0;
        double worst = 0.0;
        for (std::int64_t b = 0; b < 30; ++b)
          for (int player = 0; player < players; ++player) {
            const auto expected = chase(rules, simulator.state().bodies, team, player, b);
            ++moves;
            slow += std::hypot(expected[0], expected[1]) < 0.999 ? 1 : 0;
            for (std::size_t k = 0; k < 4; ++k)
              worst = std::max(worst, std::abs(action.accessor<float, 3>()[b][player][static_cast<std::int64_t>(k)] -
                                               rotation * expected[k]));
          }
        INFO(preset.name << ", " << players << " players, team " << team);
        CHECK(worst < 1e-5);
      }
    }
  CHECK(slow > 20);  // both cases occurred
  CHECK(slow < moves / 2);
}

TEST_CASE("a bot of team B does in the mirrored match what one of team A does, bit for bit") {
  for (const std::string& name : all_bots()) {
    if (name == "random") continue;  // each of its players draws its own numbers
    for (const Preset& preset : presets)
      for (int players = 1; players <= max_players; ++players) {
        const Rules rules = preset_with(preset.name, players);
        Simulator simulator = adversarial_moments(rules);
        const at::Tensor as_a = make_bot(name).act(side_of(simulator, 0));
        MatchState state = simulator.state();
        const at::Tensor& bodies = state.bodies;
        const std::int64_t n = players;
        state.bodies = 0.0 - at::cat({bodies.narrow(1, n, n), bodies.narrow(1, 0, n), bodies.narrow(1, 2 * n, 1)}, 1);
        simulator.set_state(state);
        const at::Tensor as_b = make_bot(name).act(side_of(simulator, 1));
        INFO(name << ", " << preset.name << ", " << players << " players");
        // FootyAI's actions are seen from above and rotate with the pitch. 0 - x twice makes -0 of either team +0.
        CHECK((sees_own_side(rules) ? same_bits(as_b, as_a) : same_bits(0.0 - as_b, 0.0 - (0.0 - as_a))));
      }
  }
}

TEST_CASE("bots give finite actions in any moment, and under any rules") {
  std::vector<Rules> all = odd_rules(40);
  for (const Preset& preset : presets)
    for (int players = 1; players <= max_players; ++players) all.push_back(preset_with(preset.name, players));
  for (const Rules& rules : all) {
    const Simulator simulator = adversarial_moments(rules);
    for (const std::string& name : all_bots())
      for (const int team : {0, 1}) {
        const at::Tensor action = make_bot(name).act(side_of(simulator, team));
        INFO(name << ", " << game_name(rules.game) << ", " << rules.players << " players");
        REQUIRE(action.sizes() == at::IntArrayRef({simulator.matches(), rules.players, action_size}));
        REQUIRE(action.dtype() == at::kFloat);
        REQUIRE(action.is_contiguous());
        CHECK(action.isfinite().all().item<bool>());
        // Moves and kicks are in the unit disc; random ones in the square around it.
        const at::Tensor lengths = action.view({-1, 2}).norm(2, 1);
        CHECK(lengths.max().item<double>() < (name == "random" ? 1.415 : 1.00001));
      }
  }
}

TEST_CASE("a bot that leads a side in some of the matches does what it does there in all of them") {
  for (const std::string& name : all_bots())
    for (const Preset& preset : presets)
      for (const int players : {1, 2, 5, 11}) {
        const Rules rules = preset_with(preset.name, players);
        const Simulator simulator = adversarial_moments(rules);
        const Policy bot = make_bot(name);
        for (const int team : {0, 1}) {
          const at::Tensor all = bot.act(side_of(simulator, team));
          INFO(name << ", " << preset.name << ", " << players << " players");
          for (const std::int64_t first : {0, 1, 13})
            for (const std::int64_t count : {1, 8, 30})
              CHECK(same_bits(bot.act({simulator, team, first, count}), all.narrow(0, first, count)));
        }
      }
}

TEST_CASE("the still bot does nothing") {
  for (const Preset& preset : presets) {
    const Simulator simulator = midst_of_play(preset.rules(), 4);
    for (const int team : {0, 1}) CHECK_FALSE(make_bot("still").act(side_of(simulator, team)).any().item<bool>());
  }
}

TEST_CASE("the presser bot's nearest player goes to the ball, the others to their places") {
  reference::GameState state = moment({{10.0F, 5.0F}, {1.0F, -2.0F}});
  const reference::Vec places[] = {{-37, 0}, {-19, -10}, {-19, 10}, {2, -8}, {2, 8}};
  for (std::size_t k = 0; k < 5; ++k) state.players[0][k].position = places[k] + reference::Vec{2.0F, -3.0F};
  for (const int nearest : {0, 1, 2, 3, 4}) {
    reference::GameState pressed = state;
    pressed.players[0][static_cast<std::size_t>(nearest)].position = {9.0F, 5.0F};
    for (int player = 0; player < 5; ++player) {
      const reference::Vec ball{11.0F, 3.0F};  // one step later
      check_near(goes_to("presser", pressed, player), player == nearest ? ball : places[player]);
      check_near(decision("presser", pressed, player).kick, kick_from({10.0F, 5.0F}, {40.0F, 0.0F}));
    }
  }
}

TEST_CASE("a place on arena's pitch is one on any other") {
  const Rules footyai = footyai_v2();  // 100 x 60
  reference::GameState state = moment({{45.0F, 25.0F}, {}});
  state.players[0][4].position = {40.0F, 25.0F};               // at the ball
  state.players[0][2].position = {-19.0F * 1.25F, 10 * 1.2F};  // at its place
  check_near(decision("presser", state, 2, footyai).move, {0.0F, 0.0F});
  state.players[0][2].position = state.players[0][2].position + reference::Vec{-1.0F, 2.0F};
  check_near(decision("presser", state, 2, footyai).move, {0.25F, -0.5F});  // it slows down within two steps of 2 u
  // Goals are scaled, too: a shot goes to 0.7 of the goal's half width, 10.
  state.ball = {{25.0F, 0.0F}, {}};
  state.players[1][0].position = {47.0F, 0.0F};
  state.players[1][1].position = {47.0F, 7.0F};
  check_near(decision("keeper", state, 2, footyai).kick, kick_from({25.0F, 0.0F}, {50.0F, -7.0F}));
}

TEST_CASE("a chaser knows what to do when the ball lies in the middle of the goal") {
  for (const Preset& preset : presets) {
    const Rules rules = preset.rules();
    Simulator simulator(rules, {.matches = 2});
    MatchState state = simulator.state();
    state.bodies = at::zeros_like(state.bodies);
    state.bodies[0].select(0, 2 * rules.players).copy_(at::tensor({rules.half_length, -rules.half_length}));
    simulator.set_state(state);
    for (const int team : {0, 1}) {
      const at::Tensor action = make_bot("chaser").act(side_of(simulator, team));
      CHECK(action.isfinite().all().item<bool>());
      CHECK(action.norm(2, 2).max().item<double>() < 1.5);
    }
  }
}

TEST_CASE("random bots draw from a clipped normal distribution, each player for itself") {
  const Simulator simulator(arena(), {.matches = 5000, .seed = 9});
  const at::Tensor noise = simulator.noise(slot_bot);
  for (const int team : {0, 1}) {
    const at::Tensor action = make_bot("random").act(side_of(simulator, team));
    REQUIRE(action.sizes() == at::IntArrayRef({5000, 5, action_size}));
    CHECK(action.abs().max().item<double>() == 1.0);
    CHECK((action.abs() == 1.0).to(at::kFloat).mean().item<double>() == Approx(0.3173).margin(0.01));
    CHECK(action.mean().item<double>() == Approx(0.0).margin(0.01));
    CHECK(at::equal(action, noise[team].clamp(-1.0, 1.0)));
  }
  CHECK_FALSE(at::equal(make_bot("random").act(side_of(simulator, 0)), make_bot("random").act(side_of(simulator, 1))));
}

TEST_CASE("bots are made by their names") {
  for (const std::string& name : all_bots()) CHECK(make_bot(name).name == name);
  try {
    make_bot("goalie");
    FAIL("there is no such bot");
  } catch (const BadInput& error) {
    const std::string text = error.what();
    INFO(text);
    CHECK(text.find("\"goalie\"") != std::string::npos);
    for (const std::string& name : all_bots()) CHECK(text.find(name) != std::string::npos);
  }
}
