#include <algorithm>
#include <cmath>

#include "rules/observation.h"
#include "sim/reference/core.h"

namespace matchday::reference {
namespace {

/// Collects an observation, number by number.
struct Writer {
  std::vector<float> numbers;
  void add(float value) { numbers.push_back(value); }
  void add(Vec v, float scale_x, float scale_y) {
    add(v.x * scale_x);
    add(v.y * scale_y);
  }
};

std::vector<float> observe_footyai_v1(const Rules& rules, const GameState& state) {
  const float length = 2.0F * rules.half_length;
  const float width = 2.0F * rules.half_width;
  const float per_speed = 1.0F / rules.player_speed;
  const Vec corner{rules.half_length, rules.half_width};
  Writer out;
  const auto add = [&](const Body& body) {
    out.add(body.position + corner, 1.0F / length, 1.0F / width);
    out.add(body.velocity, per_speed, per_speed);
  };
  for (const auto& team : state.players)
    for (int i = 0; i < rules.players; ++i) add(team[i]);
  add(state.ball);
  for (int goals : state.score) out.add(static_cast<float>(goals));
  out.add(static_cast<float>(rules.steps - state.clock) * (1.0F / static_cast<float>(rules.steps)));
  return out.numbers;
}

std::vector<float> observe_footyai_v2(const Rules& rules, const GameState& state) {
  const float per_length = 1.0F / rules.half_length;
  const float per_width = 1.0F / rules.half_width;
  const float per_speed = 1.0F / rules.kick_speed;
  Writer out;
  for (const auto& team : state.players)
    for (int i = 0; i < rules.players; ++i) out.add(team[i].position, per_length, per_width);
  out.add(state.ball.position, per_length, per_width);
  out.add(state.ball.velocity, per_speed, per_speed);
  for (int goals : state.score) out.add(static_cast<float>(goals) * (1.0F / footyai_score_scale));
  out.add(static_cast<float>(state.clock) * (1.0F / static_cast<float>(rules.steps)));
  return out.numbers;
}

std::vector<float> observe_arena(const Rules& rules, const GameState& state, Team team) {
  const float per_length = 1.0F / rules.half_length;
  const float per_width = 1.0F / rules.half_width;
  const auto own_view = [&](Vec v) { return team == team_a ? v : rotated(v); };
  const auto opponents = static_cast<Team>(1 - team);
  Writer out;
  const auto add = [&](const Body& body, float speed) {
    out.add(own_view(body.position), per_length, per_width);
    out.add(own_view(body.velocity), 1.0F / speed, 1.0F / speed);
  };
  for (Team side : {team, opponents})
    for (int i = 0; i < rules.players; ++i) add(state.players[side][i], rules.player_speed);
  add(state.ball, rules.kick_speed);
  for (Team side : {team, opponents})
    for (int i = 0; i < rules.players; ++i) {
      const Vec ball = own_view(state.ball.position) - own_view(state.players[side][i].position);
      const float per_reach = 1.0F / (std::sqrt(dot(ball, ball)) + ball_relative_scale);
      out.add(ball, per_reach, per_reach);
    }
  const auto lead = static_cast<float>(state.score[team] - state.score[opponents]);
  out.add(std::clamp(lead * (1.0F / score_difference_scale), -score_difference_limit, score_difference_limit));
  out.add(static_cast<float>(rules.steps - state.clock) * (1.0F / static_cast<float>(rules.steps)));
  return out.numbers;
}

}  // namespace

std::vector<float> observe(const Rules& rules, const GameState& state, Team team) {
  if (rules.game == Game::arena) return observe_arena(rules, state, team);
  std::vector<float> numbers =
      rules.game == Game::footyai_v1 ? observe_footyai_v1(rules, state) : observe_footyai_v2(rules, state);
  numbers.push_back(team == team_a ? 1.0F : 0.0F);
  numbers.push_back(team == team_b ? 1.0F : 0.0F);
  return numbers;
}

std::vector<float> observe_player(const Rules& rules, const GameState& state, Team team, int index) {
  const auto own_view = [&](const Body& body) {
    return team == team_a ? body : Body{rotated(body.position), rotated(body.velocity)};
  };
  const auto opponents = static_cast<Team>(1 - team);
  const Body self = own_view(state.players[team][index]);
  const Body ball = own_view(state.ball);
  const float per_view = 1.0F / player_view_scale;
  const float per_speed = 1.0F / rules.player_speed;
  Writer out;
  out.add(self.position, 1.0F / rules.half_length, 1.0F / rules.half_width);
  out.add(self.velocity, per_speed, per_speed);

  const auto squared_length = [](Vec v) { return dot(v, v); };
  const Vec to_ball = ball.position - self.position;
  const float per_reach = 1.0F / (std::sqrt(squared_length(to_ball)) + ball_relative_scale);
  out.add(to_ball, per_view, per_view);
  out.add(to_ball, per_reach, per_reach);
  out.add(ball.velocity, 1.0F / rules.kick_speed, 1.0F / rules.kick_speed);

  for (Team side : {team, opponents}) {
    std::vector<Body> others;
    for (int i = 0; i < rules.players; ++i) {
      if (side == team && i == index) continue;
      const Body other = own_view(state.players[side][i]);
      others.push_back({other.position - self.position, other.velocity});
    }
    std::stable_sort(others.begin(), others.end(), [&](const Body& a, const Body& b) {
      return squared_length(a.position) < squared_length(b.position);
    });
    for (const Body& other : others) {
      out.add(other.position, per_view, per_view);
      out.add(other.velocity, per_speed, per_speed);
    }
  }

  const auto lead = static_cast<float>(state.score[team] - state.score[opponents]);
  out.add(std::clamp(lead * (1.0F / score_difference_scale), -score_difference_limit, score_difference_limit));
  out.add(static_cast<float>(rules.steps - state.clock) * (1.0F / static_cast<float>(rules.steps)));

  int nearer_mates = 0;
  for (int i = 0; i < rules.players; ++i) {
    const float distance = squared_length(ball.position - own_view(state.players[team][i]).position);
    const float own_distance = squared_length(to_ball);
    if (distance < own_distance || (distance == own_distance && i < index)) ++nearer_mates;
  }
  for (int i = 0; i < rules.players; ++i) out.add(i == index ? 1.0F : 0.0F);
  for (int i = 0; i < rules.players; ++i) out.add(i == nearer_mates ? 1.0F : 0.0F);
  return out.numbers;
}

}  // namespace matchday::reference
