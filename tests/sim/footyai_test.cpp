// FootyAI's two games, quirks and all, tested against the written rules; recorded_play_test.cpp compares them with
// recorded play. Both teams' actions are in the view from above.
#include "sim/reference/core.h"

#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;
using namespace matchday::reference;

namespace {

const Rules v1 = preset_with("footyai-v1", 1);
const Rules v2 = preset_with("footyai-v2", 1);

Actions both(PlayerAction a, PlayerAction b = {}) {
  Actions actions{};
  actions[team_a][0] = a;
  actions[team_b][0] = b;
  return actions;
}

void check(Vec v, double x, double y) {
  CHECK(v.x == Approx(x).margin(1e-5));
  CHECK(v.y == Approx(y).margin(1e-5));
}

/// A's and B's players 2 u left and right of the ball, which moves.
const GameState at_the_ball = duel({{8.0F, 0.0F}, {}}, {{12.0F, 0.0F}, {}}, {{10.0F, 0.0F}, {1.0F, -0.5F}});

GameState ball_from(Vec place, Vec velocity) {
  return duel({{-20.0F, 5.0F}, {}}, {{-20.0F, -5.0F}, {}}, {place, velocity});
}

}  // namespace

TEST_CASE("footyai-v1: kicks add up and to the ball's velocity, without bound and friction") {
  const GameState next = step(v1, at_the_ball, both({{}, {1.0F, 0.5F}}, {{}, {3.0F, -1.0F}})).state;
  check(next.ball.velocity, 1.0 + 4.0 * 4.0, -0.5 - 4.0 * 0.5);
  check(next.ball.position, 10.0 + 17.0, -2.5);
  check(step(v1, ball_from({}, {1.0F, 2.0F}), {}).state.ball.velocity, 1.0, 2.0);
}

TEST_CASE("footyai-v2: the mean kick replaces the ball's velocity, which else falls by a tenth") {
  const GameState next = step(v2, at_the_ball, both({{}, {1.0F, 0.5F}}, {{}, {3.0F, -1.0F}})).state;
  check(next.ball.velocity, 4.0 * 2.0, 4.0 * -0.25);
  check(next.ball.position, 18.0, -1.0);
  check(step(v2, at_the_ball, {}).state.ball.velocity, 0.0, 0.0);  // any player there stops it
  check(step(v2, ball_from({}, {1.0F, 2.0F}), {}).state.ball.velocity, 0.9, 1.8);
}

TEST_CASE("footyai-v1 kicks from where players were, v2 from where they went") {
  const GameState near = duel({{-2.5F, 0.0F}, {}}, parked_b, {});
  const GameState far = duel({{-3.5F, 0.0F}, {}}, parked_b, {});
  const Actions leaves = both({{-0.5F, 0.0F}, {0.0F, 1.0F}});
  const Actions comes = both({{0.5F, 0.0F}, {0.0F, 1.0F}});
  check(step(v1, near, leaves).state.ball.velocity, 0.0, 4.0);
  check(step(v2, near, leaves).state.ball.velocity, 0.0, 0.0);
  check(step(v1, far, comes).state.ball.velocity, 0.0, 0.0);
  check(step(v2, far, comes).state.ball.velocity, 0.0, 4.0);
  // At exactly 3 only v1 kicks.
  const GameState at_three = duel({{-3.0F, 0.0F}, {}}, parked_b, {});
  check(step(v1, at_three, both({{}, {0.0F, 1.0F}})).state.ball.velocity, 0.0, 4.0);
  check(step(v2, at_three, both({{}, {0.0F, 1.0F}})).state.ball.velocity, 0.0, 0.0);
}

TEST_CASE("FootyAI's players move by twice their action, however large, and stop at the edge") {
  for (const Rules& rules : {v1, v2}) {
    const GameState state = duel({{0.0F, 1.0F}, {}}, {{49.0F, -29.0F}, {}}, {{-30.0F, 0.0F}, {}});
    const GameState next = step(rules, state, both({{7.0F, -4.0F}, {}}, {{3.0F, -0.25F}, {}})).state;
    check(next.players[team_a][0].position, 14.0, -7.0);
    check(next.players[team_b][0].position, 50.0, -29.5);
    const bool has_velocity = rules.game == Game::footyai_v1;
    check(next.players[team_a][0].velocity, has_velocity ? 14.0 : 0.0, has_velocity ? -8.0 : 0.0);
    check(next.players[team_b][0].velocity, 0.0, has_velocity ? -0.5 : 0.0);  // no velocity across the edge
    // Larger actions are cut to +-1000, so that the state stays finite.
    const GameState bounded = step(rules, at_the_ball, both({{}, {3e38F, -3e38F}})).state;
    CHECK(length(bounded.ball.velocity) < 6000.0);
  }
}

TEST_CASE("FootyAI's ball goes back to the centre after a goal and the players stay") {
  for (const Rules& rules : {v1, v2})
    for (const float side : {-1.0F, 1.0F}) {
      GameState state = ball_from({side * 48.0F, 9.0F}, {side * 4.0F, 0.5F});
      state.potential = 0.5F;
      const Outcome outcome = step(rules, state, {});
      const GameState& next = outcome.state;
      CHECK(next.score == PerTeam<std::int32_t>{side > 0, side < 0});
      check(next.ball.position, 0.0, 0.0);
      check(next.ball.velocity, 0.0, 0.0);
      check(next.players[team_a][0].position, -20.0, 5.0);
      // Both players are equally far from the centre: v1's potential falls to 0, counted as -0.5; v2 leaves it out.
      CHECK(outcome.reward == Approx(rules.game == Game::footyai_v1 ? side - 0.5 : side));
    }
}

TEST_CASE("FootyAI's goal is 10 to either side, counts on its edge, and in v1 on the line") {
  const auto goals = [](const Rules& rules, Vec place, Vec velocity) {
    const GameState next = step(rules, ball_from(place, velocity), {}).state;
    return next.score[team_a] - next.score[team_b];
  };
  for (const float y : {-10.0F, 0.0F, 10.0F}) {
    CHECK(goals(v1, {48.0F, y}, {2.0F, 0.0F}) == 1);
    CHECK(goals(v1, {-48.0F, y}, {-2.0F, 0.0F}) == -1);
    CHECK(goals(v2, {49.0F, y}, {2.0F, 0.0F}) == 1);
    CHECK(goals(v2, {-49.0F, y}, {-2.0F, 0.0F}) == -1);
    CHECK(goals(v2, {50.0F, y}, {}) == 0);
  }
  for (const float y : {-10.001F, 10.001F, 25.0F})
    for (const Rules& rules : {v1, v2}) CHECK(goals(rules, {49.0F, y}, {3.0F, 0.0F}) == 0);
}

TEST_CASE("FootyAI's walls turn the ball round, v1's with a loss") {
  const GameState after_v1 = step(v1, ball_from({49.0F, 20.0F}, {2.0F, 1.0F}), {}).state;
  check(after_v1.ball.position, 50.0, 21.0);
  check(after_v1.ball.velocity, -1.6, 1.0);
  const GameState after_v2 = step(v2, ball_from({-20.0F, -29.0F}, {1.0F, -2.0F}), {}).state;
  check(after_v2.ball.position, -19.1, -30.0);
  check(after_v2.ball.velocity, 0.9, 1.8);
}

TEST_CASE("FootyAI rewards a mean distance to the ball that shrinks") {
  // A comes 2 nearer to the ball, B's kick moves it 4 away from A; v2 measures before the ball moves.
  const GameState state = duel({{-10.0F, 0.0F}, {}}, {{1.0F, 0.0F}, {}}, {});
  const GameState from_v1 = [&] {
    GameState s = state;
    s.potential = 1.0F - 10.0F;
    return s;
  }();
  const GameState from_v2 = [&] {
    GameState s = state;
    s.potential = 0.3F * (1.0F - 10.0F);
    return s;
  }();
  const Actions actions = both({{1.0F, 0.0F}, {}}, {{}, {1.0F, 0.0F}});
  CHECK(step(v1, from_v1, actions).reward == Approx((3.0 - 12.0) - (1.0 - 10.0)).margin(1e-5));
  CHECK(step(v2, from_v2, actions).reward == Approx(0.3 * ((1.0 - 8.0) - (1.0 - 10.0))));
  CHECK(step(v2, from_v2, actions, 0.75F).reward == Approx(0.75 * 0.3 * 2.0));
}

TEST_CASE("FootyAI's start places: v1's anywhere, v2's in the own half, 5 from its edges") {
  for (const bool first : {true, false}) {
    const Rules rules = preset_with(first ? "footyai-v1" : "footyai-v2", 5);
    const Vec low = first ? Vec{-50.0F, -30.0F} : Vec{-45.0F, -25.0F};
    const Vec high = first ? Vec{50.0F, 30.0F} : Vec{-5.0F, 25.0F};
    Vec least{99.0F, 99.0F}, most{-99.0F, -99.0F};
    for (std::uint32_t match = 0; match < 400; ++match) {
      const GameState state = start(rules, {1, match});
      for (const Team team : {team_a, team_b})
        for (std::size_t i = 0; i < 5; ++i) {
          const Vec place = state.players[team][i].position;
          const Vec own = team == team_a ? place : rotated(place);
          least = {std::min(least.x, own.x), std::min(least.y, own.y)};
          most = {std::max(most.x, own.x), std::max(most.y, own.y)};
        }
      CHECK(length(state.ball.position) + length(state.ball.velocity) == 0.0);
    }
    const double margin = 0.1;  // 4000 draws come this near to the bounds
    CHECK((least.x >= low.x && least.x < low.x + margin && least.y >= low.y && least.y < low.y + margin));
    CHECK((most.x <= high.x && most.x > high.x - margin && most.y <= high.y && most.y > high.y - margin));
  }
}
