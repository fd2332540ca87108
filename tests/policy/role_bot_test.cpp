// What the role bot's field players do. Its goalkeeper and its shots are in keeper_bot_test.cpp.
#include "tests/support/bot_scenarios.h"

using namespace matchday;
using reference::Body;
using reference::GameState;
using reference::Vec;

namespace {

/// Opponents so close to all three lanes to the goal that no shot is open; a fourth stands at `fourth`.
GameState without_shot(Vec ball, Vec fourth = {39.0F, 24.0F}) {
  GameState state = moment({ball, {}});
  for (const int k : {0, 1, 2})
    state.players[1][static_cast<std::size_t>(k)].position = {39.0F, 9.1F * static_cast<float>(k - 1)};
  state.players[1][3].position = fourth;
  // The bot's team waits behind its own goal's corners, where no pass goes.
  for (std::size_t k = 1; k < 5; ++k) state.players[0][k].position = {-39.0F, k % 2 == 0 ? 24.0F : -24.0F};
  return state;
}

Vec role_kick(const GameState& state) { return decision("role", state, 4).kick; }

/// Rotated by the angle with this tangent, to the left if positive.
Vec swerved(Vec way, float tangent) { return kick_from({}, way + Vec{0.0F - way.y, way.x} * tangent); }

constexpr Vec goal{40.0F, 0.0F};

}  // namespace

TEST_CASE("with the ball, forwards go up on the wings and backs stay behind, one deeper") {
  GameState state = moment({{0.0F, 10.0F}, {}});
  state.players[0][3].position = {-1.0F, 10.0F};  // has the ball
  state.players[0][1].position = {-10.0F, -4.0F};
  state.players[0][2].position = {-12.0F, 8.0F};
  state.players[0][4].position = {12.0F, 12.0F};
  check_near(goes_to("role", state, 3), {0.0F, 10.0F});
  check_near(goes_to("role", state, 1), {-8.0F, -9.0F + 3.0F});
  check_near(goes_to("role", state, 2), {-16.0F, 6.0F + 2.0F});
  check_near(goes_to("role", state, 4), {14.0F, 11.0F});
  state.players[0][3].position = {12.0F, -9.0F};
  state.players[0][4].position = {-1.0F, 10.0F};  // now this one has it
  check_near(goes_to("role", state, 3), {14.0F, -11.0F});
}

TEST_CASE("supporters stay on the pitch") {
  GameState state = moment({{30.0F, 0.0F}, {}});
  state.players[0][3].position = {29.0F, 0.0F};
  state.players[0][4].position = {30.0F, 11.0F};
  check_near(goes_to("role", state, 4), {33.0F, 11.0F});
  state.ball.position = {-30.0F, 0.0F};
  state.players[0][3].position = {-29.0F, 0.0F};
  state.players[0][2].position = {-30.0F, 6.0F};
  check_near(goes_to("role", state, 2), {-33.0F, 6.0F});
}

TEST_CASE("the presser is who is nearest to where the ball will be, and meets it there") {
  GameState state = moment({{0.0F, 0.0F}, {2.0F, 1.0F}});  // in four steps at (8, 4)
  state.players[0][2].position = {-1.0F, -1.0F};
  state.players[0][4].position = {8.0F, 5.0F};
  check_near(goes_to("role", state, 4), {4.0F, 2.0F});
  CHECK_FALSE(runs_to("role", state, 2, {4.0F, 2.0F}));
}

TEST_CASE("against an opponent with the ball the presser stays on the own goal's side") {
  GameState state = moment({{-8.0F, 24.0F}, {}});
  state.players[1][0].position = {-7.0F, 24.0F};
  state.players[0][2].position = {-10.0F, 22.0F};
  // The goal is (-32, -24) away: 1 u of that is (-0.8, -0.6).
  check_near(goes_to("role", state, 2), {-8.8F, 23.4F});
  state.players[0][2].position = {-8.0F, 23.5F};  // nearer than the opponent: our ball
  check_near(goes_to("role", state, 2), {-8.0F, 24.0F});
}

TEST_CASE("without the ball everyone marks, half-way between place and opponent") {
  GameState state = moment({{20.0F, 10.0F}, {}});
  state.players[1][0].position = {21.0F, 10.0F};  // has the ball
  state.players[0][4].position = {15.0F, 10.0F};  // presses
  // Player 2's place is (-19, 10) and (14, 3) for the ball; the opponent nearest to that is (0, 15), which it marks
  // from 4 u towards its own goal.
  state.players[1][4].position = {0.0F, 15.0F};
  state.players[1][3].position = {-5.0F, -10.0F};
  state.players[0][2].position = {-3.0F, 13.0F};
  const Vec marked = Vec{0.0F, 15.0F} + kick_from({0.0F, 15.0F}, {-40.0F, 0.0F}, 4.0F);
  check_near(goes_to("role", state, 2), (marked + Vec{-5.0F, 13.0F}) * 0.5F);
  state.players[0][1].position = {-7.0F, -8.0F};  // place (-5, -7), opponent (-5, -10)
  const Vec other = Vec{-5.0F, -10.0F} + kick_from({-5.0F, -10.0F}, {-40.0F, 0.0F}, 4.0F);
  check_near(goes_to("role", state, 1), (other + Vec{-5.0F, -7.0F}) * 0.5F);
}

TEST_CASE("an open lane is worth a shot from anywhere, a closed one only near the goal") {
  const Vec far{0.0F, 0.0F};
  const auto dribbles = [](const GameState& state) { return length(role_kick(state)) < 0.7; };
  check_near(role_kick(moment({far, {}})), kick_from(far, {40.0F, -9.1F}));  // the corner away from parked opponents
  CHECK(dribbles(without_shot(far)));
  CHECK(dribbles(without_shot({21.0F, 0.0F})));
  CHECK(length(role_kick(without_shot({23.0F, 0.0F}))) == Approx(1.0));
  // Pressed it shoots from 30 u on. Here all three shots differ from an escape straight to the goal's middle.
  const auto hurried = [](Vec ball) { return without_shot(ball, ball - Vec{5.0F, 0.0F}); };
  const Vec near{12.0F, 8.0F}, farther{10.0F, 8.0F};
  CHECK(dribbles(without_shot(near)));
  CHECK(length(role_kick(hurried(near)) - kick_from(near, goal)) > 0.1);
  check_near(role_kick(hurried(farther)), kick_from(farther, goal));
}

TEST_CASE("a dribble leads to the goal and round the first opponent on the way") {
  const float pace = 1.6F * 3.0F / 7.0F;
  const Vec ball{-4.0F, 12.0F}, way = goal - ball;
  check_near(role_kick(without_shot(ball)), kick_from(ball, goal, pace));
  const Vec ahead = kick_from({}, way), left{0.0F - ahead.y, ahead.x};
  const auto meets = [&](float along, float aside) {
    return role_kick(without_shot(ball, ball + ahead * along + left * aside));
  };
  check_near(meets(10.0F, 2.0F), swerved(way, -0.9F) * pace);
  check_near(meets(10.0F, -2.0F), swerved(way, 0.9F) * pace);
  check_near(meets(13.5F, -6.5F), swerved(way, 0.9F) * pace);
  for (const Vec harmless : {Vec{14.5F, 2.0F}, {10.0F, 7.5F}, {-8.0F, 2.0F}})
    check_near(meets(harmless.x, harmless.y), ahead * pace);
  GameState two = without_shot(ball, ball + ahead * 12.0F + left * 2.0F);
  two.players[1][4].position = ball + ahead * 8.0F + left * -1.0F;
  check_near(role_kick(two), swerved(way, 0.9F) * pace);
}

TEST_CASE("there is no way round anyone along the side line") {
  const Vec ball{0.0F, 21.5F};
  check_near(role_kick(without_shot(ball, {9.0F, 18.0F})), kick_from(ball, goal, 1.6F * 3.0F / 7.0F));
}

TEST_CASE("who is pressed passes to the free mate who is best placed") {
  const Vec ball{-5.0F, 0.0F}, presser{-10.0F, 1.0F};
  GameState state = without_shot(ball, presser);
  const auto passes_to = [&](Vec mate) {
    const auto strength = static_cast<float>((0.08 * length(mate - ball) + 1.8) / 7.0);
    check_near(role_kick(state), kick_from(ball, mate, std::min(std::max(strength, 0.3F), 1.0F)));
  };
  state.players[0][1].position = {-8.0F, -12.0F};
  passes_to({-8.0F, -12.0F});
  state.players[0][2].position = {6.0F, 14.0F};  // farther ahead
  passes_to({6.0F, 14.0F});
  state.players[0][2].velocity = {1.0F, -0.5F};  // running: the pass leads it
  passes_to({10.0F, 12.0F});
  const GameState free = state;
  state.players[1][4].position = {3.0F, 9.0F};  // an opponent in that lane
  passes_to({-8.0F, -12.0F});
  state = free;
  state.players[0][2] = {{0.0F, 4.0F}, {}};  // too near
  passes_to({-8.0F, -12.0F});
  state.players[0][2] = {{27.0F, 12.0F}, {}};  // too far
  passes_to({-8.0F, -12.0F});
  state.players[0][1].position = {-12.0F, -12.0F};  // too far back: none left
  CHECK(length(role_kick(state)) == Approx(1.0));
}

TEST_CASE("room counts: of two mates as far ahead the one with opponents near waits") {
  const Vec ball{-5.0F, 0.0F};
  GameState state = without_shot(ball, {-10.0F, 0.0F});
  state.players[0][1].position = {6.0F, -12.0F};
  state.players[0][2].position = {6.0F, 12.0F};
  for (const float side : {-1.0F, 1.0F}) {
    state.players[1][4].position = {12.0F, 16.0F * side};  // in no lane, 7 u from one of them
    CHECK(role_kick(state).y * side < 0.0F);
  }
}

TEST_CASE("of two mates with lane and room enough the one farther ahead gets the ball") {
  const Vec ball{-5.0F, 0.0F}, farther{10.0F, -10.0F};
  GameState state = without_shot(ball, {-11.9F, 0.0F});
  state.players[0][1].position = farther;
  state.players[0][2].position = {9.0F, 10.0F};
  state.players[1][4].position = {-3.9F, -8.1F};  // 6.1 u from the left lane, 14 u from the mate there
  const Vec kick = role_kick(state);
  check_near(kick, kick_from(ball, farther, static_cast<float>(length(kick))));
}

TEST_CASE("who has the ball is not passed to, however fast it runs") {
  const Vec ball{-5.0F, 0.0F};
  GameState state = without_shot(ball, {-10.0F, 0.0F});
  state.players[0][1] = {{-3.0F, 1.0F}, {3.0F, 0.0F}};  // will be 14 u ahead
  check_near(role_kick(state), kick_from(ball, goal));
  state.players[0][1] = {{-1.0F, 1.0F}, {3.0F, 0.0F}};  // too far to kick: it gets passes
  CHECK(role_kick(state).y > 0.01F);
}

TEST_CASE("pressed without a mate to pass to, the ball goes past the opponent, deep down it is cleared") {
  const Vec upfield{-15.0F, 5.0F}, way = goal - upfield, ahead = kick_from({}, way);
  check_near(role_kick(without_shot(upfield, upfield - ahead * 4.0F)), ahead);  // the mate is behind: straight on
  const Vec left{0.0F - ahead.y, ahead.x};
  check_near(role_kick(without_shot(upfield, upfield + ahead * 4.0F + left)), swerved(way, -0.8F));
  check_near(role_kick(without_shot(upfield, upfield + ahead * 4.0F - left)), swerved(way, 0.8F));
  check_near(role_kick(without_shot({-21.0F, 5.0F}, {-19.0F, 5.0F})), kick_from({}, {1.0F, 0.8F}));
  check_near(role_kick(without_shot({-21.0F, -5.0F}, {-19.0F, -5.0F})), kick_from({}, {1.0F, -0.8F}));
  CHECK(length(role_kick(without_shot({-21.0F, 5.0F}, {-12.0F, 9.0F}))) < 0.7);  // not pressed
}

TEST_CASE("the goalkeeper passes if it can, and clears if not") {
  GameState state = without_shot({-33.0F, 3.0F});
  check_near(decision("role", state, 0).kick, kick_from({}, {1.0F, 0.8F}));
  state.players[0][2].position = {-20.0F, 15.0F};
  check_near(decision("role", state, 0).kick,
             kick_from({-33.0F, 3.0F}, {-20.0F, 15.0F}, (0.08F * std::hypot(13.0F, 12.0F) + 1.8F) / 7.0F));
}
