// The colours (private to render/). Blue and vermilion can be told apart with every kind of colour vision; both have a
// white outline because vermilion looks similar to grass for some people.
#pragma once

#include "render/shapes.h"

namespace matchday {

/// A colour as it is written on the web, 0xRRGGBB.
constexpr Colour web_colour(unsigned web) {
  const auto part = [web](int place) { return static_cast<unsigned char>((web >> (8 * place)) & 0xFFU); };
  return {part(2), part(1), part(0)};
}

inline constexpr Colour white = web_colour(0xFFFFFF);
inline constexpr Colour black = web_colour(0x000000);

inline constexpr Colour team_a_colour = web_colour(0x1F5FD6);
inline constexpr Colour team_b_colour = web_colour(0xE8541E);
inline constexpr Colour keeper_a_colour = web_colour(0x123A8C);  // darker than its team
inline constexpr Colour keeper_b_colour = web_colour(0xA5320C);

inline constexpr Colour ball_colour = web_colour(0xFFFFFF);
inline constexpr Colour ball_line_colour = web_colour(0x14202B);

inline constexpr Colour surround_colour = web_colour(0x2F7D46);
inline constexpr Colour light_grass_colour = web_colour(0x46A35C);
inline constexpr Colour dark_grass_colour = web_colour(0x3F9955);
inline constexpr Colour post_edge_colour = web_colour(0x8B97A5);
inline constexpr Colour net_colour = web_colour(0x276B3B);

inline constexpr Colour bar_colour = web_colour(0x101826);
inline constexpr Colour bar_track_colour = web_colour(0x2A3547);
inline constexpr Colour quiet_text_colour = web_colour(0x9FB0C6);
inline constexpr Colour progress_colour = web_colour(0xFFD23F);

}  // namespace matchday
