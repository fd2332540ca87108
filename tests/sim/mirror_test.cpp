// Football has two symmetries: rotating the pitch by 180 degrees with the sides swapped, and reflecting it about its
// long axis. A mirrored state with mirrored actions must give the mirrored match, bit for bit: then no side has an
// edge, and mirrored play is valid play.
#include "tests/support/mirror.h"

#include "sim/reference_states.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

const std::vector<std::string> all_presets{"arena", "footyai-v1", "footyai-v2"};

/// The pitch reflected about y = 0.
MatchState reflected(const MatchState& state) {
  const at::Tensor& bodies = state.bodies;
  const at::Tensor mirror = at::stack({bodies[row_x], 0.0 - bodies[row_y], bodies[row_vx], 0.0 - bodies[row_vy]});
  return {mirror, state.score, state.clock, state.episode, state.potential};
}

at::Tensor reflected(const at::Tensor& action) {
  const at::Tensor components = action.permute({3, 0, 1, 2});
  return at::stack({components[0], 0.0 - components[1], components[2], 0.0 - components[3]}, -1);
}

std::vector<reference::GameState> games_of(const Simulator& simulator) {
  return to_game_states(simulator.rules(), simulator.state(), simulator.seed(), simulator.match_indices());
}

/// A simulator, and a second one of the same matches for the mirror image.
struct Pair {
  Simulator match;
  Simulator mirror;
  Pair(const Rules& rules, std::int64_t matches, std::uint64_t seed)
      : match(rules, {.matches = matches, .seed = seed}), mirror(rules, {.matches = matches, .seed = seed}) {}
};

/// Plays both simulators, one mirrored; returns the number of goals.
std::int64_t play_rotated(Pair& pair, int steps, double shaping = 1.0) {
  const Rules& rules = pair.match.rules();
  std::int64_t goals = 0;
  pair.mirror.set_state(rotated(rules, pair.match.state()));
  for (int step = 0; step < steps; ++step) {
    const at::Tensor action = mixed_actions(rules, games_of(pair.match), step);
    const StepResult result = pair.match.step(action, at::scalar_tensor(shaping));
    const StepResult mirror_result = pair.mirror.step(rotated(rules, action), at::scalar_tensor(shaping));
    goals += result.reward.abs().ge(0.9).sum().item<std::int64_t>();

    INFO(game_name(rules.game) << ", " << rules.players << " a side, after step " << step);
    REQUIRE(difference(pair.mirror.state(), rotated(rules, pair.match.state())) == "");
    REQUIRE(same_bits(mirror_result.reward, 0.0 - result.reward));
    REQUIRE(same_bits(mirror_result.terminated, result.terminated));
    REQUIRE(same_bits(pair.mirror.nonfinite_actions(), pair.match.nonfinite_actions()));
    // In its own view each team sees what the other sees in the original match.
    if (sees_own_side(rules)) REQUIRE(same_bits(pair.mirror.observe(), pair.match.observe().flip(0)));
    REQUIRE(same_bits(pair.mirror.observe_players(), pair.match.observe_players().flip(0)));
  }
  return goals;
}

/// The same for the reflection. With `reflect_after_goal` matches are reflected again after a goal.
std::int64_t play_reflected(Pair& pair, int steps, bool reflect_after_goal) {
  const Rules& rules = pair.match.rules();
  std::int64_t goals = 0;
  pair.mirror.set_state(reflected(pair.match.state()));
  for (int step = 0; step < steps; ++step) {
    const at::Tensor action = mixed_actions(rules, games_of(pair.match), step);
    const MatchState before = clone(pair.match.state());
    const StepResult result = pair.match.step(action);
    const StepResult mirror_result = pair.mirror.step(reflected(action));
    const at::Tensor scored = before.score.ne(pair.match.state().score).any(0);
    goals += scored.sum().item<std::int64_t>();

    INFO(game_name(rules.game) << ", " << rules.players << " a side, after step " << step);
    REQUIRE(same_bits(mirror_result.reward, result.reward));
    REQUIRE(same_bits(pair.mirror.state().score, pair.match.state().score));
    if (reflect_after_goal) {
      MatchState mirror = pair.mirror.state();
      const MatchState image = reflected(pair.match.state());
      mirror.bodies = at::where(scored, image.bodies, mirror.bodies);
      mirror.potential = at::where(scored, image.potential, mirror.potential);
      pair.mirror.set_state(mirror);
    }
    REQUIRE(difference(pair.mirror.state(), reflected(pair.match.state())) == "");
  }
  return goals;
}

}  // namespace

TEST_CASE("a rotated match with exchanged teams stays so, through goals and kick-offs") {
  for (const std::string& preset : all_presets)
    for (const int players : {1, 2, 3, 5, 11}) {
      const Rules rules = preset_with(preset, players);
      Pair pair(rules, 33, 11);
      const std::int64_t goals = play_rotated(pair, rules.steps);
      INFO(preset << ", " << players << " a side: " << goals << " goals");
      // Kick-off positions are drawn for the scoring and the conceding team, not for A and B.
      CHECK(goals > 10);
    }
}

TEST_CASE("adversarial states rotate with their next states") {
  for (const std::string& preset : all_presets)
    for (const int players : {1, 2, 5, 11}) {
      const Rules rules = preset_with(preset, players);
      const auto games = adversarial_states(rules, 300);
      Pair pair(rules, static_cast<std::int64_t>(games.size()), games[0].key.seed);
      pair.match.set_state(to_match_state(rules, games));
      play_rotated(pair, 6);
      play_rotated(pair, 3, 0.0);  // shaping that has faded to 0 leaves no -0
    }
}

TEST_CASE("matches under rules unlike any preset stay rotated") {
  for (const Rules& rules : odd_rules(60)) {
    const auto games = adversarial_states(rules, 50);
    Pair pair(rules, static_cast<std::int64_t>(games.size()), games[0].key.seed);
    pair.match.set_state(to_match_state(rules, games));
    play_rotated(pair, 8);
  }
}

// Without start noise, since a reflected match would draw the same noise, not its reflection. Kick-offs put players on
// the formation's places; only those for one and two players all lie on the axis, so with more players the matches are
// reflected again after each goal.
TEST_CASE("a reflected match stays reflected") {
  for (const std::string& preset : all_presets)
    for (const int players : {1, 2, 3, 5, 11}) {
      Rules rules = preset_with(preset, players);
      rules.start_noise = 0.0F;
      const auto games = adversarial_states(rules, 100);
      Pair pair(rules, static_cast<std::int64_t>(games.size()), games[0].key.seed);
      pair.match.set_state(to_match_state(rules, games));
      const std::int64_t goals = play_reflected(pair, 40, rules.game == Game::arena && players > 2);
      INFO(preset << ", " << players << " a side: " << goals << " goals");
      CHECK(goals > 10);
    }
}

TEST_CASE("B sees of a match what A sees of its mirror image") {
  const Rules rules = preset_with("arena", 5);
  const auto games = adversarial_states(rules, 100);
  Pair pair(rules, static_cast<std::int64_t>(games.size()), games[0].key.seed);
  pair.match.set_state(to_match_state(rules, games));
  pair.mirror.set_state(rotated(rules, pair.match.state()));
  CHECK(same_bits(pair.match.observe()[1], pair.mirror.observe()[0]));
  CHECK(same_bits(pair.match.observe()[0], pair.mirror.observe()[1]));
}
