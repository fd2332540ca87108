// The bots that no team trains against: one waits and counters, one keeps the ball.
#include <string>

#include "evaluate/evaluation.h"
#include "policy/bots.h"
#include "tests/support/bot_scenarios.h"

using namespace matchday;
using reference::GameState;
using reference::Vec;

namespace {

/// The ball at rest with player 4 of team A beside it, and an opponent at this distance from it.
GameState carried(Vec ball, float opponent_off) {
  GameState state = moment({ball, {}});
  state.players[0][4].position = ball + Vec{-1.0F, 0.0F};
  state.players[1][0].position = ball + Vec{0.0F, opponent_off};
  return state;
}

}  // namespace

TEST_CASE("the counter bot stays between ball and goal, but for its striker, who waits across the pitch") {
  GameState state = moment({{-10.0F, 10.0F}, {}});
  state.players[0][4].position = {8.0F, -2.0F};
  check_near(goes_to("counter", state, 4), {10.0F, -4.0F});
  // The middle of the block lies 0.35 of the way to the goal, its three players 6 u apart; one of them goes for the
  // ball.
  const Vec middle{-20.5F, 6.5F};
  for (int player = 1; player < 4; ++player) {
    GameState near = state;
    near.players[0][2].position = near.players[0][1].position = near.players[0][3].position = {-30.0F, 0.0F};
    const Vec place = middle + Vec{0.0F, 6.0F * static_cast<float>(player - 2)};
    near.players[0][static_cast<std::size_t>(player)].position = place + Vec{-1.0F, 2.0F};
    near.players[0][static_cast<std::size_t>(player % 3 + 1)].position = {-11.0F, 10.0F};  // this one goes for the ball
    check_near(goes_to("counter", near, player), place);
    check_near(goes_to("counter", near, player % 3 + 1), {-10.0F, 10.0F});
  }
  // Upfield only the striker goes for the ball, and the block stays in its half.
  state.ball.position = {12.0F, 0.0F};
  state.players[0][2].position = {-8.0F, 1.0F};
  check_near(goes_to("counter", state, 2), {-8.0F, 0.0F});
  check_near(goes_to("counter", state, 4), {12.0F, 0.0F});
}

TEST_CASE("the counter bot's block plays the long ball to the striker, or past it where an opponent is in its way") {
  GameState state = moment({{-20.0F, 0.0F}, {}});
  state.players[0][4].position = {10.0F, 0.0F};
  for (auto& opponent : state.players[1]) opponent.position = {-38.0F, 24.0F};
  state.players[1][1].position = {10.0F, 16.0F};
  state.players[1][2].position = {10.0F, -16.0F};
  check_near(decision("counter", state, 2).kick, {1.0F, 0.0F});
  check_near(decision("counter", state, 0).kick, {1.0F, 0.0F});
  state.players[1][2].position = {0.0F, 0.0F};
  check_near(decision("counter", state, 2).kick, kick_from({-20.0F, 0.0F}, {10.0F, -14.0F}));
  state.players[0][4].velocity = {0.0F, 2.0F};  // runs to (10, 12)
  state.players[1][1].position = {-38.0F, 24.0F};
  check_near(decision("counter", state, 2).kick, kick_from({-20.0F, 0.0F}, {10.0F, 26.0F}));
}

TEST_CASE("the counter bot's striker shoots where a lane is open and runs on where none is") {
  GameState state = moment({{5.0F, 0.0F}, {}});
  state.players[1][0].position = {39.0F, 9.0F};
  check_near(decision("counter", state, 4).kick, kick_from({5.0F, 0.0F}, {40.0F, -9.1F}));
  state.players[1][1].position = {7.0F, 0.0F};  // in all three lanes
  check_near(decision("counter", state, 4).kick, {0.6F, 0.0F});
}

TEST_CASE("the passer bot walks with the ball until an opponent comes, and then plays it to the freest mate") {
  GameState state = carried({-10.0F, 0.0F}, 6.0F);
  state.players[0][1].position = {3.0F, -11.0F};
  state.players[0][2].position = {3.0F, 11.0F};
  state.players[0][3].position = {-20.0F, 7.0F};
  state.players[1][1].position = {6.0F, -20.0F};
  check_near(decision("passer", state, 4).kick, {0.75F, 0.0F});
  state.players[1][0].position = {-14.5F, -1.0F};  // behind: blocks no lane
  const Vec pass = decision("passer", state, 4).kick;
  const Vec to_mate = kick_from({-10.0F, 0.0F}, {3.0F, 11.0F});
  CHECK(inner(pass, to_mate) > 0.999 * length(pass));
  // The ball arrives 1.5 times as fast as a player runs: 7 u kick speed, 0.08 lost for every unit.
  CHECK(7.0 * length(pass) - 0.08 * std::hypot(13.0, 11.0) == Approx(4.5).margin(1e-3));
  state.players[1][2].position = {-3.0F, 6.0F};  // in the lane; no other mate is as free
  CHECK(inner(decision("passer", state, 4).kick, to_mate) < 0.9);
  // With no mate to pass to it dribbles on, a little away from the opponent.
  for (std::size_t k = 1; k < 4; ++k) state.players[0][k].position = {-38.0F, 20.0F};
  const Vec evades = decision("passer", state, 4).kick;
  CHECK(length(evades) == Approx(1.0));
  CHECK(evades.x > 0.9F);
  CHECK(evades.y > 0.0F);
}

TEST_CASE("the passer bot shoots from near alone") {
  CHECK(decision("passer", carried({15.0F, 0.0F}, 15.0F), 4).kick.x == Approx(0.75));  // a lane is open, but from afar
  CHECK(length(decision("passer", carried({19.0F, 0.0F}, 15.0F), 4).kick) == Approx(1.0));
  GameState shut = carried({19.0F, 0.0F}, 15.0F);
  for (std::size_t k = 1; k < 4; ++k) shut.players[1][k].position = {25.0F, 2.6F * (static_cast<float>(k) - 2.0F)};
  CHECK(decision("passer", shut, 4).kick.x == Approx(0.75));
  shut.ball.position.x = 25.0F;
  shut.players[0][4].position.x = 24.0F;
  CHECK(length(decision("passer", shut, 4).kick) == Approx(1.0));
}

TEST_CASE("the passer bot's mates stand round the ball they have, and before their goal when they have it not") {
  GameState state = carried({0.0F, 0.0F}, 10.0F);
  state.players[0][1].position = {12.0F, -12.0F};
  check_near(goes_to("passer", state, 1), {13.0F, -11.0F});
  state.players[1][0].position = {0.5F, 0.0F};  // nearer than any of them
  state.players[0][1].position = {-12.0F, -9.0F};
  check_near(goes_to("passer", state, 1), {-12.0F, -8.25F});
  check_near(goes_to("passer", state, 4), {0.0F, 0.0F});
}

TEST_CASE("the bots that nobody trains against are worth playing against", "[slow]") {
  for (const std::string& name : unseen_bot_names())
    for (const std::string opponent : {"chaser", "presser"}) {
      const MatchTally tally = evaluate(arena(), make_bot(name), make_bot(opponent), {.matches = 64}).both();
      INFO(name << " against " << opponent);
      CHECK(tally.wins > 4 * tally.losses);
      CHECK(goal_difference(tally) > 1.0);
    }
}
