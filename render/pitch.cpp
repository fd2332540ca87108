#include "render/pitch.h"

#include <algorithm>
#include <cmath>

#include "render/palette.h"
#include "render/shapes.h"
#include "render/text.h"

namespace matchday {
namespace {

constexpr int stripes = 12;  // even, so that the halfway line lies between two stripes

/// A full-size pitch (105 x 68 m), whose markings are scaled to any pitch.
constexpr float real_length = 105.0F;
constexpr float real_width = 68.0F;
constexpr float real_goal_half_width = 3.66F;

/// What the pitch is drawn with; lengths in u, whole pixels for all straight lines so that they are crisp.
struct Canvas {
  cairo_t* pen;
  const Rules& rules;
  const Layout& layout;
  float line;  // px

  Pixel at(float x, float y) const { return pixel_of(layout, {x, y}); }
};

/// A filled rectangle between two corners, its edges on whole pixels.
void fill(const Canvas& canvas, float left, float below, float right, float above, Colour colour) {
  const Pixel upper_left = canvas.at(left, above);
  const Pixel lower_right = canvas.at(right, below);
  draw_box(canvas.pen, {std::round(upper_left.x), std::round(upper_left.y)},
           {std::round(lower_right.x), std::round(lower_right.y)}, 0.0F, colour);
}

/// A straight line along x or y, its middle on the given ends.
void draw_line(const Canvas& canvas, float x0, float y0, float x1, float y1, float width, Colour colour,
               float opacity = 1.0F) {
  const Pixel from = canvas.at(std::min(x0, x1), std::max(y0, y1));
  const Pixel to = canvas.at(std::max(x0, x1), std::min(y0, y1));
  const float half = 0.5F * width;
  draw_box(canvas.pen, {std::round(from.x - half), std::round(from.y - half)},
           {std::round(to.x - half) + width, std::round(to.y - half) + width}, 0.0F, colour, opacity);
}

void draw_frame(const Canvas& canvas, float left, float below, float right, float above) {
  draw_line(canvas, left, below, right, below, canvas.line, white);
  draw_line(canvas, left, above, right, above, canvas.line, white);
  draw_line(canvas, left, below, left, above, canvas.line, white);
  draw_line(canvas, right, below, right, above, canvas.line, white);
}

/// The part of a circle that lies within the rectangle.
void draw_arc(const Canvas& canvas, float x, float y, float radius, float left, float below, float right, float above) {
  const Pixel upper_left = canvas.at(left, above);
  const Pixel lower_right = canvas.at(right, below);
  cairo_save(canvas.pen);
  cairo_rectangle(canvas.pen, std::round(upper_left.x), std::round(upper_left.y),
                  std::round(lower_right.x) - std::round(upper_left.x),
                  std::round(lower_right.y) - std::round(upper_left.y));
  cairo_clip(canvas.pen);
  draw_ring(canvas.pen, canvas.at(x, y), radius * canvas.layout.scale + 0.5F * canvas.line, canvas.line, white);
  cairo_restore(canvas.pen);
}

void draw_grass(const Canvas& canvas) {
  const Rules& rules = canvas.rules;
  for (int stripe = 0; stripe < stripes; ++stripe) {
    const float width = 2.0F * rules.half_length / static_cast<float>(stripes);
    const float left = -rules.half_length + static_cast<float>(stripe) * width;
    fill(canvas, left, -rules.half_width, left + width, rules.half_width,
         stripe % 2 == 0 ? light_grass_colour : dark_grass_colour);
  }
}

/// One goal outside its end line: the net and its frame.
void draw_goal(const Canvas& canvas, float side) {
  const Rules& rules = canvas.rules;
  const float line_x = side * rules.half_length;
  const float back_x = line_x + side * net_depth(rules);
  const float mouth = rules.goal_half_width;
  fill(canvas, std::min(line_x, back_x), -mouth, std::max(line_x, back_x), mouth, net_colour);
  const int columns = 4;
  const float mesh = net_depth(rules) / static_cast<float>(columns);
  const float thin = 1.0F;    // px
  const float faint = 0.32F;  // the net must not look like lines of the pitch
  for (int column = 1; column < columns; ++column) {
    const float x = line_x + side * mesh * static_cast<float>(column);
    draw_line(canvas, x, -mouth, x, mouth, thin, white, faint);
  }
  const int rows = std::max(1, static_cast<int>(std::lround(2.0F * mouth / mesh)));
  for (int row = 1; row < rows; ++row) {
    const float y = -mouth + 2.0F * mouth * static_cast<float>(row) / static_cast<float>(rows);
    draw_line(canvas, line_x, y, back_x, y, thin, white, faint);
  }
  draw_line(canvas, line_x, -mouth, back_x, -mouth, canvas.line, white);
  draw_line(canvas, line_x, mouth, back_x, mouth, canvas.line, white);
  draw_line(canvas, back_x, -mouth, back_x, mouth, canvas.line, white);
}

/// The posts at their true size, in the game that has them.
void draw_posts(const Canvas& canvas) {
  if (!traits_of(canvas.rules.game).has_discs) return;
  const float radius = canvas.rules.post_radius * canvas.layout.scale;
  for (const float x : {-canvas.rules.half_length, canvas.rules.half_length})
    for (const float y : {-canvas.rules.goal_half_width, canvas.rules.goal_half_width}) {
      const Pixel centre = canvas.at(x, y);
      draw_shadow(canvas.pen, {centre.x + 0.2F * radius, centre.y + 0.35F * radius}, radius, 0.5F * radius, 0.3F);
      draw_disc(canvas.pen, centre, radius, post_edge_colour);
      draw_disc(canvas.pen, centre, radius - std::max(1.0F, 0.18F * radius), white);
    }
}

/// Boxes, arcs and spots before one goal.
void draw_penalty_area(const Canvas& canvas, float side) {
  const Rules& rules = canvas.rules;
  const float length_share = 2.0F * rules.half_length / real_length;
  const float beside_goal = (rules.half_width - rules.goal_half_width) / (0.5F * real_width - real_goal_half_width);
  const float end = side * rules.half_length;
  const auto draw_area = [&](float real_depth, float real_beside_post) {
    const float inner = end - side * real_depth * length_share;
    const float half = rules.goal_half_width + real_beside_post * beside_goal;
    draw_frame(canvas, std::min(end, inner), -half, std::max(end, inner), half);
    return inner;
  };
  draw_area(5.5F, 5.5F);
  const float area = draw_area(16.5F, 16.5F);

  const float spot = end - side * 11.0F * length_share;
  draw_disc(canvas.pen, canvas.at(spot, 0.0F), 1.6F * canvas.line, white);
  const float radius = 9.15F * length_share;
  draw_arc(canvas, spot, 0.0F, radius, std::min(area, 0.0F), -rules.half_width, std::max(area, 0.0F), rules.half_width);
}

void draw_markings(const Canvas& canvas) {
  const Rules& rules = canvas.rules;
  const float length = rules.half_length;
  const float width = rules.half_width;
  draw_line(canvas, 0.0F, -width, 0.0F, width, canvas.line, white);
  const Pixel centre = canvas.at(0.0F, 0.0F);
  const float circle = 9.15F * 2.0F * length / real_length;
  draw_ring(canvas.pen, centre, circle * canvas.layout.scale + 0.5F * canvas.line, canvas.line, white);
  draw_disc(canvas.pen, centre, 1.6F * canvas.line, white);
  const float corner = 1.5F * 2.0F * length / real_length;  // 1.5 m, since the real 1 m would hardly be visible
  for (const float x : {-length, length})
    for (const float y : {-width, width})
      draw_arc(canvas, x, y, corner, std::min(x, 0.0F), std::min(y, 0.0F), std::max(x, 0.0F), std::max(y, 0.0F));
  draw_penalty_area(canvas, -1.0F);
  draw_penalty_area(canvas, 1.0F);
  draw_frame(canvas, -length, -width, length, width);
}

}  // namespace

ScoreBox score_box(const Layout& layout, bool of_a) {
  const float width = sized(layout, 60.0F);
  const float height = sized(layout, 46.0F);
  const float from_centre = sized(layout, 82.0F);  // leaves room for the clock between the two
  const float sign = of_a ? -1.0F : 1.0F;
  const Pixel middle{layout.centre_x + sign * (from_centre + 0.5F * width), 0.5F * layout.bar - sized(layout, 2.0F)};
  return {
      {middle.x - 0.5F * width, middle.y - 0.5F * height}, {middle.x + 0.5F * width, middle.y + 0.5F * height}, middle};
}

void draw_score_bar(cairo_t* pen, const TeamNames& names, const Layout& layout) {
  draw_box(pen, {0.0F, 0.0F}, {static_cast<float>(layout.width), layout.bar}, 0.0F, bar_colour);
  const float height = sized(layout, 23.0F);
  const float gap = sized(layout, 22.0F);  // between a name and its score
  for (const bool of_a : {true, false}) {
    const ScoreBox box = score_box(layout, of_a);
    draw_box(pen, box.upper_left, box.lower_right, sized(layout, 5.0F), of_a ? team_a_colour : team_b_colour);
    const float room = of_a ? box.upper_left.x : static_cast<float>(layout.width) - box.lower_right.x;
    const float edge = of_a ? box.upper_left.x - gap : box.lower_right.x + gap;
    draw_text(pen, of_a ? names.a : names.b, {edge, box.middle.y},
              {height, of_a ? Align::right : Align::left, white, room - 2.0F * gap});
  }
}

void draw_goals(cairo_t* pen, const Layout& layout, const std::array<int, 2>& score) {
  for (const bool of_a : {true, false}) {
    const ScoreBox box = score_box(layout, of_a);
    const std::string goals = std::to_string(score[of_a ? 0 : 1]);
    const float room = 0.8F * (box.lower_right.x - box.upper_left.x);
    TextStyle style{sized(layout, 27.0F), Align::centre, white};
    style.height *= std::min(1.0F, room / text_width(goals, style));
    draw_text(pen, goals, box.middle, style);
  }
}

Image draw_empty_pitch(const Rules& rules, const TeamNames& names, const Layout& layout) {
  Image image(layout.width, layout.height);
  const Canvas canvas{image.pen(), rules, layout, std::max(1.0F, std::round(sized(layout, 2.0F)))};
  set_colour(canvas.pen, surround_colour);
  cairo_paint(canvas.pen);
  draw_grass(canvas);
  draw_goal(canvas, -1.0F);
  draw_goal(canvas, 1.0F);
  draw_markings(canvas);
  draw_posts(canvas);
  draw_score_bar(canvas.pen, names, layout);
  return image;
}

}  // namespace matchday
