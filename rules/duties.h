// Where a bot's players wait for the ball, for 1 to 11 players, in the order of rules/formations.h.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "rules/formations.h"

namespace matchday {

/// What a player does while others are at the ball. u on a pitch of 80 x 50, own view.
struct Duty {
  Place base;            ///< place with the ball on the centre spot
  Place support;         ///< place when the own team has the ball: x from the ball, y from the long axis
  float follows = 0.0F;  ///< share of the ball's y that is added to support.y
};

inline constexpr Duty goalkeeper{{-37, 0}, {}};
inline constexpr Duty forward{{2, 0}, {14, 0}};
inline constexpr Duty left_forward{{2, -8}, {14, -11}};
inline constexpr Duty right_forward{{2, 8}, {14, 11}};
inline constexpr Duty back{{-19, 0}, {-12, 0}, 0.25F};
/// One back follows close behind the ball for a back pass, the other stays back against a counter-attack.
inline constexpr Duty left_back{{-19, -10}, {-8, -9}, 0.3F};
inline constexpr Duty right_back{{-19, 10}, {-16, 6}, 0.2F};
inline constexpr Duty midfielder{{-8, 0}, {-4, 0}, 0.3F};
inline constexpr Duty left_wing{{-3, -17}, {4, -19}};
inline constexpr Duty right_wing{{-3, 17}, {4, 19}};
inline constexpr Duty sweeper{{-28, 0}, {-22, 0}, 0.2F};
inline constexpr Duty left_centre_back{{-28, -5}, {-20, -5}, 0.2F};
inline constexpr Duty right_centre_back{{-28, 5}, {-22, 5}, 0.2F};
inline constexpr Duty left_full_back{{-24, -17}, {-12, -18}, 0.1F};
inline constexpr Duty right_full_back{{-24, 17}, {-12, 18}, 0.1F};

/// The duties of a team of `players`, player 0's first.
inline std::vector<Duty> duties(std::int64_t players) {
  if (players == 1) return {forward};
  if (players == 2) return {goalkeeper, forward};
  if (players == 3) return {goalkeeper, back, forward};
  if (players == 4) return {goalkeeper, back, left_forward, right_forward};
  std::vector<Duty> team{goalkeeper, left_back, right_back, left_forward, right_forward};
  const auto add = [&team](std::initializer_list<Duty> more) { team.insert(team.end(), more); };
  if (players >= 7) add({left_wing, right_wing});
  if (players == 8) add({sweeper});
  if (players >= 9) add({left_centre_back, right_centre_back});
  if (players == 6 || players == 10) add({midfielder});
  if (players == 11) add({left_full_back, right_full_back});
  return team;
}

/// Where players offer themselves for a pass, relative to the ball: in triangles round it, the first two ahead of it.
/// u, own view; all players but a goalkeeper take these places in this order.
inline constexpr Place round_the_ball[] = {{13, -11}, {13, 11}, {-10, 7},  {-10, -7}, {26, 0},
                                           {-17, 0},  {24, 22}, {24, -22}, {-19, 17}, {-19, -17}};

}  // namespace matchday
