// The written rules, tested on the reference core; equivalence_test.cpp extends this to every backend.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "rules/formations.h"
#include "sim/reference/core.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;
using namespace matchday::reference;

TEST_CASE("the nearest kicker of both teams kicks") {
  const Rules rules = frictionless(1);
  const auto ball_after = [&](float a_x, float b_x, Vec kick_a, Vec kick_b) {
    Actions actions{};
    actions[team_a][0].kick = kick_a;
    actions[team_b][0].kick = kick_b;
    return step(rules, duel({{a_x, 0.0F}, {}}, {{b_x, 0.0F}, {}}, {{}, {0.0F, 0.5F}}), actions).state.ball.velocity;
  };
  const auto check = [](Vec v, double x, double y) {
    CHECK(v.x == Approx(x).margin(1e-6));
    CHECK(v.y == Approx(y).margin(1e-6));
  };
  check(ball_after(-2.5F, 2.6F, {0.0F, 1.0F}, {0.0F, 0.5F}), 0.0, 7.0);
  check(ball_after(-2.6F, 2.5F, {0.0F, 1.0F}, {0.0F, 0.5F}), 0.0, -3.5);   // B's own view is rotated
  check(ball_after(-2.5F, 2.5F, {0.0F, 1.0F}, {0.0F, -0.5F}), 0.0, 5.25);  // a tie: the mean
  check(ball_after(-2.5F, 2.5F, {0.0F, 1.0F}, {0.0F, 1.0F}), 0.0, 0.0);
  check(ball_after(-2.5F, 2.9F, {0.0F, 0.1F}, {0.0F, -1.0F}), 0.0, 7.0);  // 0.1 is no kick
  check(ball_after(-2.5F, 2.9F, {0.0F, 0.1001F}, {0.0F, -1.0F}), 0.0, 0.7007);
  check(ball_after(-3.0F, 9.0F, {0.0F, 1.0F}, {0.0F, 1.0F}), 0.0, 7.0);
  check(ball_after(-3.0001F, 9.0F, {0.0F, 1.0F}, {0.0F, 1.0F}), 0.0, 0.5);  // out of reach
  check(ball_after(-2.5F, 9.0F, {30.0F, 40.0F}, {}), 4.2, 5.6);             // no longer than 1
  check(ball_after(-2.5F, 9.0F, {3e38F, 3e38F}, {}), 7.0 / std::sqrt(2.0), 7.0 / std::sqrt(2.0));
}

TEST_CASE("a ball in the mouth is a goal, beside it none, and play goes on with a kick-off") {
  const Rules rules = preset_with("arena", 1);
  for (const float side : {-1.0F, 1.0F})
    for (float y = -24.0F; y <= 24.0F; y += 0.25F) {
      if (std::abs(std::abs(y) - 13.0F) < 1.4F) continue;  // the post decides
      GameState state = ball_alone({{side * 38.5F, y}, {side * 7.0F, 0.0F}});
      state.score = {3, 5};
      state.clock = 20;
      state.potential = 0.25F;
      const Outcome outcome = step(rules, state, {});
      const bool goal = std::abs(y) < 13.0F;
      INFO("side " << side << ", y " << y);
      CHECK(outcome.state.clock == 21);
      CHECK(outcome.state.score == PerTeam<std::int32_t>{3 + (goal && side > 0), 5 + (goal && side < 0)});
      if (goal) CHECK(outcome.reward == side);
      if (goal) CHECK(length(outcome.state.ball.position) + length(outcome.state.ball.velocity) == 0.0);
      if (!goal) CHECK(side * outcome.state.ball.velocity.x < 0.0F);
    }
}

TEST_CASE("at a kick-off all stand at their places, give or take the noise, and the conceder is at the ball") {
  const Rules rules = preset_with("arena", 5);
  double largest = 0.0, sum = 0.0;
  for (std::uint32_t match = 0; match < 400; ++match)
    for (const Team scorer : {team_a, team_b}) {
      GameState state = start(rules, {9, match});
      for (auto& team : state.players)
        for (Body& player : team) player.position = {0.0F, 20.0F};
      state.ball = {{scorer == team_a ? 39.9F : -39.9F, 0.0F}, {scorer == team_a ? 6.0F : -6.0F, 0.0F}};
      const GameState next = step(rules, state, {}).state;
      REQUIRE(next.score[scorer] == 1);
      for (const Team team : {team_a, team_b})
        for (std::size_t i = 0; i < 5; ++i) {
          const Place place = (team == scorer ? defending : attacking)[4][i];
          const Body& player = next.players[team][i];
          const Vec own = team == team_a ? player.position : rotated(player.position);
          for (const double noise : {double{own.x} - place.x, double{own.y} - place.y}) {
            largest = std::max(largest, std::abs(noise));
            sum += noise;
          }
          CHECK(length(player.velocity) == 0.0);
        }
    }
  CHECK(largest <= 3.00001);
  CHECK(largest > 2.99);
  CHECK(std::abs(sum / 16000) < 0.05);  // 16000 numbers of standard deviation 1.73
}

TEST_CASE("a match takes as many steps as the rules say") {
  for (const Preset& preset : presets) {
    Rules rules = preset.rules();
    rules.steps = 7;
    GameState state = start(rules, {1, 2});
    for (int k = 1; k <= 7; ++k) {
      const Outcome outcome = step(rules, state, {});
      state = outcome.state;
      CHECK(state.clock == k);
      CHECK(outcome.terminated == (k == 7));
    }
  }
}

TEST_CASE("rewards sum to the change of potential between goals, and are 1 at goals") {
  const Rules rules = preset_with("arena", 5);
  const auto potential = [&](const GameState& state) {
    double nearest[2] = {1e9, 1e9};
    for (std::size_t team = 0; team < 2; ++team)
      for (std::size_t i = 0; i < 5; ++i)
        nearest[team] = std::min(nearest[team], length(state.players[team][i].position - state.ball.position));
    return state.ball.position.x / 40.0 + 0.5 * (nearest[1] - nearest[0]) / 40.0;
  };
  std::mt19937 generator(4);
  int goals = 0;
  for (std::uint32_t match = 0; match < 20; ++match) {
    GameState state = start(rules, {4, match});
    double since = potential(state), sum = 0.0;
    CHECK(state.potential == Approx(since).margin(1e-6));
    for (int k = 0; k < rules.steps; ++k) {
      Actions actions{};
      for (std::size_t team = 0; team < 2; ++team)
        for (std::size_t i = 0; i < 5; ++i) {
          const Vec gap = state.ball.position - state.players[team][i].position;
          actions[team][i] = {team == 0 ? gap : rotated(gap), {1.0F, uniform(generator, -1, 1)}};
        }
      const Outcome outcome = step(rules, state, actions);
      const bool goal = outcome.state.score != state.score;
      const float half = step(rules, state, actions, 0.5F).reward;  // half the shaping, but whole goals
      CHECK(half == Approx(goal ? outcome.reward : 0.5F * outcome.reward).margin(1e-6));
      state = outcome.state;
      sum = goal ? 0.0 : sum + outcome.reward;
      if (goal) since = potential(state);
      if (goal) CHECK(std::abs(outcome.reward) == 1.0F);
      CHECK(sum == Approx(potential(state) - since).margin(1e-4));
      goals += goal;
    }
  }
  CHECK(goals > 20);
}

TEST_CASE("numbers that are none count as 0 and are counted") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Preset& preset : presets) {
    const GameState state = start(preset.rules(), {3, 4});
    Actions bad{}, good{};
    bad[team_a][1] = {{nan, 0.5F}, {infinity, 0.25F}};
    good[team_a][1] = {{0.0F, 0.5F}, {0.0F, 0.25F}};
    bad[team_b][4] = {{0.5F, -infinity}, {-0.5F, nan}};
    good[team_b][4] = {{0.5F, 0.0F}, {-0.5F, 0.0F}};
    const Outcome of_bad = step(preset.rules(), state, bad);
    const Outcome of_good = step(preset.rules(), state, good);
    CHECK(of_bad.nonfinite_actions == 4);
    CHECK(of_good.nonfinite_actions == 0);
    CHECK(of_bad.reward == of_good.reward);
    CHECK(observe(preset.rules(), of_bad.state, team_a) == observe(preset.rules(), of_good.state, team_a));
  }
}

TEST_CASE("formations of 1 to 11 stand on the pitch, in the own half, without overlap") {
  const Rules rules = arena();
  for (std::size_t n = 1; n <= max_players; ++n)
    for (const auto& formation : {defending[n - 1], attacking[n - 1]})
      for (std::size_t i = 0; i < n; ++i) {
        const Place place = formation[i];
        INFO(n << " a side, player " << i);
        CHECK(place.x + rules.start_noise < 0.0F);
        CHECK(place.x - rules.start_noise >= -rules.half_length);
        CHECK(std::abs(place.y) + rules.start_noise <= rules.half_width);
        for (std::size_t j = 0; j < i; ++j)
          CHECK(std::hypot(place.x - formation[j].x, place.y - formation[j].y) > 2.0F * rules.player_radius);
      }
}
