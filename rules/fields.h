// The table of all numbers in `Rules`, and the checks that a set of rules is playable.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "rules/field.h"
#include "rules/formations.h"
#include "rules/presets.h"
#include "rules/rules.h"

namespace matchday {

/// Every field but `game`, which the preset's name decides.
inline constexpr std::array<Field<Rules>, 26> rules_fields{{
    number_field("players", &Rules::players, 1, max_players, "players", "in a team"),
    number_field("steps", &Rules::steps, 1, 100000, "steps", "length of a match"),
    number_field("substeps", &Rules::substeps, 1, 64, "", "physics advances in a step (arena)"),
    number_field("half_length", &Rules::half_length, 5, 1000, "u", "from the centre to an end line"),
    number_field("half_width", &Rules::half_width, 5, 1000, "u", "from the centre to a side line"),
    number_field("goal_half_width", &Rules::goal_half_width, 0.5, 1000, "u", "half of the goal mouth"),
    number_field("player_speed", &Rules::player_speed, 0.01, 100, "u/step", "a player's top speed"),
    number_field("player_response", &Rules::player_response, 0.01, 1, "",
                 "share of the wanted change of velocity made in a step (arena)"),
    number_field("player_radius", &Rules::player_radius, 0.05, 10, "u", "a player's size (arena)"),
    number_field("player_mass", &Rules::player_mass, 0.001, 1000, "", "a player's mass (arena)"),
    number_field("ball_radius", &Rules::ball_radius, 0.05, 10, "u", "the ball's size (arena)"),
    number_field("ball_mass", &Rules::ball_mass, 0.001, 1000, "", "the ball's mass (arena)"),
    number_field("ball_keep", &Rules::ball_keep, 0.01, 1, "",
                 "share of its speed that a free ball keeps over a step (arena, footyai-v2)"),
    number_field("ball_top_speed", &Rules::ball_top_speed, 0.01, 100, "u/step", "the ball is never faster (arena)"),
    number_field("kick_reach", &Rules::kick_reach, 0.01, 1000, "u",
                 "a kick reaches the ball from here, centre to centre"),
    number_field("kick_speed", &Rules::kick_speed, 0.01, 100, "u/step", "given to the ball by a kick of length 1"),
    number_field("kick_dead_zone", &Rules::kick_dead_zone, 0, 0.99, "", "kicks not longer than this are none (arena)"),
    number_field("post_radius", &Rules::post_radius, 0.05, 10, "u", "size of the four posts (arena)"),
    number_field("restitution_players", &Rules::restitution_players, 0, 1, "",
                 "speed kept by two players who run into each other (arena)"),
    number_field("restitution_player_ball", &Rules::restitution_player_ball, 0, 1, "",
                 "speed kept by the ball off a player (arena)"),
    number_field("restitution_wall", &Rules::restitution_wall, 0, 1, "", "speed kept by the ball off a wall"),
    number_field("restitution_post", &Rules::restitution_post, 0, 1, "", "speed kept by the ball off a post (arena)"),
    number_field("start_noise", &Rules::start_noise, 0, 1000, "u",
                 "each coordinate of a start or kick-off place moves by up to this (arena)"),
    number_field("shaping_ball", &Rules::shaping_ball, 0, 10, "", "reward for moving the ball by half a pitch (arena)"),
    number_field("shaping_player", &Rules::shaping_player, 0, 10, "",
                 "reward for the nearest player coming half a pitch nearer to the ball (arena)"),
    number_field("shaping_mean", &Rules::shaping_mean, 0, 10, "",
                 "reward for the players' mean distance to the ball shrinking by 1 u (FootyAI)"),
}};

/// "kick_speed is 9.0; it must be at most ball_top_speed, 7.5": a number outside a bound that other numbers set.
inline std::string bound_problem(const std::string& what, float value, const std::string& bound, float bound_value,
                                 const std::string& reason = "") {
  return what + " is " + value_text(value) + "; it must be " + bound + ", " + value_text(bound_value) +
         (reason.empty() ? "" : ", so that " + reason);
}

/// Do colliding bodies always overlap in some substep, before their centres pass? Else one could pass through.
inline std::optional<std::string> passing_problem(const Rules& rules) {
  const auto substeps = static_cast<float>(rules.substeps);
  const float ball = rules.ball_top_speed / substeps;
  const float player = rules.player_speed / substeps;
  const float ball_and_player = (rules.ball_top_speed + rules.player_speed) / substeps;
  if (!(ball_and_player < rules.player_radius + rules.ball_radius))
    return bound_problem("(ball_top_speed + player_speed) / substeps", ball_and_player,
                         "less than player_radius + ball_radius", rules.player_radius + rules.ball_radius,
                         "no ball passes through a player");
  if (!(ball < rules.post_radius + rules.ball_radius))
    return bound_problem("ball_top_speed / substeps", ball, "less than post_radius + ball_radius",
                         rules.post_radius + rules.ball_radius, "no ball passes through a post");
  if (!(player < rules.player_radius))
    return bound_problem("player_speed / substeps", player, "less than player_radius", rules.player_radius,
                         "no player passes through another");
  return std::nullopt;
}

/// Does every start place, moved by the noise, lie on the pitch?
inline std::optional<std::string> formation_problem(const Rules& rules) {
  for (const bool kicks_off : {false, true})
    for (int player = 0; player < rules.players; ++player) {
      const Place centre = start_area(rules, kicks_off, player).centre;
      const float room = std::min(rules.half_length - std::abs(centre.x), rules.half_width - std::abs(centre.y));
      if (!(rules.start_noise <= room))
        return bound_problem("start_noise", rules.start_noise, "at most the room that the formation leaves", room,
                             "all players start on the pitch");
    }
  return std::nullopt;
}

/// The first thing that is wrong with these rules, as a sentence, or nothing.
inline std::optional<std::string> problem(const Rules& rules) {
  if (auto text = range_problem(rules_fields, rules)) return text;
  if (game_name(rules.game) == "unknown") return "game is none of the presets' games";
  if (!(rules.goal_half_width <= rules.half_width))
    return bound_problem("goal_half_width", rules.goal_half_width, "at most half_width", rules.half_width);
  if (!traits_of(rules.game).has_discs) return std::nullopt;

  const float ball_and_post = rules.ball_radius + rules.post_radius;
  const float ball_and_player = rules.ball_radius + rules.player_radius;
  if (!(rules.goal_half_width + rules.post_radius <= rules.half_width))
    return bound_problem("goal_half_width + post_radius", rules.goal_half_width + rules.post_radius,
                         "at most half_width", rules.half_width);
  if (!(rules.goal_half_width > ball_and_post))
    return bound_problem("goal_half_width", rules.goal_half_width, "more than ball_radius + post_radius", ball_and_post,
                         "the ball fits between the posts");
  if (!(rules.half_length > ball_and_post))
    return bound_problem("half_length", rules.half_length, "more than ball_radius + post_radius", ball_and_post,
                         "no post reaches the half-way line");
  if (!(rules.kick_speed <= rules.ball_top_speed))
    return bound_problem("kick_speed", rules.kick_speed, "at most ball_top_speed", rules.ball_top_speed);
  if (!(rules.kick_reach > ball_and_player))
    return bound_problem("kick_reach", rules.kick_reach, "more than ball_radius + player_radius", ball_and_player,
                         "a player at the ball can kick it");
  if (auto text = passing_problem(rules)) return text;
  return formation_problem(rules);
}

}  // namespace matchday
