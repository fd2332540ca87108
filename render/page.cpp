#include "render/page.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "files/atomic_file.h"
#include "page_template.h"
#include "render/frames.h"
#include "render/layout.h"
#include "render/palette.h"

namespace matchday {
namespace {

using nlohmann::json;

/// The placeholder for the match in the template.
constexpr std::string_view match_here = "MATCH_DATA";

/// A coordinate in page units; 0 for NaN.
std::int16_t page_number(const Rules& rules, float coordinate) {
  if (std::isnan(coordinate)) return 0;
  return static_cast<std::int16_t>(std::lround(std::clamp(coordinate / page_unit(rules), -32767.0F, 32767.0F)));
}

std::string base64(const std::string& bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t first = 0; first < bytes.size(); first += 3) {
    std::uint32_t three = 0;
    for (std::size_t i = first; i < first + 3; ++i)
      three = three << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (int digit = 3; digit >= 0; --digit) text += digits[three >> (6U * static_cast<unsigned>(digit)) & 63U];
  }
  for (std::size_t missing = (3 - bytes.size() % 3) % 3, i = 1; i <= missing; ++i) text[text.size() - i] = '=';
  return text;
}

/// The places of all bodies, in base64: little-endian 16-bit x and y of A's players, B's and the ball, scene by scene.
std::string places_of(const Rules& rules, const std::vector<Scene>& scenes) {
  std::string bytes;
  const auto add = [&](float coordinate) {
    const auto number = static_cast<std::uint16_t>(page_number(rules, coordinate));
    bytes += static_cast<char>(number & 0xFFU);
    bytes += static_cast<char>(number >> 8U);
  };
  const auto add_place = [&](const Scene::Position& place) { add(place.x), add(place.y); };
  for (const Scene& scene : scenes) {
    std::for_each(scene.team_a.begin(), scene.team_a.end(), add_place);
    std::for_each(scene.team_b.begin(), scene.team_b.end(), add_place);
    add_place(scene.ball);
  }
  return base64(bytes);
}

int team_number(int sign) { return sign > 0 ? 0 : 1; }

/// Each kick with the number of the scene that it led to.
json kicks_of(const Rules& rules, const std::vector<Scene>& scenes) {
  json kicks = json::array();
  for (std::size_t k = 1; k < scenes.size(); ++k)
    for (const Scene::Kick& kick : scenes[k].kicks)
      if (kick.clock >= scenes[k - 1].clock)  // older ones were added before
        kicks.push_back({k, team_number(kick.team), kick.player, page_number(rules, kick.place.x),
                         page_number(rules, kick.place.y), static_cast<int>(kick.passed), static_cast<int>(kick.shot)});
  return kicks;
}

/// Each goal with the number of its scene and where the ball entered the net.
json goals_of(const Rules& rules, const std::vector<Scene>& scenes) {
  json goals = json::array();
  for (std::size_t k = 1; k < scenes.size(); ++k) {
    if (scenes[k].goal == 0) continue;
    const bool first = k == 1 || scenes[k - 1].goal != 0;
    const Scene in_goal = ball_in_goal(rules, scenes[first ? k - 1 : k - 2], scenes[k - 1], scenes[k]);
    goals.push_back(
        {k, team_number(scenes[k].goal), page_number(rules, in_goal.ball.x), page_number(rules, in_goal.ball.y)});
  }
  return goals;
}

/// Which team had the ball, a letter for each scene.
std::string owners_of(const std::vector<Scene>& scenes) {
  std::string owners;
  for (const Scene& scene : scenes) owners += scene.owner > 0 ? 'a' : scene.owner < 0 ? 'b' : '.';
  return owners;
}

json colours() {
  const auto web = [](Colour colour) {
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", colour.red, colour.green, colour.blue);
    return std::string(text);
  };
  return {{"team_a", web(team_a_colour)},
          {"team_b", web(team_b_colour)},
          {"keeper_a", web(keeper_a_colour)},
          {"keeper_b", web(keeper_b_colour)},
          {"ball", web(ball_colour)},
          {"ball_line", web(ball_line_colour)},
          {"surround", web(surround_colour)},
          {"light_grass", web(light_grass_colour)},
          {"dark_grass", web(dark_grass_colour)},
          {"post_edge", web(post_edge_colour)},
          {"net", web(net_colour)},
          {"bar", web(bar_colour)},
          {"track", web(bar_track_colour)},
          {"quiet_text", web(quiet_text_colour)},
          {"highlight", web(progress_colour)}};
}

json pitch_of(const Rules& rules) {
  const bool has_discs = traits_of(rules.game).has_discs;
  return {{"half_length", rules.half_length},
          {"half_width", rules.half_width},
          {"goal_half_width", rules.goal_half_width},
          {"net_depth", net_depth(rules)},
          {"post_radius", has_discs ? rules.post_radius : 0.0F},
          {"player_radius", drawn_player_radius(rules)},
          {"ball_radius", drawn_ball_radius(rules)},
          {"kick_reach", has_discs ? 0.0F : rules.kick_reach},  // drawn as a ring; 0: not drawn
          {"keepers", has_keepers(rules)}};
}

/// The match as JSON, escaped so that no team name can end the script element that holds it.
std::string match_data(const Rules& rules, const TeamNames& names, const std::vector<Scene>& scenes) {
  const json data{{"names", {names.a, names.b}},
                  {"pitch", pitch_of(rules)},
                  {"players", {scenes.front().team_a.size(), scenes.front().team_b.size()}},
                  {"steps", rules.steps},
                  {"unit", page_unit(rules)},
                  {"places", places_of(rules, scenes)},
                  {"owners", owners_of(scenes)},
                  {"kicks", kicks_of(rules, scenes)},
                  {"goals", goals_of(rules, scenes)},
                  {"colours", colours()}};
  const std::string text = data.dump(-1, ' ', true, json::error_handler_t::replace);
  std::string safe;
  for (const char character : text) safe += character == '<' ? "\\u003c" : std::string(1, character);
  return safe;
}

}  // namespace

void save_page(const std::filesystem::path& path, const Rules& rules, const TeamNames& names,
               const std::vector<Scene>& scenes) {
  if (scenes.empty()) throw std::logic_error("a page needs a match");
  for (const Scene& scene : scenes)
    if (scene.team_a.size() != scenes.front().team_a.size() || scene.team_b.size() != scenes.front().team_b.size())
      throw std::logic_error("a page is of one match, but its teams change");
  std::string page = page_template;
  page.replace(page.find(match_here), match_here.size(), match_data(rules, names, scenes));
  write_whole(path, page);
}

}  // namespace matchday
