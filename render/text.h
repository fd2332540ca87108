// Lines of text, in any script that the system has a font for (private to render/).
#pragma once

#include <cairo.h>

#include <string>

#include "render/shapes.h"

namespace matchday {

enum class Align { left, centre, right };

struct TextStyle {
  float height;  ///< of the capitals, px
  Align align = Align::left;
  Colour colour{255, 255, 255};
  float most_width = 0.0F;  ///< px; longer text is shortened with an ellipsis. 0: there is room for all of it
};

/// Width of a line of UTF-8 text, px.
float text_width(const std::string& text, const TextStyle& style);

/// Draws a line of UTF-8 text; `at` is the middle of its capitals' height and its left end, middle or right end. Bytes
/// that are no UTF-8 become U+FFFD.
void draw_text(cairo_t* pen, const std::string& text, Pixel at, const TextStyle& style);

}  // namespace matchday
