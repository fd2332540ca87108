// Antialiased shapes and text at sub-pixel places (private to render/: knows OpenCV).
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "render/layout.h"

namespace matchday {

/// One pixel of an image, in OpenCV's order.
struct Colour {
  unsigned char blue;
  unsigned char green;
  unsigned char red;
};

/// `softness`: px over which the edge fades; 1 is plain antialiasing, more makes a shadow.
void draw_disc(cv::Mat& image, Pixel centre, float radius, Colour colour, float opacity = 1.0F, float softness = 1.0F);

/// A circle whose line lies inside `radius`.
void draw_ring(cv::Mat& image, Pixel centre, float radius, float line, Colour colour, float opacity = 1.0F);

/// A rectangle with rounded corners.
void draw_box(cv::Mat& image, Pixel upper_left, Pixel lower_right, float corner, Colour colour, float opacity = 1.0F);

/// A line through the points that grows from nothing at the first to `radius` and `opacity` at the last.
void draw_comet(cv::Mat& image, const std::vector<Pixel>& points, float radius, Colour colour, float opacity);

enum class Align { left, centre, right };

/// Width in px of a line of text whose capitals are `height` px high.
float text_width(const std::string& text, float height);

/// The text, shortened to `width` px with an ellipsis. Characters that the font lacks (all but ASCII) become '?'.
std::string fit_text(const std::string& text, float height, float width);

/// One line of text; `at` is the middle of its capitals' height and its left end, middle or right end.
void draw_text(cv::Mat& image, const std::string& text, Pixel at, float height, Align align, Colour colour,
               float opacity = 1.0F);

}  // namespace matchday
