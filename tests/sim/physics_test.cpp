// Arena's laws of motion, independent of the code: conservation and closed forms. Tested on the reference core;
// equivalence_test.cpp extends them to every backend.
#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "sim/reference/core.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;
using namespace matchday::reference;

namespace {

constexpr double pi = 3.14159265358979;
constexpr double top_speed = 7.5;  // the ball's

Vec towards(double angle, double size = 1.0) {
  return {static_cast<float>(size * std::cos(angle)), static_cast<float>(size * std::sin(angle))};
}

/// Every player's move keeps its velocity.
Actions run_on(const Rules& rules, const GameState& state) {
  Actions actions{};
  for (std::size_t i = 0; i < max_players; ++i) {
    actions[team_a][i].move = state.players[team_a][i].velocity * (1.0F / rules.player_speed);
    actions[team_b][i].move = rotated(state.players[team_b][i].velocity) * (1.0F / rules.player_speed);
  }
  return actions;
}

struct Totals {
  double mass = 0, momentum_x = 0, momentum_y = 0, centre_x = 0, centre_y = 0, energy = 0;
  void add(const Body& body, double m) {
    mass += m;
    momentum_x += m * body.velocity.x;
    momentum_y += m * body.velocity.y;
    centre_x += m * body.position.x;
    centre_y += m * body.position.y;
    energy += 0.5 * m * inner(body.velocity, body.velocity);
  }
};

Totals totals(const Rules& rules, const GameState& state) {
  Totals sum;
  for (const auto& team : state.players)
    for (int i = 0; i < rules.players; ++i) sum.add(team[static_cast<std::size_t>(i)], rules.player_mass);
  sum.add(state.ball, rules.ball_mass);
  return sum;
}

}  // namespace

TEST_CASE("a crowd's contacts keep its momentum, and its centre of mass moves on evenly") {
  std::mt19937 generator(1);
  const Rules rules = frictionless(11);
  const auto somewhere = [&] {
    return Body{{uniform(generator, -6, 6), uniform(generator, -6, 6)}, towards(uniform(generator, 0, 6.28F), 2.9)};
  };
  for (int trial = 0; trial < 200; ++trial) {
    GameState state;
    for (auto& team : state.players)
      for (Body& player : team) player = somewhere();
    state.ball = somewhere();
    const Totals before = totals(rules, state);
    const Totals after = totals(rules, step(rules, state, run_on(rules, state)).state);
    CHECK(after.momentum_x == Approx(before.momentum_x).margin(1e-3));
    CHECK(after.momentum_y == Approx(before.momentum_y).margin(1e-3));
    CHECK(after.centre_x == Approx(before.centre_x + before.momentum_x).margin(1e-3));
    CHECK(after.centre_y == Approx(before.centre_y + before.momentum_y).margin(1e-3));
    CHECK(std::abs(after.energy - before.energy) > 1.0);  // they did collide
  }
}

TEST_CASE("two bodies that meet part, bounce by the restitution and gain no energy") {
  std::mt19937 generator(2);
  int meetings = 0;
  for (int trial = 0; trial < 6000; ++trial) {
    Rules rules = frictionless(1);
    rules.substeps = 1;  // so that the test knows where they meet
    const float restitution = std::array{0.0F, 0.2F, 0.5F, 1.0F}[static_cast<std::size_t>(trial % 4)];
    rules.restitution_players = rules.restitution_player_ball = restitution;
    const bool with_ball = trial % 8 < 4;
    const double reach = with_ball ? rules.player_radius + rules.ball_radius : 2.0 * rules.player_radius;
    const Body body{{uniform(generator, -2, 2), uniform(generator, -2, 2)}, towards(uniform(generator, 0, 6.28F), 2)};
    const Body other{body.position + towards(uniform(generator, 0, 6.28F), uniform(generator, 0.5F, 3.5F)),
                     towards(uniform(generator, 0, 6.28F), uniform(generator, 0, 3))};
    const GameState state = with_ball ? duel(body, parked_b, other) : duel(body, other, {{-30.0F, 0.0F}, {}});
    const GameState next = step(rules, state, run_on(rules, state)).state;
    const Body& after = next.players[team_a][0];
    const Body& other_after = with_ball ? next.ball : next.players[team_b][0];

    const Vec gap = other.position + other.velocity - body.position - body.velocity;
    if (std::abs(length(gap) - reach) < 1e-3) continue;
    const bool touching = length(gap) < reach;
    const Vec normal = gap * static_cast<float>(1.0 / length(gap));
    const Vec tangent{-normal.y, normal.x};
    const Vec approach = other.velocity - body.velocity;
    const Vec parting = other_after.velocity - after.velocity;
    const bool bounces = touching && inner(approach, normal) < 0.0;
    meetings += bounces;
    INFO("trial " << trial << ", restitution " << restitution << (with_ball ? ", ball" : ", players"));
    CHECK(length(other_after.position - after.position) == Approx(touching ? reach : length(gap)).margin(1e-4));
    CHECK(inner(parting, normal) ==
          Approx(bounces ? -restitution * inner(approach, normal) : inner(approach, normal)).margin(1e-4));
    CHECK(inner(parting, tangent) == Approx(inner(approach, tangent)).margin(1e-4));
    const double gain = totals(rules, next).energy - totals(rules, state).energy;
    CHECK(gain <= 1e-4);
    if (restitution == 1.0F) CHECK(gain == Approx(0.0).margin(1e-4));
    const double share = with_ball ? rules.ball_mass / (rules.player_mass + rules.ball_mass) : 0.5;
    CHECK(length(after.position - body.position - body.velocity) ==
          Approx(touching ? share * (reach - length(gap)) : 0.0).margin(1e-4));
  }
  CHECK(meetings > 500);
}

TEST_CASE("no ball passes through a player") {
  const Rules rules = preset_with("arena", 1);
  const double reach = rules.player_radius + rules.ball_radius;
  int deflected = 0;
  for (int direction = 0; direction < 16; ++direction)
    for (const float running : {0.0F, 1.0F})  // towards the ball
      for (double distance = reach + 0.05; distance < 9.0; distance += 0.3)
        for (double offset = -reach; offset <= reach; offset += 0.1) {
          const double angle = direction * pi / 8.0;
          const Vec along = towards(angle);
          const Vec across = towards(angle + pi / 2.0);
          const Vec from = rotated(towards(angle, distance)) + towards(angle + pi / 2.0, offset);
          const Vec run = towards(angle, -running);
          GameState state = duel({{}, run * rules.player_speed}, parked_b, {from, towards(angle, top_speed)});
          Actions actions{};
          actions[team_a][0].move = run;
          for (int k = 0; k < 2; ++k) {
            state = step(rules, state, actions).state;
            const Vec gap = state.ball.position - state.players[team_a][0].position;
            INFO("angle " << angle << ", distance " << distance << ", offset " << offset << ", running " << running);
            CHECK(length(gap) > reach - 1e-3);
            const bool behind = inner(gap, along) > 0.0 && std::abs(inner(gap, across)) < 0.9 * reach;
            CHECK(!behind);
          }
          deflected += inner(state.ball.velocity, along) < 0.0;
        }
  CHECK(deflected > 5000);
}

TEST_CASE("no player passes through another") {
  const Rules rules = preset_with("arena", 1);
  for (float distance = 3.0F; distance < 9.0F; distance += 0.1F)
    for (float offset = -2.0F; offset <= 2.0F; offset += 0.25F) {
      GameState state = duel({{}, {3.0F, 0.0F}}, {{distance, offset}, {-3.0F, 0.0F}}, {{0.0F, 20.0F}, {}});
      Actions actions{};
      actions[team_a][0].move = actions[team_b][0].move = {1.0F, 0.0F};  // own view: at each other
      for (int k = 0; k < 2; ++k) state = step(rules, state, actions).state;
      const Vec gap = state.players[team_b][0].position - state.players[team_a][0].position;
      INFO("distance " << distance << ", offset " << offset);
      CHECK(length(gap) > 2.0 * rules.player_radius - 1e-3);
      CHECK((gap.x > 0.0F || std::abs(gap.y) > 0.9 * 2.0 * rules.player_radius));
    }
}

TEST_CASE("no ball leaves the pitch but through the goal") {
  std::mt19937 generator(3);
  const Rules rules = preset_with("arena", 5);
  int goals = 0;
  for (int trial = 0; trial < 300; ++trial) {
    GameState state = start(rules, {1, static_cast<std::uint32_t>(trial)});
    state.ball = {{uniform(generator, -39, 39), uniform(generator, -24, 24)},
                  towards(uniform(generator, 0, 6.28F), 2.0 * top_speed)};
    for (int k = 0; k < 20; ++k) {
      const Outcome outcome = step(rules, state, {});
      const bool goal = outcome.state.score != state.score;
      state = outcome.state;
      goals += goal;
      const Vec ball = state.ball.position;
      CHECK(std::abs(ball.y) <= rules.half_width - rules.ball_radius);
      const float limit =
          std::abs(ball.y) < rules.goal_half_width ? rules.half_length : rules.half_length - rules.ball_radius;
      CHECK(std::abs(ball.x) <= limit);
      CHECK(length(state.ball.velocity) <= top_speed * 1.000001);  // it began with twice that
    }
  }
  CHECK(goals > 10);
}

TEST_CASE("a ball aimed at a post comes back with the post's restitution") {
  Rules rules = frictionless(1);
  for (const float side_x : {-1.0F, 1.0F})
    for (const float side_y : {-1.0F, 1.0F})
      for (double angle = -1.0; angle < 1.05; angle += 0.1)
        for (double distance = 2.0; distance < 8.0; distance += 0.37) {
          const Vec post{side_x * rules.half_length, side_y * rules.goal_half_width};
          const Vec back{side_x * -static_cast<float>(std::cos(angle)), side_y * static_cast<float>(std::sin(angle))};
          const Vec from = post + back * static_cast<float>(distance);
          GameState state = ball_alone({from, back * -6.0F});
          for (int k = 0; k < 2; ++k) state = step(rules, state, {}).state;
          INFO("from " << from.x << ", " << from.y);
          CHECK(state.score == PerTeam<std::int32_t>{});
          CHECK(inner(state.ball.velocity, back) == Approx(6.0 * rules.restitution_post).margin(1e-3));
          CHECK(length(state.ball.position - post) > rules.ball_radius + rules.post_radius);
        }
}

TEST_CASE("walls turn a ball round and keep 0.8 of its speed") {
  const Rules rules = frictionless(1);
  // A substep covers 1 u. The fifth would end beyond 25 - 0.7 and is stopped there; the sixth goes back 0.8.
  const GameState side = step(rules, ball_alone({{5.0F, 20.0F}, {1.5F, 6.0F}}), {}).state;
  CHECK(side.ball.position.y == Approx(24.3 - 0.8));
  CHECK(side.ball.position.x == Approx(6.5));
  CHECK(side.ball.velocity.y == Approx(-4.8));
  CHECK(side.ball.velocity.x == Approx(1.5));
  const GameState end = step(rules, ball_alone({{-35.0F, 18.0F}, {-6.0F, 0.0F}}), {}).state;
  CHECK(end.ball.position.x == Approx(-39.3 + 0.8));
  CHECK(end.ball.velocity.x == Approx(4.8));
}

TEST_CASE("a free ball keeps 0.92 of its speed in a step, whatever the number of substeps") {
  for (const int substeps : {1, 2, 6, 17}) {
    Rules rules = preset_with("arena", 1);
    rules.substeps = substeps;
    GameState state = ball_alone({{-30.0F, 0.0F}, {4.0F, -0.5F}});
    for (int k = 1; k <= 10; ++k) {
      state = step(rules, state, {}).state;
      const double keep = std::pow(0.92, 1.0 / substeps);
      const double way = keep * (1.0 - std::pow(0.92, k)) / (1.0 - keep) / substeps;  // a geometric series
      CHECK(state.ball.velocity.x == Approx(4.0 * std::pow(0.92, k)).epsilon(1e-5));
      CHECK(state.ball.position.x == Approx(-30.0 + 4.0 * way).margin(2e-4));
      CHECK(state.ball.position.y == Approx(-0.5 * way).margin(2e-4));
    }
  }
}

TEST_CASE("a player nears the speed it wants by 0.6 of the rest in each step") {
  const Rules rules = preset_with("arena", 1);
  GameState state = ball_alone({});
  Actions actions{};
  actions[team_a][0].move = {0.8F, 0.0F};
  actions[team_b][0].move = {-5.0F, 0.0F};  // own view: towards +x, shortened to 1
  for (int k = 1; k <= 8; ++k) {
    state = step(rules, state, actions).state;
    CHECK(state.players[team_a][0].velocity.x == Approx(2.4 * (1.0 - std::pow(0.4, k))));
    CHECK(state.players[team_b][0].velocity.x == Approx(3.0 * (1.0 - std::pow(0.4, k))));
  }
}
