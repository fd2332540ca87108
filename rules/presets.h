// The games' own rules, by name. configs/presets/ has the presets made of them, with a network and its training.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "rules/rules.h"

namespace matchday {

/// FootyAI's first game: 100 x 60 pitch, moves of 2 and kicks of 4, kicks add up, no friction.
inline Rules footyai_v1() {
  Rules rules;
  rules.game = Game::footyai_v1;
  rules.substeps = 1;
  rules.half_length = 50.0F;
  rules.half_width = 30.0F;
  rules.goal_half_width = 10.0F;
  rules.player_speed = 2.0F;
  rules.ball_keep = 1.0F;
  rules.kick_reach = 3.0F;
  rules.kick_speed = 4.0F;
  rules.restitution_wall = 0.8F;
  rules.shaping_mean = 1.0F;
  return rules;
}

/// FootyAI's second game: the same pitch, the mean kick replaces the ball's velocity, friction 0.9, lossless walls.
inline Rules footyai_v2() {
  Rules rules = footyai_v1();
  rules.game = Game::footyai_v2;
  rules.ball_keep = 0.9F;
  rules.restitution_wall = 1.0F;
  rules.shaping_mean = 0.3F;
  return rules;
}

/// matchday's own game, the default. Its numbers were tuned by playing matches, until bots ranked by skill, play seldom
/// got stuck and a match had a few goals.
inline Rules arena() { return Rules{}; }

/// A game's own rules.
struct Preset {
  std::string_view name;
  Rules (*rules)();
};

inline constexpr std::array<Preset, 3> presets{{
    {"arena", arena},
    {"footyai-v1", footyai_v1},
    {"footyai-v2", footyai_v2},
}};

/// The rules of the preset of this name, or nothing.
inline std::optional<Rules> find_preset(std::string_view name) {
  for (const Preset& preset : presets)
    if (preset.name == name) return preset.rules();
  return std::nullopt;
}

/// The name of this game.
inline std::string_view game_name(Game game) {
  for (const Preset& preset : presets)
    if (preset.rules().game == game) return preset.name;
  return "unknown";
}

}  // namespace matchday
