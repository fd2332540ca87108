#include "render/shapes.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

namespace matchday {
namespace {

struct ReleasePattern {
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using Pattern = std::unique_ptr<cairo_pattern_t, ReleasePattern>;

constexpr double share(unsigned char part) { return part / 255.0; }

/// Cairo keeps places as 24 bits before the binary point, and a pen that was given one beyond draws nothing any more.
constexpr float farthest = 1e6F;

bool drawable(Pixel place) { return std::abs(place.x) < farthest && std::abs(place.y) < farthest; }

void add_circle(cairo_t* pen, Pixel centre, float radius) {
  cairo_new_sub_path(pen);
  cairo_arc(pen, centre.x, centre.y, std::max(radius, 0.0F), 0.0, 2.0 * std::numbers::pi);
}

void add_lines(cairo_t* pen, const std::vector<Pixel>& points) {
  for (const Pixel& point : points) cairo_line_to(pen, point.x, point.y);
}

/// Colours around a middle: full up to `inner` px from it, gone at `outer`.
Pattern fading(Pixel middle, float inner, float outer, Colour colour, float opacity) {
  Pattern pattern(cairo_pattern_create_radial(middle.x, middle.y, inner, middle.x, middle.y, outer));
  const auto stop = [&](double place, double alpha) {
    cairo_pattern_add_color_stop_rgba(pattern.get(), place, share(colour.red), share(colour.green), share(colour.blue),
                                      alpha);
  };
  stop(0.0, opacity);
  stop(1.0, 0.0);
  return pattern;
}

}  // namespace

void set_colour(cairo_t* pen, Colour colour, float opacity) {
  cairo_set_source_rgba(pen, share(colour.red), share(colour.green), share(colour.blue), opacity);
}

void draw_disc(cairo_t* pen, Pixel centre, float radius, Colour colour, float opacity) {
  if (!drawable(centre)) return;
  set_colour(pen, colour, opacity);
  add_circle(pen, centre, radius);
  cairo_fill(pen);
}

void draw_shadow(cairo_t* pen, Pixel centre, float radius, float softness, float opacity) {
  if (!drawable(centre)) return;
  const float reach = radius + 0.5F * softness;
  const Pattern pattern = fading(centre, radius - 0.5F * softness, reach, {0, 0, 0}, opacity);
  cairo_set_source(pen, pattern.get());
  add_circle(pen, centre, reach);
  cairo_fill(pen);
}

void draw_ring(cairo_t* pen, Pixel centre, float radius, float line, Colour colour, float opacity) {
  if (!drawable(centre)) return;
  set_colour(pen, colour, opacity);
  cairo_set_line_width(pen, line);
  add_circle(pen, centre, radius - 0.5F * line);
  cairo_stroke(pen);
}

void draw_box(cairo_t* pen, Pixel upper_left, Pixel lower_right, float corner, Colour colour, float opacity) {
  if (!drawable(upper_left) || !drawable(lower_right)) return;
  set_colour(pen, colour, opacity);
  const double quarter = 0.5 * std::numbers::pi;
  cairo_new_sub_path(pen);
  cairo_arc(pen, lower_right.x - corner, upper_left.y + corner, corner, -quarter, 0.0);
  cairo_arc(pen, lower_right.x - corner, lower_right.y - corner, corner, 0.0, quarter);
  cairo_arc(pen, upper_left.x + corner, lower_right.y - corner, corner, quarter, 2.0 * quarter);
  cairo_arc(pen, upper_left.x + corner, upper_left.y + corner, corner, 2.0 * quarter, 3.0 * quarter);
  cairo_fill(pen);
}

void draw_comet(cairo_t* pen, const std::vector<Pixel>& points, float radius, Colour colour, float opacity) {
  if (points.size() < 2 || !std::all_of(points.begin(), points.end(), drawable)) return;
  const Pixel head = points.back();
  float length = radius;
  for (const Pixel& point : points) length = std::max(length, std::hypot(point.x - head.x, point.y - head.y));

  // A tapered piece between each two points and a disc at each joint, filled as one, so that joints don't show. All run
  // round in the same direction: where they overlap none of them cancels another.
  const auto pieces = static_cast<float>(points.size() - 1);
  for (std::size_t piece = 0; piece + 1 < points.size(); ++piece) {
    const Pixel from = points[piece];
    const Pixel to = points[piece + 1];
    const float distance = std::hypot(to.x - from.x, to.y - from.y);
    const float newer = radius * static_cast<float>(piece + 1) / pieces;
    add_circle(pen, to, newer);
    if (distance == 0.0F) continue;
    const float older = radius * static_cast<float>(piece) / pieces;
    const Pixel across{(to.y - from.y) / distance, (from.x - to.x) / distance};
    cairo_new_sub_path(pen);
    add_lines(pen, {{from.x + older * across.x, from.y + older * across.y},
                    {to.x + newer * across.x, to.y + newer * across.y},
                    {to.x - newer * across.x, to.y - newer * across.y},
                    {from.x - older * across.x, from.y - older * across.y}});
    cairo_close_path(pen);
  }
  const Pattern pattern = fading(head, 0.0F, length, colour, opacity);
  cairo_set_source(pen, pattern.get());
  cairo_fill(pen);
}

void draw_polyline(cairo_t* pen, const std::vector<Pixel>& points, float width, Colour colour) {
  set_colour(pen, colour);
  cairo_set_line_width(pen, width);
  cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(pen, CAIRO_LINE_CAP_ROUND);
  add_lines(pen, points);
  cairo_stroke(pen);
}

void draw_polygon(cairo_t* pen, const std::vector<Pixel>& corners, Colour colour, float opacity) {
  set_colour(pen, colour, opacity);
  add_lines(pen, corners);
  cairo_close_path(pen);
  cairo_fill(pen);
}

}  // namespace matchday
