// The layout of a picture: a score bar on top, below it the whole pitch with its goals and a little grass
// around.
#pragma once

#include <cmath>

#include "render/scene.h"
#include "rules/rules.h"

namespace matchday {

/// Width of pictures and videos, px. The height follows from the pitch: 846 for arena, 818 for FootyAI.
inline constexpr int default_picture_width = 1280;

/// Narrowest picture in which the names and the score still have room, px.
inline constexpr int least_picture_width = 320;

/// Depth of the drawn goals behind the end lines, u. Nothing is played there, it only has to look like a goal.
inline float net_depth(const Rules& rules) { return 0.085F * rules.half_length; }

/// FootyAI's players and ball are points without a size, so a small dot stands for each, u. What matters in play is a
/// player's kick reach, drawn as a ring: whoever has the ball's middle within the ring can kick it.
inline float drawn_player_radius(const Rules& rules) {
  return traits_of(rules.game).has_discs ? rules.player_radius : 0.9F;
}
inline float drawn_ball_radius(const Rules& rules) {
  return traits_of(rules.game).has_discs ? rules.ball_radius : 0.55F;
}

/// Whether the first player of each team is drawn as its keeper.
inline bool has_keepers(const Rules& rules) { return traits_of(rules.game).has_discs && rules.players > 1; }

struct Layout {
  int width;       ///< px, even, as H.264 requires
  int height;      ///< px, even
  float bar;       ///< px, height of the score bar
  float scale;     ///< px per u
  float centre_x;  ///< px, the middle of the pitch
  float centre_y;  ///< px
};

/// A place in a picture, px from its upper left corner; the middle of the first pixel is at (0.5, 0.5).
struct Pixel {
  float x;
  float y;
};

inline Layout layout_of(const Rules& rules, int width = default_picture_width) {
  const float beside = 0.13F * rules.half_length;  // u, left and right: the nets and as much grass as above
  const float above = 0.055F * rules.half_length;  // u, above and below: a strip of grass that frames the pitch
  const float bar_share = 76.0F / 1280.0F;         // of the width: room for two lines of text
  Layout layout{};
  layout.width = (width < least_picture_width ? least_picture_width : width) / 2 * 2;
  layout.bar = bar_share * static_cast<float>(layout.width);
  layout.scale = static_cast<float>(layout.width) / (2.0F * (rules.half_length + beside));
  const float grass = 2.0F * (rules.half_width + above) * layout.scale;
  layout.height = static_cast<int>(std::lround((layout.bar + grass) / 2.0F)) * 2;
  layout.centre_x = 0.5F * static_cast<float>(layout.width);
  layout.centre_y = layout.bar + 0.5F * grass;
  return layout;
}

inline Pixel pixel_of(const Layout& layout, Scene::Position place) {
  return {layout.centre_x + place.x * layout.scale, layout.centre_y - place.y * layout.scale};
}

}  // namespace matchday
