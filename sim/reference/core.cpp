#include "sim/reference/core.h"

#include <algorithm>
#include <cmath>

#include "rules/formations.h"
#include "sim/reference/games.h"
#include "sim/reference/random.h"
#include "sim/reference/reward.h"

namespace matchday::reference {
namespace {

/// Shortens a vector to length 1 at most. Divides by its larger component first, so that its length can't overflow.
Vec clipped_into_unit_disc(Vec v) {
  const float larger = std::max(std::max(std::abs(v.x), std::abs(v.y)), 1.0F);
  const Vec scaled{v.x / larger, v.y / larger};
  const float length = std::max(std::sqrt(dot(scaled, scaled)), 1.0F);
  return scaled * (1.0F / length);
}

Vec bounded(const Rules& rules, Vec v) {
  if (traits_of(rules.game).unit_actions) return clipped_into_unit_disc(v);
  return {std::clamp(v.x, -footyai_action_bound, footyai_action_bound),
          std::clamp(v.y, -footyai_action_bound, footyai_action_bound)};
}

/// A player's action as played, seen from above: non-finite numbers become 0, bounds are applied, B's view is rotated.
PlayerAction allowed(const Rules& rules, PlayerAction action, Team team, int& nonfinite_actions) {
  for (float* component : {&action.move.x, &action.move.y, &action.kick.x, &action.kick.y}) {
    if (!std::isfinite(*component)) {
      *component = 0.0F;
      ++nonfinite_actions;
    }
    *component += 0.0F;  // -0 becomes +0: mirrored matches then agree in every bit
  }
  action = {bounded(rules, action.move), bounded(rules, action.kick)};
  const bool rotate = team == team_b && sees_own_side(rules);
  return rotate ? PlayerAction{rotated(action.move), rotated(action.kick)} : action;
}

}  // namespace

void line_up(const Rules& rules, GameState& state, int conceder) {
  const bool kick_off = conceder >= 0;
  for (int team = team_a; team <= team_b; ++team) {
    const bool noise_comes_first = kick_off ? team != conceder : team == team_a;
    for (int i = 0; i < rules.players; ++i) {
      const StartArea area = start_area(rules, team == conceder, i);
      const auto slot = slot_start_noise + static_cast<std::uint32_t>(noise_comes_first ? i : rules.players + i);
      const auto u = uniforms(state.key, state.episode, state.clock, slot);
      const Vec own{area.centre.x + area.spread.x * (2.0F * u[0] - 1.0F),
                    area.centre.y + area.spread.y * (2.0F * u[1] - 1.0F)};
      state.players[team][i] = {team == team_a ? own : rotated(own), Vec{}};
    }
  }
  state.ball = Body{};
}

GameState start(const Rules& rules, MatchKey key, std::int32_t episode) {
  GameState state;
  state.key = key;
  state.episode = episode;
  line_up(rules, state, -1);
  state.potential =
      rules.game == Game::arena ? arena_potential(rules, state) : mean_potential(rules, state, state.ball.position);
  return state;
}

Outcome step(const Rules& rules, const GameState& state, const Actions& actions, float shaping) {
  Actions acts{};
  int nonfinite_actions = 0;
  for (Team team : {team_a, team_b})
    for (int i = 0; i < rules.players; ++i) acts[team][i] = allowed(rules, actions[team][i], team, nonfinite_actions);

  Outcome outcome;
  switch (rules.game) {
    case Game::footyai_v1:
      outcome = step_footyai_v1(rules, state, acts, shaping);
      break;
    case Game::footyai_v2:
      outcome = step_footyai_v2(rules, state, acts, shaping);
      break;
    case Game::arena:
      outcome = step_arena(rules, state, acts, shaping);
      break;
  }
  outcome.terminated = outcome.state.clock >= rules.steps;
  outcome.nonfinite_actions = nonfinite_actions;
  return outcome;
}

}  // namespace matchday::reference
