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
};

/// Their names in the order of their numbers, from weakest to strongest.
inline constexpr std::array<std::string_view, 6> names_of_bots{"still",   "random", "chaser",
                                                               "presser", "keeper", "role"};

inline constexpr int bot_count = static_cast<int>(names_of_bots.size());

}  // namespace matchday
