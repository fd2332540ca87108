// Everything in a picture that does not move in a match (private to render/: knows OpenCV).
#pragma once

#include <opencv2/core.hpp>

#include "render/layout.h"

namespace matchday {

/// Grass, lines, goals, and the score bar with the teams' names but without score and clock.
cv::Mat draw_empty_pitch(const Rules& rules, const TeamNames& names, const Layout& layout);

/// A box of the score bar that holds one team's goals.
struct ScoreBox {
  Pixel upper_left;
  Pixel lower_right;
  Pixel middle;
};
ScoreBox score_box(const Layout& layout, bool of_a);

/// px in this picture for px in a picture of the default width.
inline float sized(const Layout& layout, float pixels) {
  return pixels * static_cast<float>(layout.width) / static_cast<float>(default_picture_width);
}

}  // namespace matchday
