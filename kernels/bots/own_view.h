// Bots' constants of a call, and their view of matches, one a lane: a team's own view, in which it attacks +x.
//
// Bots measure every pitch with one yardstick: `bot_half_length` units from the centre to an end line. In arena that is
// the rules' own u; on FootyAI's longer pitch a bot's unit is 1.25 u. So all their distances are written once, for
// arena.
#pragma once

#include <algorithm>
#include <iterator>

#include "kernels/bots/geometry.h"
#include "rules/duties.h"
#include "rules/rules.h"

namespace matchday::kernels {

/// From the centre to an end line, in the bots' units: arena's u.
inline constexpr float bot_half_length = 40.0F;

/// Constants of all matches of a call, computed once on the host. Lengths are in the bots' units. Passed to kernels by
/// value.
struct BotConstants {
  std::uint64_t seed;
  int players;                               ///< N, per team
  bool sees_own_side;                        ///< the game takes B's actions in B's own view, not as seen from above
  float scale;                               ///< the bots' units in 1 u
  float half_width;                          ///< centre to side line, 25 in arena
  float goal_half_width;                     ///< half of the goal mouth, 13 in arena
  float kick_reach;                          ///< 3 in arena
  float player_speed;                        ///< a step, 3 in arena
  float kick_speed;                          ///< a step, given by a kick of length 1; 7 in arena
  float ball_keep;                           ///< share of its speed that the ball keeps over a step, 0.92 in arena
  Duty duty[max_players]{};                  ///< per player; the base places are scaled to the pitch's width
  Place round[std::size(round_the_ball)]{};  ///< round_the_ball
};

inline BotConstants bot_constants(const Rules& rules, std::uint64_t seed) {
  constexpr float half_width_of_duties = 25.0F;
  const float scale = bot_half_length / rules.half_length;
  BotConstants constants{seed,
                         rules.players,
                         sees_own_side(rules),
                         scale,
                         rules.half_width * scale,
                         rules.goal_half_width * scale,
                         rules.kick_reach * scale,
                         rules.player_speed * scale,
                         rules.kick_speed * scale,
                         rules.ball_keep};
  const std::vector<Duty> team = duties(rules.players);
  std::copy(team.begin(), team.end(), constants.duty);
  for (Duty& duty : constants.duty) duty.base.y *= constants.half_width / half_width_of_duties;
  std::copy(std::begin(round_the_ball), std::end(round_the_ball), constants.round);
  return constants;
}

/// B matches and the bots that move their teams.
struct BotArrays {
  std::int64_t matches;         ///< B
  std::int64_t stride;          ///< numbers from one row of bodies to the next, B or more
  const float* bodies;          ///< [4, 2N+1, stride], as in MatchArrays
  const std::int64_t* match;    ///< [B]; this and the next two are the counter of the random bot's noise
  const std::int32_t* episode;  ///< [B]
  const std::int32_t* clock;    ///< [B]
  const std::int32_t* bots;     ///< [2, B]: the Bot that moves each team; any other number: nobody
  float* action;                ///< [2, B, N, 4], aligned to 16 bytes; rows of teams that no bot moves are left alone
};

inline namespace MATCHDAY_INSTRUCTION_SET {
namespace bots {

/// A player's action, in the own view.
template <class Float>
struct Decision {
  Vec<Float> move;
  Vec<Float> kick;
};

/// One team's view of the matches from b on. Bodies are loaded at each access: a GPU's threads have no registers for
/// arrays whose length is known only at run time.
template <class Float>
struct OwnView {
  const BotConstants& constants;
  const BotArrays& arrays;
  std::int64_t b;
  int team;
  Vec<Float> ball{};
  Vec<Float> ball_velocity{};

  MATCHDAY_HOST_DEVICE OwnView(const BotConstants& of_call, const BotArrays& of_matches, std::int64_t first,
                               int own_team)
      : constants(of_call), arrays(of_matches), b(first), team(own_team) {
    ball = place(2 * players());
    ball_velocity = velocity(2 * players());
  }

  MATCHDAY_HOST_DEVICE int players() const { return constants.players; }
  /// The own players' and the opponents' places, and the own players' velocities.
  MATCHDAY_HOST_DEVICE Vec<Float> player(int k) const { return place(team * players() + k); }
  MATCHDAY_HOST_DEVICE Vec<Float> opponent(int k) const { return place((1 - team) * players() + k); }
  MATCHDAY_HOST_DEVICE Vec<Float> velocity_of_player(int k) const { return velocity(team * players() + k); }

  /// The middles of the goals: the one to attack, and the own one, its exact mirror image (hence -0).
  MATCHDAY_HOST_DEVICE Vec<Float> goal() const { return {Float(bot_half_length), Float(0.0F)}; }
  MATCHDAY_HOST_DEVICE Vec<Float> own_goal() const { return {Float(-bot_half_length), Float(-0.0F)}; }

  /// Whether player 0 is a goalkeeper. A lone player must go for the ball instead.
  MATCHDAY_HOST_DEVICE bool has_keeper() const { return players() > 1; }
  MATCHDAY_HOST_DEVICE int first_field_player() const { return has_keeper() ? 1 : 0; }

  /// Any body, by its index among the matches' bodies.
  MATCHDAY_HOST_DEVICE Vec<Float> place(int body) const { return pair(body, 0); }
  MATCHDAY_HOST_DEVICE Vec<Float> velocity(int body) const { return pair(body, 2); }
  /// Two neighbouring components of a body, the first of them `component`.
  MATCHDAY_HOST_DEVICE Vec<Float> pair(int body, int component) const {
    const std::int64_t row = (2 * players() + 1) * arrays.stride;
    const float* first = arrays.bodies + component * row + body * arrays.stride + b;
    return {number(first), number(first + row)};
  }
  MATCHDAY_HOST_DEVICE Float number(const float* from) const {
    Float number;
    load(number, from);
    return (team == 0 ? number : Float(0.0F) - number) * Float(constants.scale);
  }
};

}  // namespace bots
}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
