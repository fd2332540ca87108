#include "sim/reference_states.h"

#include <ATen/ATen.h>

#include "rules/observation.h"

namespace matchday {
namespace {

/// The body that stands in column `index` of MatchState::bodies.
template <class Game>
auto& body_of(const Rules& rules, Game& game, int index) {
  const int n = rules.players;
  return index == 2 * n ? game.ball
                        : game.players[static_cast<std::size_t>(index / n)][static_cast<std::size_t>(index % n)];
}

}  // namespace

std::vector<reference::GameState> to_game_states(const Rules& rules, const MatchState& state, std::uint64_t seed,
                                                 const at::Tensor& match) {
  const at::Tensor bodies = state.bodies.cpu();
  const at::Tensor score = state.score.cpu();
  const at::Tensor clock = state.clock.cpu();
  const at::Tensor episode = state.episode.cpu();
  const at::Tensor potential = state.potential.cpu();
  const at::Tensor indices = match.cpu();
  const auto body = bodies.accessor<float, 3>();
  std::vector<reference::GameState> games(static_cast<std::size_t>(clock.size(0)));
  for (std::int64_t b = 0; b < clock.size(0); ++b) {
    reference::GameState& game = games[static_cast<std::size_t>(b)];
    game.key = {seed, static_cast<std::uint32_t>(indices.accessor<std::int64_t, 1>()[b])};
    for (int i = 0; i <= 2 * rules.players; ++i)
      body_of(rules, game, i) = {{body[row_x][i][b], body[row_y][i][b]}, {body[row_vx][i][b], body[row_vy][i][b]}};
    for (int team = 0; team < 2; ++team)
      game.score[static_cast<std::size_t>(team)] = score.accessor<std::int32_t, 2>()[team][b];
    game.clock = clock.accessor<std::int32_t, 1>()[b];
    game.episode = episode.accessor<std::int32_t, 1>()[b];
    game.potential = potential.accessor<float, 1>()[b];
  }
  return games;
}

MatchState to_match_state(const Rules& rules, const std::vector<reference::GameState>& games) {
  const auto matches = static_cast<std::int64_t>(games.size());
  MatchState state;
  state.bodies = at::empty({4, 2 * rules.players + 1, matches}, at::kFloat);
  state.score = at::empty({2, matches}, at::kInt);
  state.clock = at::empty({matches}, at::kInt);
  state.episode = at::empty({matches}, at::kInt);
  state.potential = at::empty({matches}, at::kFloat);
  auto body = state.bodies.accessor<float, 3>();
  for (std::int64_t b = 0; b < matches; ++b) {
    const reference::GameState& game = games[static_cast<std::size_t>(b)];
    for (int i = 0; i <= 2 * rules.players; ++i) {
      const reference::Body& from = body_of(rules, game, i);
      body[row_x][i][b] = from.position.x;
      body[row_y][i][b] = from.position.y;
      body[row_vx][i][b] = from.velocity.x;
      body[row_vy][i][b] = from.velocity.y;
    }
    for (int team = 0; team < 2; ++team)
      state.score.accessor<std::int32_t, 2>()[team][b] = game.score[static_cast<std::size_t>(team)];
    state.clock.accessor<std::int32_t, 1>()[b] = game.clock;
    state.episode.accessor<std::int32_t, 1>()[b] = game.episode;
    state.potential.accessor<float, 1>()[b] = game.potential;
  }
  return state;
}

at::Tensor to_action(const Rules& rules, const std::vector<reference::Actions>& actions) {
  at::Tensor action = at::empty({2, static_cast<std::int64_t>(actions.size()), rules.players, action_size});
  auto numbers = action.accessor<float, 4>();
  for (std::size_t b = 0; b < actions.size(); ++b)
    for (std::size_t team = 0; team < 2; ++team)
      for (std::size_t i = 0; i < static_cast<std::size_t>(rules.players); ++i) {
        const auto& [move, kick] = actions[b][team][i];
        const float own[] = {move.x, move.y, kick.x, kick.y};
        auto out = numbers[static_cast<std::int64_t>(team)][static_cast<std::int64_t>(b)][static_cast<std::int64_t>(i)];
        for (int k = 0; k < action_size; ++k) out[k] = own[k];
      }
  return action;
}

reference::Actions to_actions(const Rules& rules, const at::Tensor& action, std::int64_t match) {
  const auto numbers = action.accessor<float, 4>();
  reference::Actions actions{};
  for (int team = 0; team < 2; ++team)
    for (int i = 0; i < rules.players; ++i) {
      const auto own = numbers[team][match][i];
      actions[static_cast<std::size_t>(team)][static_cast<std::size_t>(i)] = {{own[0], own[1]}, {own[2], own[3]}};
    }
  return actions;
}

}  // namespace matchday
