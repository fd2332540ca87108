// A player's observation compared with hand-computed values of the table in rules/observation.h.
#include <cmath>
#include <vector>

#include "rules/observation.h"
#include "sim/reference_states.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/mirror.h"
#include "tests/support/scenarios.h"
#include "verify/equivalence.h"

using namespace matchday;
using reference::Body;
using reference::GameState;

namespace {

/// Checks the observation of player `index` of `team` on each backend.
std::vector<at::Tensor> seen(const Rules& rules, const GameState& game, int team, int index) {
  std::vector<at::Tensor> views;
  for (const BackendKind backend : backends_on(at::kCPU)) {
    Simulator simulator(rules, {.matches = 3, .backend = backend});
    simulator.set_state(to_match_state(rules, {game, GameState{}, game}));
    const at::Tensor all = simulator.observe_players();
    CHECK(same_bits(all.select(1, 0), all.select(1, 2)));
    views.push_back(all[team][2][index]);
  }
  return views;
}

void check_view(const Rules& rules, const GameState& game, int team, int index, const std::vector<float>& expected) {
  for (const at::Tensor& view : seen(rules, game, team, index)) {
    INFO("player " << index << " of team " << team << " sees " << view);
    REQUIRE(view.numel() == static_cast<std::int64_t>(expected.size()));
    CHECK(at::allclose(view, at::tensor(expected), 1e-6, 1e-7));
  }
}

GameState three_a_side() {
  GameState game;
  game.players[0] = {Body{{-10, 5}, {1.5F, -3}}, Body{{-4, 5}, {3, 0}}, Body{{-10, -3}, {}}};
  game.players[1] = {Body{{6, 5}, {-3, 0}}, Body{{-10, 21}, {0, 1.5F}}, Body{{30, -20}, {}}};
  game.ball = {{-4, -3}, {3.5F, -7}};
  game.score = {2, 1};
  game.clock = 45;
  return game;
}

}  // namespace

TEST_CASE("a player sees itself, the ball, the others by their distance, and the scoreboard") {
  const Rules rules = preset_with("arena", 3);
  const GameState game = three_a_side();
  // The first two opponents are equally near: the one with the lower index comes first.
  check_view(rules, game, 0, 0, {-0.25F,      0.2F,   0.5F,  -1.0F,  // self
                                 0.3F,        -0.4F,  0.4F,  -8.0F / 15.0F,
                                 0.5F,        -1.0F,  // ball, 10 u away
                                 0.3F,        0.0F,   1.0F,  0.0F,
                                 0.0F,        -0.4F,  0.0F,  0.0F,  // mates
                                 0.8F,        0.0F,   -1.0F, 0.0F,
                                 0.0F,        0.8F,   0.0F,  0.5F,
                                 2.0F,        -1.25F, 0,     0,  // opponents
                                 1.0F / 3.0F, 0.75F,  1,     0,
                                 0,           0,      0,     1});
  check_view(rules, game, 0, 1,
             {-0.1F, 0.2F,  1.0F,  0.0F,   0.0F, -0.4F, 0.0F,        -8.0F / 13.0F, 0.5F,  -1.0F, -0.3F, 0.0F,
              0.5F,  -1.0F, -0.3F, -0.4F,  0.0F, 0.0F,  0.5F,        0.0F,          -1.0F, 0.0F,  -0.3F, 0.8F,
              0.0F,  0.5F,  1.7F,  -1.25F, 0,    0,     1.0F / 3.0F, 0.75F,         0,     1,     0,     0,
              1,     0});
  // B's view is rotated by 180 degrees, and its nearest opponent is the second.
  const float reach = std::sqrt(164.0F) + 5.0F;
  check_view(rules, game, 1, 0,
             {-0.15F, -0.2F, 1.0F,  0.0F,  0.5F, 0.4F, 10.0F / reach, 8.0F / reach, -0.5F, 1.0F, 0.8F, -0.8F,
              0.0F,   -0.5F, -1.2F, 1.25F, 0,    0,    0.5F,          0.0F,         -1.0F, 0.0F, 0.8F, 0.0F,
              -0.5F,  1.0F,  0.8F,  0.4F,  0,    0,    -1.0F / 3.0F,  0.75F,        1,     0,    0,    1,
              0,      0});
}

TEST_CASE("with one a side there are no mates to see") {
  GameState game = duel({{-10, 5}, {1.5F, -3}}, {{6, 5}, {-3, 0}}, {{-4, -3}, {3.5F, -7}});
  check_view(preset_with("arena", 1), game, 0, 0,
             {-0.25F, 0.2F, 0.5F, -1.0F, 0.3F, -0.4F, 0.4F, -8.0F / 15.0F, 0.5F, -1.0F, 0.8F, 0.0F, -1.0F, 0.0F, 0.0F,
              1.0F, 1.0F, 1.0F});
}

TEST_CASE("equally near players stay in the team's order, wherever they stand in it") {
  const Rules rules = preset_with("arena", 5);
  GameState game;
  // All 5 u from the first player and from the ball; their speed tells them apart.
  const reference::Vec around[] = {{3, 4}, {-4, 3}, {0, -5}, {5, 0}};
  for (std::size_t k = 0; k < 4; ++k) game.players[0][k + 1] = {around[k], {0.3F * static_cast<float>(k + 1), 0}};
  for (std::size_t k = 0; k < 5; ++k) game.players[1][k] = {around[(k + 2) % 4], {0, 0.3F * static_cast<float>(k + 1)}};
  for (const at::Tensor& view : seen(rules, game, 0, 0)) {
    for (std::int64_t k = 0; k < 4; ++k) {
      CHECK(view[10 + 4 * k].item<float>() == Approx(around[k].x / 20.0F));
      CHECK(view[12 + 4 * k].item<float>() == Approx(0.1F * static_cast<float>(k + 1)));
    }
    for (std::int64_t k = 0; k < 5; ++k)
      CHECK(view[26 + 4 * k + 3].item<float>() == Approx(0.1F * static_cast<float>(k + 1)));
  }
  // The first stands on the ball; the others are equally near, so those with lower indices come first.
  for (int index = 0; index < 5; ++index)
    for (const at::Tensor& view : seen(rules, game, 0, index)) {
      const at::Tensor last = view.slice(0, -5);
      CHECK(last.sum().item<float>() == 1.0F);
      CHECK(last[index].item<float>() == 1.0F);
    }
}

TEST_CASE("everybody in one spot is at no distance, and no number is bad") {
  for (const int players : {1, 2, 11}) {
    const Rules rules = preset_with("arena", players);
    for (const at::Tensor& view : seen(rules, GameState{}, 1, players - 1)) {
      CHECK(view.isfinite().all().item<bool>());
      CHECK(view.narrow(0, 0, view.numel() - 2 * players - 1).eq(0.0).all().item<bool>());
      CHECK(view.slice(0, -players)[players - 1].item<float>() == 1.0F);  // all mates are nearer than the last
    }
  }
}

TEST_CASE("the score difference is kept within bounds, and the time left runs from one to zero") {
  const Rules rules = preset_with("arena", 2);
  const std::int64_t lead = 4 + 6 + 4 * 3;
  GameState game;
  for (const auto& [a, b, shown] : {std::tuple(0, 0, 0.0F), {3, 0, 1.0F}, {4, 9, -5.0F / 3.0F}, {9, 1, 2.0F}}) {
    game.score = {a, b};
    for (const at::Tensor& view : seen(rules, game, 0, 1)) CHECK(view[lead].item<float>() == Approx(shown));
    for (const at::Tensor& view : seen(rules, game, 1, 1)) CHECK(view[lead].item<float>() == Approx(-shown));
  }
  for (const auto& [clock, left] : {std::pair(0, 1.0F), {90, 0.5F}, {180, 0.0F}}) {
    game.clock = clock;
    for (const at::Tensor& view : seen(rules, game, 1, 0)) CHECK(view[lead + 1].item<float>() == Approx(left));
  }
}

TEST_CASE("in the mirrored match A's players see what B's did, and B's what A's did") {
  for (const Preset& preset : presets)
    for (int players = 1; players <= max_players; ++players) {
      const Rules rules = preset_with(preset.name, players);
      const auto games = adversarial_states(rules, 60);
      for (const BackendKind backend : backends_on(at::kCPU)) {
        Simulator simulator(rules, {.matches = static_cast<std::int64_t>(games.size()), .backend = backend});
        simulator.set_state(to_match_state(rules, games));
        const at::Tensor of_match = simulator.observe_players();
        simulator.set_state(rotated(rules, simulator.state()));
        INFO(preset.name << ", " << players << " a side, " << backend_name(backend));
        CHECK(same_bits(simulator.observe_players(), of_match.flip(0)));
      }
    }
}
