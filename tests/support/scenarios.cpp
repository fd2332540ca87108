#include "tests/support/scenarios.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "rules/fields.h"
#include "sim/reference/random.h"
#include "sim/reference_states.h"
#include "verify/equivalence.h"

namespace matchday {
namespace {

using reference::Body;
using reference::GameState;
using reference::Vec;

constexpr std::uint64_t seed = 20;

Vec on_pitch(const Rules& rules, Vec place) {
  return {std::clamp(place.x, -rules.half_length, rules.half_length),
          std::clamp(place.y, -rules.half_width, rules.half_width)};
}

Scenario lined_up(const Rules& rules, const Scenario& ball) {
  GameState state = reference::start(rules, ball.state.key);
  state.ball = ball.state.ball;
  return {ball.name + ", players lined up", state};
}

/// Players stand overlapping in rows of five around the ball and run in all directions.
Scenario huddled(const Rules& rules, const Scenario& ball) {
  GameState state = ball.state;
  for (int team = 0; team < 2; ++team)
    for (int i = 0; i < rules.players; ++i) {
      const int k = 2 * i + team;
      // NOLINTNEXTLINE(bugprone-integer-division): rows of five
      const Vec offset{1.9F * static_cast<float>(k % 5 - 2), 1.9F * static_cast<float>(k / 5 - 1)};
      const Vec direction{static_cast<float>(k * 7 % 5 - 2), static_cast<float>(k * 3 % 5 - 2)};
      state.players[static_cast<std::size_t>(team)][static_cast<std::size_t>(i)] = {
          on_pitch(rules, state.ball.position + offset), direction * (0.5F * rules.player_speed)};
    }
  return {ball.name + ", players huddled", state};
}

/// All centres coincide with the ball's.
Scenario in_one_spot(const Rules& rules, const Scenario& ball) {
  Scenario all = huddled(rules, ball);
  for (auto& team : all.state.players)
    for (Body& player : team) player.position = ball.state.ball.position;
  return {ball.name + ", players in its spot", all.state};
}

/// Mirrors a vector into one of the pitch's four quarters.
Vec into_quarter(std::size_t number, Vec v) {
  return {number % 2 == 0 ? v.x : 0.0F - v.x, number / 2 % 2 == 0 ? v.y : 0.0F - v.y};
}

/// Posts so thick that the ball, near one of the pitch's middle lines, touches one and nearly touches its mirror
/// image.
Rules thick_posts() {
  Rules rules = preset_with("arena", 1);
  rules.half_length = rules.goal_half_width = 7.1F;
  rules.half_width = 13.5F;
  rules.post_radius = 6.3F;
  rules.start_noise = 0.0F;
  return rules;
}

/// Rules in which the ball's drag, in the only substep, and weights of 0 would give -0.
Rules negative_zeros() {
  Rules rules = preset_with("arena", 3);
  rules.substeps = 1;
  rules.ball_top_speed = 1.0F;
  rules.player_speed = 0.5F;
  rules.kick_speed = 0.01F;  // the minimum
  rules.shaping_ball = rules.shaping_player = 0.0F;
  return rules;
}

/// The smallest negative move would give a player the velocity -0.
Rules slow_players() {
  Rules rules = preset_with("footyai-v1", 2);
  rules.player_speed = 0.01F;
  return rules;
}

}  // namespace

std::vector<Scenario> scenarios(const Rules& rules) {
  const float l = rules.half_length;
  const float w = rules.half_width;
  const float g = rules.goal_half_width;
  const float r = rules.ball_radius;
  const float fast = rules.ball_top_speed;
  const std::vector<std::pair<const char*, Body>> balls{
      {"ball at the centre", {}},
      {"ball on a post", {{l, g}, {}}},
      {"ball overlapping a post", {{l - 0.5F, g - 0.25F}, {}}},
      {"ball in front of a post", {{l - 3.0F, g}, {fast, 0.0F}}},
      {"ball along the end line to a post", {{l, g + 4.0F}, {0.0F, 0.0F - fast}}},
      {"ball from the goal's side to a post", {{l - 1.0F, g - 4.0F}, {1.0F, fast}}},
      {"ball on the goal line", {{l, 0.0F}, {}}},
      {"ball into the goal", {{l - 2.0F, 1.0F}, {fast, 1.0F}}},
      {"ball on the end line", {{l, g + 2.0F}, {}}},
      {"ball in reach of the end wall", {{l - r, g + 5.0F}, {fast, 0.0F}}},
      {"ball in a corner", {{l, w}, {1.0F, 1.0F}}},
      {"ball into a corner", {{l - 3.0F, w - 3.0F}, {0.75F * fast, 0.75F * fast}}},
      {"ball on the side line", {{3.0F, w}, {}}},
      {"ball along the side line", {{0.0F, w}, {fast, 0.5F}}},
      {"ball too fast", {{-10.0F, 0.0F}, {3.0F * fast, 2.0F * fast}}},
      {"ball slow", {{1.0F, -2.0F}, {1e-30F, -1e-30F}}},
      {"ball too fast, and all but straight", {{-10.0F, 0.0F}, {3.0F * fast, -1e-45F}}},
  };
  std::vector<Scenario> all;
  for (const auto& [name, body] : balls) {
    GameState state;
    state.key = {seed, static_cast<std::uint32_t>(all.size())};
    state.ball = {into_quarter(all.size(), body.position), into_quarter(all.size(), body.velocity)};
    const Scenario ball{name, state};
    for (const Scenario& scenario : {lined_up(rules, ball), huddled(rules, ball), in_one_spot(rules, ball)})
      all.push_back(scenario);
  }
  return all;
}

GameState scattered(const Rules& rules, std::uint32_t number) {
  GameState state;
  state.key = {seed, number};
  const auto uniforms = [&](std::uint32_t slot) { return reference::uniforms(state.key, 0, 0, 5000 + slot); };
  const auto signed_half = [](float u) { return std::floor(9.0F * u) * 0.25F - 1.0F; };  // -1, -0.75 .. 1
  const auto where = uniforms(0);
  const Vec centre{signed_half(where[0]) * rules.half_length, signed_half(where[1]) * rules.half_width};
  const float extent = number % 3 == 0 ? 2.0F : number % 3 == 1 ? 6.0F : rules.half_length;
  const auto half_units = [&](float u) { return std::floor(4.0F * extent * u + 0.5F) * 0.5F - extent; };
  const auto body = [&](std::uint32_t slot, float speed) {
    const auto u = uniforms(slot);
    return Body{on_pitch(rules, centre + Vec{half_units(u[0]), half_units(u[1])}),
                Vec{signed_half(u[2]), signed_half(u[3])} * speed};
  };
  std::uint32_t slot = 1;
  for (auto& team : state.players)
    for (Body& player : team) player = body(slot++, rules.player_speed);
  state.ball = body(slot++, rules.ball_top_speed);
  const auto counts = uniforms(slot);
  state.score = {static_cast<int>(9.0F * counts[0]), static_cast<int>(9.0F * counts[1])};
  state.clock = static_cast<int>(static_cast<float>(rules.steps) * counts[2]);
  state.episode = static_cast<int>(3.0F * counts[3]);
  return state;
}

std::vector<GameState> adversarial_states(const Rules& rules, std::uint32_t strewn) {
  std::vector<GameState> states;
  for (const Scenario& scenario : scenarios(rules)) states.push_back(scenario.state);
  for (std::uint32_t number = 0; number < strewn; ++number) states.push_back(scattered(rules, number));
  for (std::size_t b = 0; b < states.size(); ++b) states[b].key = {seed, static_cast<std::uint32_t>(b)};
  return states;
}

at::Tensor mixed_actions(const Rules& rules, const std::vector<GameState>& games, std::int64_t step) {
  std::vector<reference::Actions> actions;
  for (const GameState& game : games) actions.push_back(mixed_actions(rules, game, step));
  return to_action(rules, actions);
}

Rules preset_with(std::string_view name, int players) {
  Rules rules = *find_preset(name);
  rules.players = players;
  return rules;
}

std::vector<Rules> odd_rules(int count) {
  std::mt19937 generator(13);
  const auto change = [&](Rules& rules, const Field<Rules>& field) {
    constexpr double factors[] = {0.0, 0.25, 0.5, 0.9, 1.1, 2.0, 4.0, 1e9};
    const double factor = factors[generator() % 8];
    const auto put = [&](auto member) {
      using Value = std::remove_cvref_t<decltype(get(rules, member))>;
      if constexpr (std::is_same_v<Value, float> || std::is_same_v<Value, std::int32_t>)
        set(rules, member,
            static_cast<Value>(std::clamp(factor * static_cast<double>(get(rules, member)), field.lowest,
                                          std::min(field.highest, 300.0))));
    };
    std::visit(put, field.member);
  };
  std::vector<Rules> all{thick_posts(), negative_zeros(), slow_players()};
  while (static_cast<int>(all.size()) < count) {
    Rules rules = presets[generator() % presets.size()].rules();
    for (int k = 0; k < 6; ++k) change(rules, rules_fields[generator() % rules_fields.size()]);
    if (!problem(rules)) all.push_back(rules);
  }
  return all;
}

Rules frictionless(int players) {
  Rules rules = preset_with("arena", players);
  rules.ball_keep = 1.0F;
  rules.ball_top_speed = 100.0F;
  return rules;
}

GameState duel(Body a, Body b, Body ball) {
  GameState state;
  state.players[0][0] = a;
  state.players[1][0] = b;
  state.ball = ball;
  return state;
}

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor first = a.cpu().contiguous();
  const at::Tensor second = b.cpu().contiguous();
  return first.sizes() == second.sizes() && first.scalar_type() == second.scalar_type() &&
         std::memcmp(first.const_data_ptr(), second.const_data_ptr(), first.nbytes()) == 0;
}

std::string difference(const MatchState& a, const MatchState& b) {
  if (!same_bits(a.bodies, b.bodies)) return "bodies";
  if (!same_bits(a.score, b.score)) return "score";
  if (!same_bits(a.clock, b.clock)) return "clock";
  if (!same_bits(a.episode, b.episode)) return "episode";
  return same_bits(a.potential, b.potential) ? "" : "potential";
}

}  // namespace matchday
