// Everything in a picture that does not move in a match (private to render/).
#pragma once

#include <array>

#include "render/image.h"
#include "render/layout.h"

namespace matchday {

/// Grass, lines, goals, and the score bar with the teams' names but without score and clock.
Image draw_empty_pitch(const Rules& rules, const TeamNames& names, const Layout& layout);

/// A box of the score bar that holds one team's goals.
struct ScoreBox {
  Pixel upper_left;
  Pixel lower_right;
  Pixel middle;
};
ScoreBox score_box(const Layout& layout, bool of_a);

/// The bar on top with the teams' names, without numbers.
void draw_score_bar(cairo_t* pen, const TeamNames& names, const Layout& layout);

/// A's and B's goals in their boxes.
void draw_goals(cairo_t* pen, const Layout& layout, const std::array<int, 2>& score);

/// px in this picture for px in a picture of the default width.
inline float sized(const Layout& layout, float pixels) {
  return pixels * static_cast<float>(layout.width) / static_cast<float>(default_picture_width);
}

}  // namespace matchday
