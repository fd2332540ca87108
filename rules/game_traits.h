// What tells the games apart for all who are not the physics: one row a game.
#pragma once

#include <array>
#include <cstdint>

namespace matchday {

/// The laws of motion of a match. A field of Rules whose comment names games is used by these games alone.
enum class Game : std::int32_t {
  footyai_v1,  ///< point players, kicks add up, no friction
  footyai_v2,  ///< point players, the mean kick replaces the ball's velocity, friction
  arena,       ///< bodies with mass that collide, posts, walls, one kicker at a time
};

struct GameTraits {
  bool own_side;   ///< both teams see the pitch from their own side (B's view rotated by 180 degrees) and act in that
                   ///< view; else both see and act from above, as FootyAI did
  bool has_discs;  ///< players, ball and posts have a size and collide; else they are points
  bool unit_actions;  ///< moves and kicks are cut to length 1, and kicks within kick_dead_zone are none; else
                      ///< components are cut to +-footyai_action_bound
  bool moves_first;   ///< players move before they kick
};

/// In the order of Game.
inline constexpr std::array<GameTraits, 3> game_traits{{
    {.own_side = false, .has_discs = false, .unit_actions = false, .moves_first = false},
    {.own_side = false, .has_discs = false, .unit_actions = false, .moves_first = true},
    {.own_side = true, .has_discs = true, .unit_actions = true, .moves_first = false},
}};

inline constexpr const GameTraits& traits_of(Game game) { return game_traits[static_cast<std::size_t>(game)]; }

}  // namespace matchday
