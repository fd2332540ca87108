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
  presser,      ///< the nearest does, the others keep to their places
  keeper,       ///< has a goalkeeper, moves its places with the ball and shoots where the goal is open
  role,         ///< marks, supports, dribbles and passes too
  counter,      ///< waits before its own goal and plays the ball long to a lone striker
  passer,       ///< keeps the ball by short passes, and shoots from near alone
};

/// Their names in the order of their numbers: from weakest to strongest, and then those that nobody trains against.
inline constexpr std::array<std::string_view, 8> names_of_bots{"still",  "random", "chaser",  "presser",
                                                               "keeper", "role",   "counter", "passer"};

inline constexpr int bot_count = static_cast<int>(names_of_bots.size());

/// So many, the first, may be trained against. The others are kept out of all training: how a team does against them
/// says what it learned of football, not of its opponents.
inline constexpr int training_bot_count = 6;

}  // namespace matchday
