#include "kernels/bots/kicking.h"
#include "tests/support/bot_scenarios.h"

using namespace matchday;
using reference::Body;
using reference::GameState;
using reference::Vec;

namespace {

constexpr Vec own_goal{-40.0F, 0.0F};

/// The bots that have a goalkeeper.
const std::vector<std::string> with_goalkeeper{"keeper", "role"};

GameState with_goalkeeper_at(Vec place, Body ball) {
  GameState state = moment(ball);
  state.players[0][0].position = place;
  return state;
}

/// Where the goalkeeper goes.
Vec guards(const std::string& bot, Body ball, Vec from = {-36.0F, 0.0F}) {
  return goes_to(bot, with_goalkeeper_at(from, ball), 0);
}

/// Does it run to the ball?
bool rushes(const std::string& bot, Vec ball, Vec from) {
  return runs_to(bot, with_goalkeeper_at(from, {ball, {}}), 0, ball);
}

}  // namespace

TEST_CASE("the goalkeeper stands between ball and goal, farther out for a farther ball") {
  for (const std::string& bot : with_goalkeeper) {
    double before = 0.0;
    for (const Vec ball : {Vec{-32.0F, 10.0F}, {-20.0F, -5.0F}, {-10.0F, 5.0F}, {0.0F, -20.0F}, {35.0F, 3.0F}}) {
      INFO(bot << ", ball at " << ball.x << ", " << ball.y);
      const Vec stand = guards(bot, {ball, {}}) - own_goal, way = ball - own_goal;
      CHECK(std::abs(stand.x * way.y - stand.y * way.x) < 1e-2);  // on the line
      CHECK(inner(stand, way) > 0.0);
      CHECK(length(stand) == Approx(std::min(std::max(0.2 * length(way), 3.0), 8.0)));
      CHECK(length(stand) > before - 1e-4);
      before = length(stand);
    }
    CHECK(before == Approx(8.0));
  }
}

TEST_CASE("the goalkeeper dives to where a shot crosses its line") {
  for (const std::string& bot : with_goalkeeper) {
    INFO(bot);
    // From x = -20 a ball of -4 u a step needs 4.5 steps to the line at -38.
    check_near(guards(bot, {{-20.0F, 0.0F}, {-4.0F, 1.0F}}), {-38.0F, 4.5F});
    check_near(guards(bot, {{-20.0F, 0.0F}, {-4.0F, -1.0F}}), {-38.0F, -4.5F});
    check_near(guards(bot, {{-2.0F, 10.0F}, {-6.0F, -2.0F}}), {-38.0F, -2.0F});
    // A ball that just misses may come in off the post; the goalkeeper stops at 0.9 * 13, in reach of it.
    check_near(guards(bot, {{-20.0F, 0.0F}, {-4.0F, 3.0F}}, {-37.0F, 10.0F}), {-38.0F, 11.7F});
    check_near(guards(bot, {{-20.0F, 0.0F}, {-4.0F, -3.0F}}, {-37.0F, -10.0F}), {-38.0F, -11.7F});
  }
}

TEST_CASE("what is no shot leaves the goalkeeper at its stand") {
  for (const std::string& bot : with_goalkeeper)
    for (const Body ball : {Body{{-20.0F, 0.0F}, {-4.0F, 3.3F}},    // crosses at 14.85, wide of the goal
                            Body{{-20.0F, 0.0F}, {-0.95F, 0.2F}},   // too slow
                            Body{{-20.0F, 0.0F}, {4.0F, 1.0F}},     // moving away
                            Body{{34.0F, 0.0F}, {-5.9F, 0.0F}}}) {  // 12.2 steps off
      INFO(bot << ", ball at " << ball.position.x << ", going " << ball.velocity.x << ", " << ball.velocity.y);
      check_near(guards(bot, ball), guards(bot, {ball.position, {}}));
    }
}

TEST_CASE("the goalkeeper rushes out to a near ball, the role bot's earlier") {
  const Body near{{-33.0F, 4.0F}, {0.5F, -0.5F}};
  for (const std::string& bot : with_goalkeeper) check_near(guards(bot, near), {-32.5F, 3.5F});
  // Farther away or upfield only the role bot's goalkeeper comes; beyond that neither does.
  for (const Vec ball : {Vec{-33.0F, 6.0F}, {-28.0F, 2.0F}}) {
    CHECK(rushes("role", ball, ball + Vec{-2.5F, -6.0F}));  // 6.5 u
    CHECK_FALSE(rushes("keeper", ball, ball + Vec{-2.5F, -6.0F}));
  }
  CHECK(rushes("role", {-28.0F, 2.0F}, {-31.0F, 0.0F}));
  CHECK_FALSE(rushes("keeper", {-28.0F, 2.0F}, {-31.0F, 0.0F}));
  CHECK_FALSE(rushes("role", {-25.0F, 2.0F}, {-29.0F, 0.0F}));
  CHECK_FALSE(rushes("role", {-33.0F, 6.0F}, {-37.0F, 0.0F}));  // 7.2 u
}

TEST_CASE("the keeper bot's goalkeeper kicks the ball upfield and away from the middle") {
  check_near(decision("keeper", moment({{-35.0F, 4.0F}, {}}), 0).kick, kick_from({}, {1.0F, 0.8F}));
  check_near(decision("keeper", moment({{-35.0F, -4.0F}, {}}), 0).kick, kick_from({}, {1.0F, -0.8F}));
}

TEST_CASE("the keeper bot sends its nearest field player to the ball, the others move with it") {
  const Body ball{{-20.0F, 20.0F}, {1.0F, -1.0F}};
  GameState state = moment(ball);
  state.players[0][0].position = {-21.0F, 20.0F};  // the nearest, but the goalkeeper
  state.players[0][3].position = {-17.0F, 18.0F};  // goes to the ball
  state.players[0][2].position = {-24.0F, 16.0F};  // to (-19, 10) and 0.45, 0.3 of the ball's place: (-28, 16)
  state.players[0][4].position = {-10.0F, 10.0F};  // to (2, 8), likewise: (-7, 14)
  state.players[0][1].position = {-26.0F, -6.0F};  // to (-19, -10), likewise: (-28, -4)
  check_near(goes_to("keeper", state, 3), {-19.0F, 19.0F});
  check_near(goes_to("keeper", state, 2), {-28.0F, 16.0F});
  check_near(goes_to("keeper", state, 4), {-7.0F, 14.0F});
  check_near(goes_to("keeper", state, 1), {-28.0F, -4.0F});
  CHECK_FALSE(runs_to("keeper", state, 0, {-19.0F, 19.0F}));
}

TEST_CASE("shots take the most open of three lanes") {
  const Vec ball{20.0F, 0.0F}, left{40.0F, -9.1F}, middle{40.0F, 0.0F}, right{40.0F, 9.1F};
  struct Case {
    Vec first, second;  // opponents
    Vec lane;
  };
  for (const Case& shot : {Case{{38.0F, 0.0F}, {38.0F, 8.0F}, left}, Case{{38.0F, 0.0F}, {38.0F, -8.0F}, right},
                           Case{{38.0F, 8.0F}, {38.0F, -8.0F}, middle}, Case{{26.0F, -3.0F}, {38.0F, -5.0F}, right},
                           // Opponents behind the ball block no shot.
                           Case{{14.0F, 0.0F}, {32.0F, 8.0F}, left}}) {
    GameState state = moment({ball, {}});
    state.players[1][0].position = shot.first;
    state.players[1][1].position = shot.second;
    for (const std::string& bot : with_goalkeeper)
      for (int player = 1; player < 5; ++player)
        check_near(decision(bot, state, player).kick, kick_from(ball, shot.lane));
  }
}

TEST_CASE("a lane is as wide as the nearest opponent leaves it") {
  const Rules rules = preset_with("arena", 3);
  std::vector<GameState> games;
  for (std::uint32_t number = 0; number < 40; ++number) games.push_back(scattered(rules, number));
  Simulator simulator(rules, {.matches = 40});
  simulator.set_state(to_match_state(rules, games));
  const kernels::BotConstants constants = kernels::bot_constants(rules, 1);
  kernels::BotArrays arrays{};
  arrays.stride = simulator.state().bodies.stride(1);
  arrays.bodies = simulator.state().bodies.const_data_ptr<float>();
  std::mt19937 generator(5);
  const at::Tensor ways = at::empty({2, 4, 40});
  for (int k = 0; k < ways.numel(); ++k) ways.data_ptr<float>()[k] = uniform(generator, -40.0F, 40.0F);
  double worst = 0.0;
  for (std::int64_t b = 0; b < 40; ++b)
    for (std::int64_t k = 0; k < 4; ++k) {
      const Vec way{ways.accessor<float, 3>()[0][k][b], ways.accessor<float, 3>()[1][k][b]};
      double narrowest = 1e9;
      for (int point = 50; point <= 1000; ++point)
        for (std::size_t opponent = 0; opponent < 3; ++opponent) {
          const GameState& game = games[static_cast<std::size_t>(b)];
          const Vec place = game.ball.position + way * (static_cast<float>(point) / 1000.0F);
          narrowest = std::min(narrowest, length(game.players[1][opponent].position - place));
        }
      const kernels::bots::OwnView<float> view(constants, arrays, b, 0);
      const float width = kernels::bots::lane_width(view, kernels::Vec<float>{way.x, way.y});
      worst = std::max(worst, std::abs(narrowest - width));
    }
  CHECK(worst < 0.05);  // u: half a step of the search at most
}

TEST_CASE("teams of all sizes but one keep player 0 at home, and all send someone to the ball") {
  for (const std::string bot : {"keeper", "role", "counter", "passer"})
    for (int players = 1; players <= max_players; ++players) {
      const Rules rules = preset_with("arena", players);
      GameState state;  // all players in the centre, the ball upfield on the right
      state.ball.position = {20.0F, 10.0F};
      state.players[1].fill({{39.0F, -24.0F}, {}});
      int to_the_ball = 0;
      for (int player = 0; player < players; ++player) {
        const Vec move = decision(bot, state, player, rules).move;
        to_the_ball += length(move - kick_from({}, state.ball.position)) < 1e-3 ? 1 : 0;
        if (player == 0 && players > 1) CHECK(move.x < -0.9F);
      }
      INFO(bot << ", " << players << " players");
      CHECK(to_the_ball >= 1);
    }
}
