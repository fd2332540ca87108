// Antialiased shapes at sub-pixel places (private to render/). A place that is not finite draws nothing.
#pragma once

#include <cairo.h>

#include <vector>

#include "render/layout.h"

namespace matchday {

/// A colour's parts, 0 to 255.
struct Colour {
  unsigned char red;
  unsigned char green;
  unsigned char blue;
};

/// What the pen draws with from now on; `opacity` 0 to 1.
void set_colour(cairo_t* pen, Colour colour, float opacity = 1.0F);

void draw_disc(cairo_t* pen, Pixel centre, float radius, Colour colour, float opacity = 1.0F);

/// A disc whose edge fades over `softness` px, half of them beyond the radius.
void draw_shadow(cairo_t* pen, Pixel centre, float radius, float softness, float opacity);

/// A circle whose line lies inside `radius`.
void draw_ring(cairo_t* pen, Pixel centre, float radius, float line, Colour colour, float opacity = 1.0F);

/// A rectangle with rounded corners.
void draw_box(cairo_t* pen, Pixel upper_left, Pixel lower_right, float corner, Colour colour, float opacity = 1.0F);

/// A line through the points that grows from nothing at the first to `radius` at the last, where it has this opacity;
/// it fades with the distance from there.
void draw_comet(cairo_t* pen, const std::vector<Pixel>& points, float radius, Colour colour, float opacity);

/// A line of this width in px from point to point.
void draw_polyline(cairo_t* pen, const std::vector<Pixel>& points, float width, Colour colour);

/// The filled polygon with these corners.
void draw_polygon(cairo_t* pen, const std::vector<Pixel>& corners, Colour colour, float opacity);

}  // namespace matchday
