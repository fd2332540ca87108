// observation: what a network reads of a match, as a whole team or as a single player; both layouts, block by block.
#pragma once

#include <string>
#include <vector>

#include "rules/rules.h"

namespace matchday {

/// Distance, in u, at which the ball-relative input r/(|r| + scale) reaches one half: it is fine near the ball and
/// saturates far from it. Of all inputs that were tried, this one improved learning most.
inline constexpr float ball_relative_scale = 5.0F;

/// A score difference of this many goals reads as 1.
inline constexpr float score_difference_scale = 3.0F;

/// Scaled score differences are clamped to +- this.
inline constexpr float score_difference_limit = 2.0F;

/// A player's observation divides relative positions by this: a quarter of the length of arena's pitch, u.
inline constexpr float player_view_scale = 20.0F;

/// FootyAI v2's observation divides goals by this.
inline constexpr float footyai_score_scale = 10.0F;

/// Consecutive components of an observation: `count` groups of the same `components`.
struct ObservationBlock {
  std::string name;
  int count;
  std::vector<std::string> components;
};

/// The blocks of a team's observation, in order. Arena's is in the team's own view (B's rotated by 180 degrees, so that
/// both attack +x); FootyAI's is that of the original, from above for both teams, followed by the team's one-hot.
inline std::vector<ObservationBlock> observation_blocks(const Rules& rules) {
  const int n = rules.players;
  switch (rules.game) {
    case Game::footyai_v1: {
      const std::vector<std::string> body{"(x + L) / 2L", "(y + W) / 2W", "vx / player speed", "vy / player speed"};
      return {{"A's players", n, body},
              {"B's players", n, body},
              {"ball", 1, body},
              {"score", 1, {"A's goals", "B's goals"}},
              {"time left", 1, {"(steps - clock) / steps"}},
              {"team", 1, {"is A", "is B"}}};
    }
    case Game::footyai_v2:
      return {{"A's players", n, {"x / L", "y / W"}},
              {"B's players", n, {"x / L", "y / W"}},
              {"ball", 1, {"x / L", "y / W", "vx / kick speed", "vy / kick speed"}},
              {"score", 1, {"A's goals / 10", "B's goals / 10"}},
              {"time", 1, {"clock / steps"}},
              {"team", 1, {"is A", "is B"}}};
    case Game::arena:
      break;
  }
  const std::vector<std::string> player{"x / L", "y / W", "vx / player speed", "vy / player speed"};
  const std::vector<std::string> relative{"rx / (|r| + 5)", "ry / (|r| + 5)"};
  return {{"own players", n, player},
          {"opponents", n, player},
          {"ball", 1, {"x / L", "y / W", "vx / kick speed", "vy / kick speed"}},
          {"ball as seen by own players", n, relative},
          {"ball as seen by opponents", n, relative},
          {"score difference", 1, {"(own - theirs) / 3, within +-2"}},
          {"time left", 1, {"(steps - clock) / steps"}}};
}

/// The blocks of a player's observation, in order; the same for all games, always in the own view. Mates and opponents
/// are sorted by distance, nearest first; on a tie the lower index comes first.
inline std::vector<ObservationBlock> player_observation_blocks(const Rules& rules) {
  const int n = rules.players;
  const std::vector<std::string> other{"rx / 20", "ry / 20", "vx / player speed", "vy / player speed"};
  std::vector<ObservationBlock> blocks{
      {"self", 1, {"x / L", "y / W", "vx / player speed", "vy / player speed"}},
      {"ball", 1, {"rx / 20", "ry / 20", "rx / (|r| + 5)", "ry / (|r| + 5)", "vx / kick speed", "vy / kick speed"}}};
  if (n > 1) blocks.push_back({"mates, nearest first", n - 1, other});
  blocks.push_back({"opponents, nearest first", n, other});
  blocks.push_back({"score difference", 1, {"(own - theirs) / 3, within +-2"}});
  blocks.push_back({"time left", 1, {"(steps - clock) / steps"}});
  blocks.push_back({"which player of the team this is", n, {"1 or 0"}});
  blocks.push_back({"how many mates are nearer to the ball", n, {"1 or 0"}});
  return blocks;
}

/// Number of components of a player's observation.
constexpr int player_observation_size(int players) { return 4 + 6 + 4 * (2 * players - 1) + 2 + 2 * players; }

/// Number of components of a team's observation (D): the sum of the blocks' sizes, constexpr for the kernels.
constexpr int observation_size(Game game, int players) {
  const int bodies = 2 * players + 1;
  if (game == Game::footyai_v1) return 4 * bodies + 2 + 1 + 2;
  if (game == Game::footyai_v2) return 2 * bodies + 2 + 2 + 1 + 2;
  return 4 * bodies + 2 * (bodies - 1) + 1 + 1;
}
inline int observation_size(const Rules& rules) { return observation_size(rules.game, rules.players); }

/// Components of one player's action: move x, move y, kick x, kick y, in the acting team's view.
inline constexpr int action_size = 4;

}  // namespace matchday
