#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "policy/bots.h"
#include "rules/bad_input.h"
#include "rules/observation.h"
#include "rules/randomness.h"
#include "tests/catch.h"
#include "tests/scenarios.h"

using namespace matchday;

namespace {

/// Matches in the midst of play.
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

/// A unit vector, or the vector itself if it is shorter.
std::array<double, 2> at_most_unit(double x, double y) {
  const double length = std::max(1.0, std::hypot(x, y));
  return {x / length, y / length};
}

/// What a chaser does, in the view from above: move x, y, kick x, y.
std::array<double, 4> chase(const Rules& rules, const at::Tensor& bodies, int team, int player, std::int64_t match) {
  const auto body = bodies.accessor<float, 3>();
  const int ball = 2 * rules.players, own = team * rules.players + player;
  const double ball_x = body[0][ball][match], ball_y = body[1][ball][match];
  const auto move = at_most_unit((ball_x + body[2][ball][match] - body[0][own][match]) / 6.0,
                                 (ball_y + body[3][ball][match] - body[1][own][match]) / 6.0);
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
        // In arena a team's actions are in its own view: B's is turned.
        const double turn = team == 1 && preset.name == "arena" ? -1.0 : 1.0;
        double worst = 0.0;
        for (std::int64_t b = 0; b < 30; ++b)
          for (int player = 0; player < players; ++player) {
            const auto expected = chase(rules, simulator.state().bodies, team, player, b);
            ++moves;
            slow += std::hypot(expected[0], expected[1]) < 0.999 ? 1 : 0;
            for (std::size_t k = 0; k < 4; ++k)
              worst = std::max(worst, std::abs(action.accessor<float, 3>()[b][player][static_cast<std::int64_t>(k)] -
                                               turn * expected[k]));
          }
        INFO(preset.name << ", " << players << " players, team " << team);
        CHECK(worst < 1e-5);
      }
    }
  CHECK(slow > 20);  // both cases were seen
  CHECK(slow < moves / 2);
}

TEST_CASE("a chaser of team B does in the mirrored match what one of team A does") {
  at::manual_seed(2);
  const Rules rules = arena();
  Simulator simulator = midst_of_play(rules, 20);
  const at::Tensor as_a = make_bot("chaser").act(side_of(simulator, 0));
  MatchState state = simulator.state();
  const std::int64_t n = rules.players;
  state.bodies =
      -at::cat({state.bodies.narrow(1, n, n), state.bodies.narrow(1, 0, n), state.bodies.narrow(1, 2 * n, 1)}, 1);
  simulator.set_state(state);
  CHECK(at::equal(make_bot("chaser").act(side_of(simulator, 1)), as_a));
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
  for (const std::string& name : bot_names()) CHECK(make_bot(name).name == name);
  try {
    make_bot("goalie");
    FAIL("there is no such bot");
  } catch (const BadInput& error) {
    const std::string text = error.what();
    INFO(text);
    CHECK(text.find("\"goalie\"") != std::string::npos);
    for (const std::string& name : bot_names()) CHECK(text.find(name) != std::string::npos);
  }
}
