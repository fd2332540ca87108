// The scripted teams by number and name. What they do: kernels/bots/.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace matchday {

enum class Bot : std::int32_t {
  nobody = -1,  ///< no bot moves this team
  still,        ///< stands
  random,       ///< noise
  chaser,       ///< all run to the ball and kick at the goal's middle
  presser,      ///< the nearest player does, the others hold their places
  keeper,       ///< has a goalkeeper, shifts its formation with the ball and shoots where the goal is open
  role,         ///< marks, supports, dribbles and passes too
  counter,      ///< waits before its own goal and plays the ball long to a lone striker
  passer,       ///< keeps the ball by short passes, and shoots only from close to the goal
};

/// The bots' names in the order of their numbers: training opponents from weakest to strongest, then held-out bots.
inline constexpr std::array<std::string_view, 8> names_of_bots{"still",  "random", "chaser",  "presser",
                                                               "keeper", "role",   "counter", "passer"};

inline constexpr int bot_count = static_cast<int>(names_of_bots.size());

/// The first this many bots may be training opponents. The others are held out of all training: a team's results
/// against them show what it learned about football, not about its opponents.
inline constexpr int training_bot_count = 6;

}  // namespace matchday
