// Match states set up by hand, and what a bot does in them.
#pragma once

#include <string>

#include "policy/bots.h"
#include "sim/reference_states.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

namespace matchday {

/// Arena's five a side as team A sees it: the team's players at their base places, the opponents out of the way in one
/// corner, all at rest, and this ball.
inline reference::GameState moment(reference::Body ball) {
  reference::GameState state;
  constexpr reference::Vec own[] = {{-37, 0}, {-19, -10}, {-19, 10}, {2, -8}, {2, 8}};
  for (std::size_t k = 0; k < 5; ++k) {
    state.players[0][k] = {own[k], {}};
    state.players[1][k] = {{39.0F, 24.0F}, {}};
  }
  state.ball = ball;
  return state;
}

/// The action of player `player` of team A if the bot plays the team.
inline reference::PlayerAction decision(const std::string& bot, const reference::GameState& state, int player,
                                        const Rules& rules = arena()) {
  Simulator simulator(rules, {.matches = 1});
  simulator.set_state(to_match_state(rules, {state}));
  const at::Tensor action = make_bot(bot).act(side_of(simulator, 0));
  const auto number = action.accessor<float, 3>()[0][player];
  return {{number[0], number[1]}, {number[2], number[3]}};
}

/// The place that an arena player runs to. It must be less than 6 u away: only then does the speed show the distance.
inline reference::Vec goes_to(const std::string& bot, const reference::GameState& state, int player) {
  const reference::Vec move = decision(bot, state, player).move;
  REQUIRE(length(move) < 0.9999);
  return state.players[0][static_cast<std::size_t>(player)].position + move * 6.0F;
}

/// Does the player run to this place? From 6 u on players run at top speed.
inline bool runs_to(const std::string& bot, const reference::GameState& state, int player, reference::Vec place) {
  const reference::Vec way = place - state.players[0][static_cast<std::size_t>(player)].position;
  const auto braking = static_cast<float>(std::max(6.0, length(way)));
  return length(decision(bot, state, player).move - way * (1.0F / braking)) < 1e-4;
}

inline void check_near(reference::Vec value, reference::Vec expected) {
  INFO("(" << value.x << ", " << value.y << "), expected (" << expected.x << ", " << expected.y << ")");
  CHECK(length(value - expected) < 1e-4);
}

/// A kick in the direction from one place to another.
inline reference::Vec kick_from(reference::Vec from, reference::Vec to, float strength = 1.0F) {
  return (to - from) * (strength / static_cast<float>(length(to - from)));
}

}  // namespace matchday
