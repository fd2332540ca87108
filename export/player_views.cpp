#include "export/player_views.h"

#include <ATen/ATen.h>

#include "rules/observation.h"

namespace matchday {
namespace {

/// The match in the team's own view. A body's numbers: x / L, y / W, vx / top speed, vy / top speed.
struct OwnView {
  Value own;                      ///< [B, 4N]
  Value theirs;                   ///< [B, 4N]
  Value ball;                     ///< [B, 4]
  Value board;                    ///< [B, 2]: score difference and time left, as players see them
  std::optional<Value> rotation;  ///< [B, 1]: 1 for A, -1 for B, where the game is seen from above
};

std::vector<std::int64_t> places(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> all;
  for (std::int64_t k = 0; k < count; ++k) all.push_back(first + k);
  return all;
}

/// The numbers, repeated `times` times.
at::Tensor repeated(const std::vector<double>& numbers, std::int64_t times) {
  return at::tensor(numbers, at::kFloat).repeat({times});
}

/// Arena's observation is in the own view already.
OwnView own_view_of_arena(Value observation, const Rules& rules) {
  const std::int64_t n = rules.players;
  const std::int64_t score = 4 * (2 * n + 1) + 2 * (2 * n);
  return {pick(observation, places(0, 4 * n)), pick(observation, places(4 * n, 4 * n)),
          pick(observation, places(8 * n, 4)), pick(observation, places(score, 2)), std::nullopt};
}

/// FootyAI's observation is from above for both teams, A first, with the team's one-hot at the end.
OwnView own_view_of_footyai(Value observation, const Rules& rules) {
  Graph& graph = *observation.graph;
  const std::int64_t n = rules.players;
  const bool first_game = rules.game == Game::footyai_v1;
  const std::int64_t width = first_game ? 4 : 2;  // of a player; in footyai-v2 players have no velocity
  const std::int64_t ball_place = 2 * n * width;
  const std::int64_t score_place = ball_place + 4;

  const auto bodies_of = [&](std::int64_t first, std::int64_t count, std::int64_t body,
                             const std::vector<double>& scale) {
    std::vector<std::int64_t> columns;
    for (std::int64_t k = first; k < first + count * body; k += body)
      columns.insert(columns.end(), {k, k + 1, k + body - 2, k + body - 1});
    Value bodies = pick(observation, columns) * constant(graph, repeated(scale, count));
    // Footyai-v1 measures from the corner, in units of the whole length and width.
    if (first_game) bodies = bodies + constant(graph, repeated({-1.0, -1.0, 0.0, 0.0}, count));
    return bodies;
  };
  const double place_scale = first_game ? 2.0 : 1.0;
  const double player_scale = first_game ? 1.0 : 0.0;
  const double ball_scale = first_game ? rules.player_speed / rules.kick_speed : 1.0;
  const Value a = bodies_of(0, n, width, {place_scale, place_scale, player_scale, player_scale});
  const Value b = bodies_of(n * width, n, width, {place_scale, place_scale, player_scale, player_scale});
  const Value ball = bodies_of(ball_place, 1, 4, {place_scale, place_scale, ball_scale, ball_scale});

  const Value is_a = pick(observation, {score_place + 3});
  const Value is_b = pick(observation, {score_place + 4});
  const Value rotation = is_a - is_b;
  const double goal = first_game ? 1.0 : footyai_score_scale;
  const Value lead = (pick(observation, {score_place}) - pick(observation, {score_place + 1})) * rotation;
  const Value time = pick(observation, {score_place + 2});
  const Value board =
      join({clip(lead * (goal / score_difference_scale), -score_difference_limit, score_difference_limit),
            first_game ? time : 1.0 - time});
  return {a * is_a - b * is_b, b * is_a - a * is_b, ball * rotation, board, rotation};
}

}  // namespace

PlayerViews player_views(Value observation, const Rules& rules) {
  Graph& graph = *observation.graph;
  const std::int64_t n = rules.players;
  const OwnView match =
      sees_own_side(rules) ? own_view_of_arena(observation, rules) : own_view_of_footyai(observation, rules);
  const Value lengths = constant(graph, at::tensor({rules.half_length, rules.half_width}));
  const auto position = [&](Value bodies) { return pick(bodies, {0, 1}) * lengths; };  // [..., 4] -> [..., 2], u
  const auto velocity = [&](Value bodies) { return pick(bodies, {2, 3}); };
  const auto flat = [&](Value of_each, std::int64_t count) { return reshape(of_each, {-1, n, count}); };
  // What all players see alike, [B, C], repeated for each player: [B, N, C].
  const auto for_each_player = [&](Value seen, std::int64_t count) {
    std::vector<std::int64_t> columns;
    for (std::int64_t k = 0; k < n * count; ++k) columns.push_back(k % count);
    return flat(pick(seen, columns), count);
  };

  // 1. The player and the ball.
  const Value self = reshape(match.own, {-1, n, 1, 4});
  const Value place = position(self);
  const Value ball = reshape(for_each_player(match.ball, 4), {-1, n, 1, 4});
  const Value to_ball = position(ball) - place;
  const Value squared_way = sum(to_ball * to_ball);  // [B, N, 1]
  const Value reach = reshape(root(squared_way) + ball_relative_scale, {-1, n, 1, 1});
  std::vector<Value> blocks{flat(self, 4), flat(to_ball * (1.0 / player_view_scale), 2), flat(to_ball / reach, 2),
                            flat(velocity(ball), 2)};

  // 2. The others, nearest first. of_each: the players that each player sees, by index in their team.
  const auto show_others = [&](Value team, const std::vector<std::int64_t>& of_each) {
    const std::int64_t count = static_cast<std::int64_t>(of_each.size()) / n;
    std::vector<std::int64_t> columns;
    for (const std::int64_t k : of_each)
      for (std::int64_t component = 0; component < 4; ++component) columns.push_back(4 * k + component);
    const Value others = reshape(pick(team, columns), {-1, n, count, 4});
    const Value gap = position(others) - place;
    const Value nearest = reshape(order(sum(gap * gap), count), {-1, n, count, 1});
    const Value shown = join({gap * (1.0 / player_view_scale), velocity(others)});
    blocks.push_back(flat(gather(shown, join({nearest, nearest, nearest, nearest})), 4 * count));
  };
  std::vector<std::int64_t> mates;
  std::vector<std::int64_t> opponents;
  for (std::int64_t index = 0; index < n; ++index)
    for (std::int64_t k = 0; k < n; ++k) {
      if (k != index) mates.push_back(k);
      opponents.push_back(k);
    }
  if (n > 1) show_others(match.own, mates);
  show_others(match.theirs, opponents);

  // 3. The scoreboard.
  blocks.push_back(for_each_player(match.board, 2));

  // 4. One-hots of the player's index i and of its rank: how many mates are nearer to the ball, or as near with a lower
  // index. That is the sum over k of nearer[i, k], or for k < i of not farther[i, k].
  const Value mine = reshape(squared_way, {-1, n, 1});
  const Value of_mates = reshape(squared_way, {-1, 1, n});
  const at::Tensor before = at::ones({n, n}).tril(-1);
  const Value rank = reshape(sum(constant(graph, before) * (1.0 - less(mine, of_mates)) +
                                 constant(graph, 1.0 - before) * less(of_mates, mine)),
                             {-1, n, 1});
  const Value numbers = constant(graph, at::arange(n, at::kFloat));
  const Value one_hot = less(numbers - 0.5, rank) * less(rank, numbers + 0.5);
  // Adds zeros of the batch's size, since `join` does not broadcast.
  blocks.push_back(one_hot * 0.0 + constant(graph, at::eye(n)));
  blocks.push_back(one_hot);
  return {join(blocks), match.rotation};
}

}  // namespace matchday
