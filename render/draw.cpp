#include "render/draw.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "render/palette.h"
#include "render/pitch.h"
#include "render/shapes.h"
#include "render/text.h"

namespace matchday {
namespace {

/// Least height of a legible number, px.
constexpr float least_number_height = 8.0F;

struct Look {
  Colour team;
  Colour keeper;
};

void draw_body_shadow(cairo_t* pen, Pixel centre, float radius) {
  draw_shadow(pen, {centre.x + 0.15F * radius, centre.y + 0.3F * radius}, radius, 0.45F * radius, 0.28F);
}

void draw_player(cairo_t* pen, Pixel centre, float radius, Colour colour, std::size_t index) {
  const float outline = std::max(1.2F, 0.12F * radius);  // px, within the true radius
  draw_disc(pen, centre, radius, white);
  draw_disc(pen, centre, radius - outline, colour);
  const std::string number = std::to_string(index + 1);
  const float height = radius * (number.size() > 1 ? 0.62F : 0.78F);
  if (height >= least_number_height) draw_text(pen, number, centre, {height, Align::centre, white});
}

void draw_ball(cairo_t* pen, Pixel centre, float radius) {
  const float outline = std::max(1.4F, 0.2F * radius);  // px, within the true radius
  draw_disc(pen, centre, radius, ball_line_colour);
  draw_disc(pen, centre, radius - outline, ball_colour);
}

/// A ring that opens where the ball was kicked and fades.
void draw_kick(cairo_t* pen, const Rules& rules, const Layout& layout, const Scene& scene, const Scene::Kick& kick) {
  const float age = (scene.clock - kick.clock) / kick_mark_steps;  // 0 to 1
  if (!(age >= 0.0F && age < 1.0F)) return;
  const float radius = drawn_ball_radius(rules) * (1.3F + 2.2F * age) * layout.scale;
  draw_ring(pen, pixel_of(layout, kick.place), radius, std::max(1.5F, sized(layout, 5.0F) * (1.0F - age)),
            kick.shot ? progress_colour : white, 0.9F * (1.0F - age));
}

void draw_bodies(cairo_t* pen, const Rules& rules, const Layout& layout, const Scene& scene) {
  const float radius = drawn_player_radius(rules) * layout.scale;
  const float ball = drawn_ball_radius(rules) * layout.scale;
  const Look look_a{team_a_colour, keeper_a_colour};
  const Look look_b{team_b_colour, keeper_b_colour};
  const auto for_each_player = [&](const auto& draw) {
    for (std::size_t i = 0; i < scene.team_a.size(); ++i) draw(pixel_of(layout, scene.team_a[i]), look_a, i);
    for (std::size_t i = 0; i < scene.team_b.size(); ++i) draw(pixel_of(layout, scene.team_b[i]), look_b, i);
  };

  if (!traits_of(rules.game).has_discs)
    for_each_player([&](Pixel place, const Look& look, std::size_t) {
      const float reach = rules.kick_reach * layout.scale;
      draw_disc(pen, place, reach, look.team, 0.16F);
      draw_ring(pen, place, reach, std::max(1.0F, sized(layout, 1.5F)), white, 0.45F);
    });
  for_each_player([&](Pixel place, const Look&, std::size_t) { draw_body_shadow(pen, place, radius); });
  draw_body_shadow(pen, pixel_of(layout, scene.ball), ball);

  std::vector<Pixel> trail;
  for (const Scene::Position& place : scene.trail) trail.push_back(pixel_of(layout, place));
  trail.push_back(pixel_of(layout, scene.ball));
  draw_comet(pen, trail, 0.85F * ball, white, 0.55F);

  if (scene.goal == 0)  // after a goal the ball is elsewhere by now
    for (const Scene::Kick& kick : scene.kicks) draw_kick(pen, rules, layout, scene, kick);

  for_each_player([&](Pixel place, const Look& look, std::size_t index) {
    const bool keeper = has_keepers(rules) && index == 0;
    draw_player(pen, place, radius, keeper ? look.keeper : look.team, index);
  });
  draw_ball(pen, pixel_of(layout, scene.ball), ball);
}

void draw_score(cairo_t* pen, const Rules& rules, const Layout& layout, const Scene& scene) {
  draw_goals(pen, layout, scene.score);
  const float middle = score_box(layout, true).middle.y;
  const long step = std::lround(std::floor(scene.clock));
  draw_text(pen, "STEP", {layout.centre_x, middle - sized(layout, 16.0F)},
            {sized(layout, 10.0F), Align::centre, quiet_text_colour});
  draw_text(pen, std::to_string(step) + "/" + std::to_string(rules.steps),
            {layout.centre_x, middle + sized(layout, 9.0F)}, {sized(layout, 17.0F), Align::centre, white});

  const float line = std::max(2.0F, std::round(sized(layout, 4.0F)));
  const auto width = static_cast<float>(layout.width);
  const float played = std::clamp(scene.clock / static_cast<float>(std::max(rules.steps, 1)), 0.0F, 1.0F);
  const float below = std::round(layout.bar);
  draw_box(pen, {0.0F, below - line}, {width, below}, 0.0F, bar_track_colour);
  draw_box(pen, {0.0F, below - line}, {played * width, below}, 0.0F, progress_colour);
}

/// A card in the middle of the pitch, narrow enough to leave the ball in the net in sight.
void draw_goal_cue(cairo_t* pen, const Layout& layout, const TeamNames& names, int goal) {
  const std::string& name = goal > 0 ? names.a : names.b;
  const TextStyle name_style{sized(layout, 20.0F), Align::centre, white, sized(layout, 560.0F)};
  const float half_width = std::max(sized(layout, 190.0F), 0.5F * text_width(name, name_style) + sized(layout, 36.0F));
  const float half_height = sized(layout, 74.0F);
  const float corner = sized(layout, 16.0F);
  const float border = sized(layout, 4.0F);
  const auto draw_card = [&](float beyond, float down, Colour colour, float opacity) {
    draw_box(pen, {layout.centre_x - half_width - beyond, layout.centre_y - half_height - beyond + down},
             {layout.centre_x + half_width + beyond, layout.centre_y + half_height + beyond + down}, corner + beyond,
             colour, opacity);
  };
  draw_card(border, sized(layout, 6.0F), black, 0.25F);
  draw_card(border, 0.0F, white, 1.0F);
  draw_card(0.0F, 0.0F, goal > 0 ? team_a_colour : team_b_colour, 1.0F);
  draw_text(pen, "GOAL", {layout.centre_x, layout.centre_y - sized(layout, 18.0F)},
            {sized(layout, 56.0F), Align::centre, white});
  draw_text(pen, name, {layout.centre_x, layout.centre_y + sized(layout, 42.0F)}, name_style);
}

}  // namespace

Painter::Painter(const Rules& rules, const TeamNames& names, int width)
    : rules_(rules),
      names_(names),
      layout_(layout_of(rules, width)),
      empty_pitch_(draw_empty_pitch(rules, names, layout_)) {}

void Painter::paint(const Scene& scene, cairo_t* pen) const {
  cairo_set_source_surface(pen, empty_pitch_.surface(), 0.0, 0.0);
  cairo_paint(pen);
  draw_bodies(pen, rules_, layout_, scene);
  draw_score(pen, rules_, layout_, scene);
  if (scene.goal != 0) draw_goal_cue(pen, layout_, names_, scene.goal);
}

}  // namespace matchday
