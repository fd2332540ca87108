// Where players stand at the start and at kick-offs in arena, for 1 to 11 players.
#pragma once

#include <array>

#include "rules/rules.h"

namespace matchday {

/// A place on the pitch in the own view: x < 0 is the own half. u, on the 80 x 50 pitch of arena.
struct Place {
  float x;
  float y;
};

using Formation = std::array<Place, max_players>;

/// Own-view places of the team that awaits a kick-off: goalkeeper, backs, forwards, then the others. Row N-1 is the
/// formation of N players; places past N are not used. Every row is its own mirror image about y = 0; a player without
/// a partner stands on the axis.
inline constexpr std::array<Formation, max_players> defending{{
    {{{-13, 0}}},
    {{{-36, 0}, {-13, 0}}},
    {{{-36, 0}, {-13, -7}, {-13, 7}}},
    {{{-36, 0}, {-22, 0}, {-13, -7}, {-13, 7}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-13, -7}, {-13, 7}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-13, -7}, {-13, 7}, {-18, 0}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-13, -7}, {-13, 7}, {-15, -17}, {-15, 17}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-13, -7}, {-13, 7}, {-15, -17}, {-15, 17}, {-28, 0}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-13, -7}, {-13, 7}, {-15, -17}, {-15, 17}, {-29, -5}, {-29, 5}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-13, -7}, {-13, 7}, {-15, -17}, {-15, 17}, {-29, -5}, {-29, 5}, {-18, 0}}},
    {{{-36, 0},
      {-22, -10},
      {-22, 10},
      {-13, -7},
      {-13, 7},
      {-15, -17},
      {-15, 17},
      {-29, -5},
      {-29, 5},
      {-26, -18},
      {-26, 18}}},
}};

/// Own-view places of the team that kicks off: as `defending`, but with the forwards at the ball.
inline constexpr std::array<Formation, max_players> attacking{{
    {{{-5, 0}}},
    {{{-36, 0}, {-5, 0}}},
    {{{-36, 0}, {-5, 0}, {-8, 10}}},
    {{{-36, 0}, {-22, 0}, {-5, 0}, {-8, 10}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-5, 0}, {-8, 10}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-5, 0}, {-8, 10}, {-18, 0}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-5, 0}, {-8, 10}, {-15, -17}, {-15, 17}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-5, 0}, {-8, 10}, {-15, -17}, {-15, 17}, {-28, 0}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-5, 0}, {-8, 10}, {-15, -17}, {-15, 17}, {-29, -5}, {-29, 5}}},
    {{{-36, 0}, {-22, -10}, {-22, 10}, {-5, 0}, {-8, 10}, {-15, -17}, {-15, 17}, {-29, -5}, {-29, 5}, {-18, 0}}},
    {{{-36, 0},
      {-22, -10},
      {-22, 10},
      {-5, 0},
      {-8, 10},
      {-15, -17},
      {-15, 17},
      {-29, -5},
      {-29, 5},
      {-26, -18},
      {-26, 18}}},
}};

/// Where a player starts, own view: uniformly within `spread` of `centre`, in each coordinate. u.
struct StartArea {
  Place centre;
  Place spread;
};

/// The start area of one player. `kicks_off` says whether the player's team has the ball at a kick-off (arena).
inline StartArea start_area(const Rules& rules, bool kicks_off, int player) {
  switch (rules.game) {
    case Game::footyai_v1:  // anywhere on the pitch
      return {{0.0F, 0.0F}, {rules.half_length, rules.half_width}};
    case Game::footyai_v2:  // x in 5..45 and y in 5..55 of the own half of its 100 x 60 pitch
      return {{-0.5F * rules.half_length, 0.0F}, {0.4F * rules.half_length, rules.half_width * (25.0F / 30.0F)}};
    case Game::arena:
      break;
  }
  const Place place = (kicks_off ? attacking : defending)[rules.players - 1][player];
  return {{place.x * (rules.half_length / 40.0F), place.y * (rules.half_width / 25.0F)},
          {rules.start_noise, rules.start_noise}};
}

}  // namespace matchday
